package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// api is what the commands use: over the admin socket of a running daemon, or
// in the command's own process when none runs.
type api struct {
	store      storage.Store
	aggregator *aggregator.Aggregator // nil: no polls
	condition  *condition             // nil: that of a command
	metrics    *metrics               // nil: a command has none
	reloader   *reloader              // nil: that of a command
}

// pollRequest asks for polls. The answer is JSON lines: a pollAccepted, then
// as many results.
type pollRequest struct {
	Sources []string `json:"sources"`
	Force   bool     `json:"force"`
}

type pollAccepted struct {
	Total int `json:"total"`
}

// problem is the body of an answer that is an error.
type problem struct {
	Error string `json:"error"`
}

func (a api) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.ready)
	if a.metrics != nil {
		mux.Handle("GET /metrics", a.metrics.handler())
	}
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /api/status", a.status)
	mux.HandleFunc("POST /api/poll", a.poll)
	mux.HandleFunc("POST /api/reload", a.reload)
	mux.HandleFunc("GET /api/sources", a.sources)
	mux.HandleFunc("GET /api/events", a.events)
	mux.HandleFunc("GET /api/why", a.why)
	mux.HandleFunc("GET /api/politeness", a.politeness)
	mux.HandleFunc("POST /api/filter", a.filterTest)
	mux.HandleFunc("GET /api/entries", a.entries)
	mux.HandleFunc("GET /api/feed", a.feed)
	mux.HandleFunc("GET /api/store/verify", a.verifyStore)
	mux.HandleFunc("GET /api/store/stats", a.storeFigures)
	mux.HandleFunc("GET /api/store/backup", a.copyStore)
	return mux
}

// ready answers whether the store can be read; the listeners are bound, or
// nobody would ask. A daemon that serves and does not poll is ready, and says so.
func (a api) ready(w http.ResponseWriter, r *http.Request) {
	if _, err := a.store.Stats(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
	if why := waiting(a.condition.trouble()); why != "" {
		fmt.Fprintln(w, "no source is polled: "+why)
	}
}

// flushDelay is how long results wait for others, to be sent together.
const flushDelay = 10 * time.Millisecond

func (a api) poll(w http.ResponseWriter, r *http.Request) {
	var request pollRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&request); err != nil {
		fail(w, badRequest("read request: "+err.Error()))
		return
	}
	total, results, err := a.aggregator.Poll(r.Context(), request.Sources, request.Force)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	flush := http.NewResponseController(w)
	_ = flush.SetWriteDeadline(time.Time{}) // a long list of sources takes its time
	if lines.Encode(pollAccepted{total}) != nil {
		return
	}
	flushAt := time.After(0) // nil: nothing waits
	for {
		select {
		case result, ok := <-results:
			if !ok || lines.Encode(result) != nil {
				return
			}
			if flushAt == nil {
				flushAt = time.After(flushDelay)
			}
		case <-flushAt:
			flushAt = nil
			_ = flush.Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// sources answers with all sources.
func (a api) sources(w http.ResponseWriter, r *http.Request) {
	sources, err := a.store.Sources(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	pauses := aggregator.Pauses(sources, time.Now())
	list := make([]sourceJSON, 0, len(sources))
	why := waiting(a.condition.trouble())
	for _, s := range sources {
		j := newSourceJSON(s, pauses)
		j.DueReason = cmp.Or(why, j.DueReason)
		list = append(list, j)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list)
}

// politeness answers with what was asked of each registrable domain.
func (a api) politeness(w http.ResponseWriter, r *http.Request) {
	sources, err := a.store.Sources(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(politeness(sources, time.Now()))
}

// entries answers with the newest entries, one JSON document a line: of the
// store, of a source, or of a feed as it is published.
func (a api) entries(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = storage.MaxPage
	}
	var since time.Time
	if s := q.Get("since"); s != "" {
		if since, err = time.Parse(time.RFC3339, s); err != nil {
			fail(w, badRequest("since: "+err.Error()))
			return
		}
	}
	merged, err := publish.Contents(r.Context(), a.store, publish.Selection{})
	if err != nil {
		fail(w, err)
		return
	}
	inMerged := map[string]bool{} // by id of the entry
	for _, s := range merged.Stories {
		for _, e := range s.Entries {
			inMerged[e.ID] = true
		}
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)

	if q.Has("feed") {
		listed := merged
		if name := q.Get("feed"); name != "feed" {
			sel, err := selection(name)
			if err == nil {
				listed, err = publish.Contents(r.Context(), a.store, sel)
			}
			if err != nil {
				fail(w, inFeed(name, err))
				return
			}
		}
		for i, s := range listed.Stories {
			if i == limit || s.Lead().Effective.Before(since) || lines.Encode(newStoryJSON(s, inMerged[s.Lead().ID])) != nil {
				return
			}
		}
		return
	}
	if id := q.Get("source"); id != "" {
		if _, err := a.store.Source(r.Context(), id); err != nil {
			if errors.Is(err, storage.ErrNotFound) {
				err = &aggregator.UnknownSourceError{ID: id}
			}
			fail(w, err)
			return
		}
	}
	query := storage.Query{Source: q.Get("source"), Since: since}
	for limit > 0 {
		query.Limit = min(limit, storage.MaxPage)
		page, err := a.store.Entries(r.Context(), query)
		if err != nil {
			panic(http.ErrAbortHandler) // too late for another status
		}
		for _, e := range page.Items {
			if lines.Encode(newStoredEntryJSON(e, inMerged[e.ID])) != nil {
				return
			}
		}
		if limit -= len(page.Items); page.Next == "" {
			return
		}
		query.Before = page.Next
	}
}

// feed answers with a rendered feed.
func (a api) feed(w http.ResponseWriter, r *http.Request) {
	name, format := r.URL.Query().Get("feed"), publish.Format(r.URL.Query().Get("format"))
	if !isFormat(format) && (format != publish.OPML || name != "") {
		fail(w, badRequest(fmt.Sprintf("there is no feed %q in the format %q", name, format)))
		return
	}
	rendering, err := a.render(r.Context(), name, format)
	if err != nil {
		fail(w, inFeed(name, err))
		return
	}
	w.Header().Set("Content-Type", rendering.ContentType)
	_, _ = w.Write(rendering.Body)
}

// render renders the feed of that name.
func (a api) render(ctx context.Context, name string, format publish.Format) (publish.Rendering, error) {
	if name == healthFeed {
		if format != publish.Atom {
			return publish.Rendering{}, badRequest("the health feed is there as atom only")
		}
		return publish.RenderHealth(ctx, a.store)
	}
	sel, err := selection(name)
	if err != nil {
		return publish.Rendering{}, err
	}
	sel.Subscriptions = format == publish.OPML
	return publish.Render(ctx, a.store, sel, format)
}

// badRequest is an error of who asks.
type badRequest string

func (e badRequest) Error() string { return string(e) }

// missing is the error that there is no such thing, in words for people.
type missing string

func (e missing) Error() string        { return string(e) }
func (e missing) Is(target error) bool { return target == storage.ErrNotFound }

// inFeed says of a feed that is not there which one it is.
func inFeed(name string, err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return missing(fmt.Sprintf("there is no feed %s; %s", name, feedNames))
	}
	if errors.Is(err, publish.ErrGone) {
		return missing(fmt.Sprintf("all entries of %s have been removed", name))
	}
	return err
}

// fail answers with an error. The status is chosen here and nowhere else.
func fail(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	switch {
	case errors.As(err, new(badRequest)):
		code = http.StatusBadRequest
	case errors.Is(err, storage.ErrNotFound):
		code = http.StatusNotFound
	case errors.Is(err, aggregator.ErrStopped):
		code = http.StatusServiceUnavailable
	case storage.Refused(err):
		code = http.StatusInsufficientStorage
		err = fmt.Errorf("%w%s", err, makeRoom)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(problem{err.Error()})
}
