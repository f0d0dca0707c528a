package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// site is a web of sources under the test's control.
type site struct {
	*httptest.Server
	mu sync.Mutex // guards the fields below

	answer   map[string]http.HandlerFunc // by path
	requests []http.Header               // in order of arrival, with Path added
}

func newSite(t *testing.T) *site {
	s := &site{answer: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		h := r.Header.Clone()
		h.Set("Path", r.URL.Path)
		s.requests = append(s.requests, h)
		answer := s.answer[r.URL.Path]
		s.mu.Unlock()
		if answer == nil {
			http.NotFound(w, r)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) set(path string, answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer[path] = answer
}

func (s *site) asked() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// feed answers with items of these titles, and an ETag that depends on them.
func feed(titles ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		etag := fmt.Sprintf("%q", strings.Join(titles, "+"))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, `<rss version="2.0"><channel><title>S</title>`)
		for _, title := range titles {
			fmt.Fprintf(w, `<item><title>%s</title><guid isPermaLink="false">%[1]s</guid></item>`, title)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func openStore(t *testing.T) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func options(store storage.Store, s *site, paths ...string) aggregator.Options {
	o := aggregator.Options{
		Store: store,
		Client: fetch.New(fetch.Options{
			UserAgent:    "test/1",
			AllowPrivate: []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}},
		}),
		Policy:  schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute},
		Feed:    storage.Feed{Across: storage.Merge},
		Workers: 4,
		Manual:  true,
		Log:     quiet,
	}
	for _, path := range paths {
		o.Sources = append(o.Sources, aggregator.Source{SourceSettings: storage.SourceSettings{
			ID: strings.Trim(path, "/"), URL: s.URL + path,
		}})
	}
	return o
}

// run runs an aggregator until the test or stop ends it.
func run(t *testing.T, o aggregator.Options) (a *aggregator.Aggregator, stop func()) {
	t.Helper()
	a = aggregator.New(o)
	if err := a.Configure(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return a, stop
}

// poll polls the sources and returns the results by source.
func poll(t *testing.T, a *aggregator.Aggregator, force bool, sources ...string) map[string]aggregator.Result {
	t.Helper()
	total, results, err := a.Poll(t.Context(), sources, force)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]aggregator.Result{}
	for r := range results {
		got[r.Source] = r
	}
	if len(got) != total {
		t.Errorf("%d results, %d announced", len(got), total)
	}
	return got
}

func state(t *testing.T, store storage.Reader, id string) storage.State {
	t.Helper()
	s, err := store.Source(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s.State
}

func titles(t *testing.T, store storage.Reader) []string {
	t.Helper()
	page, err := store.Entries(t.Context(), storage.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range page.Items {
		list = append(list, e.Title)
	}
	slices.Sort(list)
	return list
}

func TestAPollStoresWhatIsNewAndOnlyThat(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one", "two"))
	a, _ := run(t, options(store, s, "/a"))

	if r := poll(t, a, false)["a"]; r.Outcome != aggregator.Changed || r.New != 2 {
		t.Errorf("first poll: %+v", r)
	}
	if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Unchanged || r.Status != http.StatusNotModified {
		t.Errorf("second poll: %+v", r)
	}
	s.set("/a", feed("three", "two"))
	if r := poll(t, a, true)["a"]; r.New != 1 || r.Updated != 0 {
		t.Errorf("third poll: %+v", r)
	}
	if diff := cmp.Diff([]string{"one", "three", "two"}, titles(t, store)); diff != "" {
		t.Errorf("an item that left the document left the store (-want +got)\n%s", diff)
	}
	asked := s.asked()
	for i, want := range []string{"", `"one+two"`, `"one+two"`} {
		if got := asked[i].Get("If-None-Match"); got != want {
			t.Errorf("request %d: If-None-Match %q, want %q", i, got, want)
		}
	}
}

// TestA06_FailuresKeepTheValidators lets a source fail in every way between
// two good polls.
func TestA06_FailuresKeepTheValidators(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"404": status(404),
		"500": status(500),
		"no feed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"page"`)
			fmt.Fprint(w, "<html>")
		},
		"truncated": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			fmt.Fprint(w, "x")
		},
		"reset": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s, store := newSite(t), openStore(t)
			s.set("/a", feed("one"))
			a, _ := run(t, options(store, s, "/a"))
			poll(t, a, true)
			s.set("/a", answer)
			if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Failed || r.Error == "" {
				t.Errorf("got %+v", r)
			}
			if st := state(t, store, "a"); st.Failures != 1 || st.Error == "" || st.LastSuccess.IsZero() {
				t.Errorf("state %+v", st)
			}
			s.set("/a", feed("one"))
			if r := poll(t, a, true)["a"]; r.Status != http.StatusNotModified {
				t.Errorf("after the failure: %+v", r)
			}
			if st := state(t, store, "a"); st.Failures != 0 || st.Error != "" {
				t.Errorf("state after success %+v", st)
			}
		})
	}
}

// TestA07_ValidatorsSurviveARestart also proves A20: the restart polls nothing
// that is not due.
func TestA07_ValidatorsSurviveARestart(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one"))
	a, stop := run(t, options(store, s, "/a"))
	poll(t, a, false)
	stop()
	a, _ = run(t, options(store, s, "/a"))
	if got := poll(t, a, false); len(got) != 0 {
		t.Errorf("a source that is not due was polled: %+v", got)
	}
	poll(t, a, true)
	if asked := s.asked(); len(asked) != 2 || asked[1].Get("If-None-Match") != `"one"` {
		t.Errorf("requests %v", asked)
	}
}

func TestA30_GoneStopsASourceUntilItIsEnabledAnew(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", status(410))
	o := options(store, s, "/a")
	a, stop := run(t, o)
	poll(t, a, false)
	if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Skipped {
		t.Errorf("force: %+v", r)
	}
	stop()

	o.Sources[0].Disabled = true
	a, stop = run(t, o)
	if r := poll(t, a, true, "a")["a"]; r.Outcome != aggregator.Skipped || r.Error != "disabled" {
		t.Errorf("disabled: %+v", r)
	}
	stop()
	o.Sources[0].Disabled = false
	s.set("/a", feed("back"))
	a, _ = run(t, o)
	if r := poll(t, a, false)["a"]; r.New != 1 {
		t.Errorf("enabled anew: %+v", r)
	}
	if n := len(s.asked()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestForceObeysItsOwnGap(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one"))
	o := options(store, s, "/a")
	o.MinForce = time.Hour
	a, _ := run(t, o)
	poll(t, a, true)
	if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Skipped || !strings.Contains(r.Error, "forced a moment ago") {
		t.Errorf("got %+v", r)
	}
	if n := len(s.asked()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestA28_RetryAfterHoldsForTheHost(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one"))
	s.set("/busy", status(503, "Retry-After", "3600"))
	s.set("/later", feed("two"))
	o := options(store, s, "/a", "/busy", "/later") // asked in this order
	a, stop := run(t, o)
	check := func(a *aggregator.Aggregator) {
		t.Helper()
		got := poll(t, a, true)
		if r := got["busy"]; r.Outcome != aggregator.Skipped || !strings.Contains(r.Error, "the publisher asked to wait until") {
			t.Errorf("busy: %+v", r)
		}
		for _, id := range []string{"a", "later"} {
			if r := got[id]; r.Outcome != aggregator.Skipped || !strings.Contains(r.Error, "its host asked to wait until") {
				t.Errorf("%s: %+v", id, r)
			}
		}
		if n := len(s.asked()); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	}
	if r := poll(t, a, true)["later"]; r.Outcome != aggregator.Skipped {
		t.Errorf("later, asked for together with the others: %+v", r)
	}
	check(a)
	stop()
	a, _ = run(t, o)
	check(a)
}

func TestA31_APermanentMoveIsRememberedWhenItLeadsToADocument(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/old", status(301, "Location", "/new"))
	s.set("/new", feed("one"))
	s.set("/lost", status(301, "Location", "/page"))
	s.set("/page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
	a, _ := run(t, options(store, s, "/old", "/lost"))
	poll(t, a, true)
	poll(t, a, true)
	count := map[string]int{}
	for _, h := range s.asked() {
		count[h.Get("Path")]++
	}
	want := map[string]int{"/old": 1, "/new": 2, "/lost": 2, "/page": 2}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

// TestA36_OneRequestToAHostAtATime polls many sources of one host.
func TestA36_OneRequestToAHostAtATime(t *testing.T) {
	s, store := newSite(t), openStore(t)
	var mu sync.Mutex
	inFlight, most := 0, 0
	var paths []string
	for i := range 20 {
		path := fmt.Sprintf("/s%d", i)
		paths = append(paths, path)
		answer := feed(path)
		s.set(path, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			inFlight++
			most = max(most, inFlight)
			mu.Unlock()
			answer(w, r)
			mu.Lock()
			inFlight--
			mu.Unlock()
		})
	}
	a, _ := run(t, options(store, s, paths...))
	if got := poll(t, a, false); len(got) != 20 {
		t.Errorf("%d results", len(got))
	}
	if most != 1 {
		t.Errorf("%d requests at a time, want 1", most)
	}
}

// failing is a store whose commits fail while fail is set.
type failing struct {
	storage.Store
	mu   sync.Mutex // guards fail
	fail func([]storage.Record) bool
}

func (f *failing) Commit(ctx context.Context, records ...storage.Record) error {
	f.mu.Lock()
	fail := f.fail
	f.mu.Unlock()
	if fail != nil && fail(records) {
		return errors.New("no space left on device")
	}
	return f.Store.Commit(ctx, records...)
}

func (f *failing) set(fail func([]storage.Record) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// TestF07_AFailedCommitLosesNothing fails the commit of a poll: neither its
// validators nor its entries are kept, and the next poll brings them.
func TestF07_AFailedCommitLosesNothing(t *testing.T) {
	s, store := newSite(t), &failing{Store: openStore(t)}
	s.set("/a", feed("one"))
	a, _ := run(t, options(store, s, "/a"))
	store.set(func(records []storage.Record) bool { return records[0].Poll != nil })
	if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Failed || !strings.Contains(r.Error, "no space left") {
		t.Errorf("got %+v", r)
	}
	store.set(nil)
	if r := poll(t, a, true)["a"]; r.New != 1 {
		t.Errorf("after the failure: %+v", r)
	}
	if h := s.asked()[1]; h.Get("If-None-Match") != "" {
		t.Error("the validators of a poll that was not stored were kept")
	}
}

func TestOneBadPollDoesNotCostOthersTheirCommit(t *testing.T) {
	s, store := newSite(t), &failing{Store: openStore(t)}
	var paths []string
	for i := range 10 {
		path := fmt.Sprintf("/s%d", i)
		paths = append(paths, path)
		s.set(path, feed(path))
	}
	a, _ := run(t, options(store, s, paths...))
	store.set(func(records []storage.Record) bool {
		return slices.ContainsFunc(records, func(r storage.Record) bool { return r.Poll != nil && r.Poll.Source == "s3" })
	})
	for id, r := range poll(t, a, true) {
		want := aggregator.Changed
		if id == "s3" {
			want = aggregator.Failed
		}
		if r.Outcome != want {
			t.Errorf("%s: %+v, want %s", id, r, want)
		}
	}
}

// panicking is a store that panics once, in the middle of a poll: the first
// reading of a source is by the configuration.
type panicking struct {
	storage.Store
	calls atomic.Int32
}

func (p *panicking) Source(ctx context.Context, id string) (storage.Source, error) {
	if id == "bad" && p.calls.Add(1) == 2 {
		panic("surprise")
	}
	return p.Store.Source(ctx, id)
}

func TestD17_APanicFailsItsSourceOnly(t *testing.T) {
	s := newSite(t)
	s.set("/bad", feed("one"))
	s.set("/good", feed("two"))
	a, _ := run(t, options(&panicking{Store: openStore(t)}, s, "/bad", "/good"))
	got := poll(t, a, true)
	if r := got["bad"]; r.Outcome != aggregator.Failed || !strings.Contains(r.Error, "surprise") {
		t.Errorf("bad: %+v", r)
	}
	if r := got["good"]; r.New != 1 {
		t.Errorf("good: %+v", r)
	}
}

func TestTheScheduleRunsByItself(t *testing.T) {
	s, store := newSite(t), openStore(t)
	polled := make(chan struct{}, 100)
	answer := feed("one")
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r)
		polled <- struct{}{}
	})
	o := options(store, s, "/a")
	o.Manual = false
	o.Policy = schedule.Policy{Min: time.Millisecond, Max: time.Second, Backoff: time.Millisecond}
	_, stop := run(t, o)
	for range 4 {
		<-polled
	}
	stop()
	if st := state(t, store, "a"); st.Polls < 3 || !st.NextDue.After(st.LastPoll) {
		t.Errorf("state %+v", st)
	}
}

func TestOldEntriesAreRemoved(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>S</title>`)
		for i := range 450 {
			fmt.Fprintf(w, `<item><title>old %d</title><pubDate>Mon, 01 Jan 2001 00:00:00 GMT</pubDate></item>`, i)
		}
		fmt.Fprint(w, `<item><title>new</title></item></channel></rss>`)
	})
	o := options(store, s, "/a")
	o.Retention.Age = 24 * time.Hour
	a, _ := run(t, o)
	poll(t, a, true)
	if err := a.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"new"}, titles(t, store)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPollOfAnUnknownSourceIsAnError(t *testing.T) {
	s, store := newSite(t), openStore(t)
	a, stop := run(t, options(store, s, "/a"))
	if _, _, err := a.Poll(t.Context(), []string{"b"}, false); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	stop()
	if _, _, err := a.Poll(t.Context(), []string{"a"}, false); !errors.Is(err, aggregator.ErrStopped) {
		t.Errorf("after the end: got %v", err)
	}
}

// TestChangesDoNotRunAheadOfTheClock polls many sources whose commits wait for
// each other: all become visible within the next second.
func TestChangesDoNotRunAheadOfTheClock(t *testing.T) {
	s, store := newSite(t), openStore(t)
	var paths []string
	for i := range 40 {
		paths = append(paths, fmt.Sprintf("/s%d", i))
		s.set(paths[i], feed(paths[i]))
	}
	a, _ := run(t, options(store, s, paths...))
	poll(t, a, true)
	stats, err := store.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(stats.Changed); ahead > time.Second {
		t.Errorf("the newest change shows in %v", ahead)
	}
}

func TestAMovedSourceIsAskedWhereItWasWhenItIsLost(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", status(301, "Location", "/new"))
	s.set("/new", feed("one"))
	a, _ := run(t, options(store, s, "/a"))
	poll(t, a, true)
	s.set("/new", status(404))
	for range 3 {
		poll(t, a, true)
	}
	if st := state(t, store, "a"); st.MovedTo == "" {
		t.Fatal("the move was dropped within a week")
	}
	change(t, store, "a", func(st *storage.State) { st.LastSuccess = st.LastSuccess.AddDate(0, 0, -8) })
	poll(t, a, true)
	s.set("/a", feed("two"))
	if r := poll(t, a, true)["a"]; r.New != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestA31_AFailingTargetIsAskedAgain lets the target of a permanent redirect
// fail at first: the old address is not asked again.
func TestA31_AFailingTargetIsAskedAgain(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/old", status(301, "Location", "/new"))
	s.set("/new", status(500))
	a, _ := run(t, options(store, s, "/old"))
	poll(t, a, true)
	if st := state(t, store, "old"); st.MovedTo != "" {
		t.Errorf("moved to %s before there was a document", st.MovedTo)
	}
	s.set("/new", feed("one"))
	poll(t, a, true)
	if st := state(t, store, "old"); st.MovedTo != s.URL+"/new" || st.Moving != "" {
		t.Errorf("moved to %q, moving to %q", st.MovedTo, st.Moving)
	}
	var paths []string
	for _, h := range s.asked() {
		paths = append(paths, h.Get("Path"))
	}
	if diff := cmp.Diff([]string{"/old", "/new", "/new"}, paths); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

// change changes the state of a source in the store.
func change(t *testing.T, store storage.Store, id string, to func(*storage.State)) {
	t.Helper()
	s, err := store.Source(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	to(&s.State)
	record := storage.Record{Time: time.Now(), Poll: &storage.Poll{Source: id, State: s.State}}
	if err := store.Commit(t.Context(), record); err != nil {
		t.Fatal(err)
	}
}

func TestA25_RetryAfterIsCapped(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", status(503, "Retry-After", "99999999"))
	a, _ := run(t, options(store, s, "/a"))
	poll(t, a, true)
	if wait := time.Until(state(t, store, "a").NotBefore); wait > 24*time.Hour || wait < 23*time.Hour {
		t.Errorf("waits %v, want the cap of 24h", wait)
	}
}

// TestSecretsOfAURLDoNotReachEntries gives a source a token and an item that
// is only a place on the page.
func TestSecretsOfAURLDoNotReachEntries(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>S</title><item><title>one</title><link>#one</link><description>&lt;a href="?p=1">x&lt;/a></description></item></channel></rss>`)
	})
	o := options(store, s, "/a")
	o.Sources[0].URL += "?token=SECRET"
	a, _ := run(t, o)
	poll(t, a, true)
	page, err := store.Entries(t.Context(), storage.Query{Limit: 1})
	if err != nil || len(page.Items) != 1 {
		t.Fatal(err, len(page.Items))
	}
	if e := page.Items[0]; strings.Contains(fmt.Sprint(e), "SECRET") {
		t.Errorf("the entry tells: %+v", e)
	}
}

var quiet = slog.New(slog.DiscardHandler)
