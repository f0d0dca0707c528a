package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// The bounds of the articles that wait to be visited for a source.
const (
	maxArticles  = 200
	articleTries = 3
	articleRetry = time.Hour // after the first failure; the next takes twice that
)

// article visits the page of the first article that waits, and commits the
// text found there as that of its entry. A source's articles and its polls
// take turns, so that its state has one writer.
func (a *Aggregator) article(ctx context.Context, src Source, state storage.State) (Result, error) {
	next := state.Articles[0]
	entry, err := a.o.Store.Entry(ctx, next.Entry)
	if errors.Is(err, storage.ErrNotFound) {
		return a.visited(ctx, src, state, nil, reply{})
	}
	if err != nil {
		return Result{}, err
	}
	text, visit, err := a.fullText(ctx, src, next)
	state.Traffic = counted(state.Traffic, visit, time.Now())
	said := a.replyOf(next, visit, err)
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case err != nil && next.Tries+1 < articleTries && !permanent(err):
		a.o.Log.Debug("article could not be read", "source", src.ID, "entry", entry.ID, "err", err)
		state.Articles = postpone(state.Articles, err, said.pause, time.Now())
		return a.visited(ctx, src, state, nil, said)
	case err != nil:
		a.o.Log.Info("article was given up", "source", src.ID, "entry", entry.ID, "err", err)
		return a.visited(ctx, src, state, nil, said)
	}
	entry, found := normalize.WithFullText(entry, text)
	if alias, ok := pageAlias(entry, text, visit); ok {
		entry.Aliases, found = append(slices.Clone(entry.Aliases), alias), true
	}
	if !found {
		return a.visited(ctx, src, state, nil, said)
	}
	return a.visited(ctx, src, state, []storage.Entry{entry}, said)
}

// replyOf returns what a visit to an article tells of its host.
func (a *Aggregator) replyOf(page storage.Article, visit fetch.Visit, err error) reply {
	said := reply{host: cmp.Or(fetch.Host(visit.URL), fetch.Host(page.URL))}
	status := (*fetch.StatusError)(nil)
	if said.answered = visit.Status != 0; errors.As(err, &status) {
		said.answered = true
		if isPause(status.Code) && !status.RetryAfter.IsZero() {
			said.pause = earlier(status.RetryAfter, time.Now().Add(a.config().Policy.Max))
		}
		said.refused = limited(status.Code, visit.Traffic.Run) && said.pause.IsZero()
	}
	return said
}

// postpone puts the first article, which could not be read, behind the others
// for another try. Where it is the host that fails, all of that host wait.
func postpone(list []storage.Article, cause error, pause, now time.Time) []storage.Article {
	again := list[0]
	until := now.Add(articleRetry << again.Tries)
	status := (*fetch.StatusError)(nil)
	answered := errors.As(cause, &status)
	if pause.After(until) {
		until = pause
	}
	again.Tries, again.Due = again.Tries+1, until
	list = append(slices.Clone(list), again)
	if answered && !isPause(status.Code) {
		return list
	}
	for i := range list {
		if list[i].Due.Before(until) && fetch.Host(list[i].URL) == fetch.Host(again.URL) {
			list[i].Due = until
		}
	}
	return list
}

// errUnreadable says that a page came, and is not that of an article.
var errUnreadable = errors.New("no article")

// fullText visits a page and returns what it says as an entry.
func (a *Aggregator) fullText(ctx context.Context, src Source, page storage.Article) (e storage.Entry, visit fetch.Visit, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: internal error: %v", errUnreadable, p)
		}
	}()
	visit, err = a.o.Client.Get(ctx, fetch.Request{URL: page.URL, Page: true})
	if err != nil {
		return storage.Entry{}, visit, err
	}
	item, err := parse.FullText(visit.Body, visit.ContentType, base(visit))
	if err != nil {
		return storage.Entry{}, visit, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	place := normalize.Source{ID: src.ID, URL: base(visit), Format: string(parse.FormatHTML)}
	entries, cut := normalize.Entries(place, parse.Header{}, []parse.Item{item}, time.Now())
	a.warn(src, cut)
	return entries[0], visit, nil
}

// pageAlias returns the address that the page of an entry says is its own
// (RFC 6596), if that is of the same site and not known yet.
func pageAlias(e, page storage.Entry, visit fetch.Visit) (string, bool) {
	alias := page.CanonicalURL
	known := alias == "" || alias == e.CanonicalURL || slices.Contains(e.Aliases, alias)
	return alias, !known && fetch.Host(alias) == fetch.Host(visit.URL)
}

// permanent reports whether a page is not worth another visit.
func permanent(err error) bool {
	var robots *fetch.RobotsError
	if errors.As(err, &robots) {
		return robots.Cause == nil
	}
	var status *fetch.StatusError
	return errors.Is(err, errUnreadable) || errors.As(err, &status) && status.Code >= 400 && status.Code < 500 &&
		status.Code != http.StatusRequestTimeout && status.Code != http.StatusTooManyRequests
}

// visited commits that the first article was visited, and the entry that has
// its text now.
func (a *Aggregator) visited(ctx context.Context, src Source, state storage.State, entries []storage.Entry, said reply) (Result, error) {
	state.Articles = slices.Clone(state.Articles[1:])
	slices.SortStableFunc(state.Articles, func(a, b storage.Article) int { return a.Due.Compare(b.Due) })
	p := storage.Poll{Source: src.ID, State: state, Entries: entries}
	if _, err := a.submit(ctx, commit{poll: &p, url: src.URL, resolved: true, now: time.Now()}); err != nil {
		return Result{}, fmt.Errorf("commit article of source %s: %w", src.ID, err)
	}
	result := Result{Source: src.ID, Outcome: Unchanged, Updated: len(entries), NextDue: state.NextDue, article: true, reply: said}
	if len(entries) > 0 {
		result.Outcome = Changed
	}
	result.next = nextTurn(src, state)
	return result, nil
}

// await adds the articles of entries that became visible just now, and whose
// source gave only a teaser, to those that wait, the oldest first. left is the
// number of those that have waited for longest and find no room any more.
func await(waiting []storage.Article, entries []storage.Entry, visible, now time.Time) (list []storage.Article, left int) {
	list = slices.Clone(waiting)
	for _, e := range slices.Backward(entries) {
		waits := func(a storage.Article) bool { return a.Entry == e.ID }
		if e.URL == "" || !e.Changed.Equal(visible) || slices.ContainsFunc(waiting, waits) {
			continue
		}
		if e.FullText || normalize.Teaser(e) {
			list = append(list, storage.Article{Entry: e.ID, URL: e.URL, Due: now})
		}
	}
	slices.SortStableFunc(list, func(a, b storage.Article) int { return a.Due.Compare(b.Due) })
	left = max(0, len(list)-maxArticles)
	return list[left:], left
}

// sourceTurn is a source's next turn: a poll, or before that an article.
type sourceTurn struct {
	at       time.Time // zero: never
	host     string    // whom it asks
	article  bool
	first    bool // the source was never polled
	admitted bool // it has its place in the budget
}

func nextTurn(src Source, s storage.State) sourceTurn {
	if src.FullText && len(s.Articles) > 0 && s.Articles[0].Due.Before(s.NextDue) {
		return sourceTurn{at: s.Articles[0].Due, host: fetch.Host(s.Articles[0].URL), article: true}
	}
	return sourceTurn{at: s.NextDue, host: askedHost(src.SourceSettings, s), first: s.LastPoll.IsZero()}
}
