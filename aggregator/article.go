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

// readsArticle reports whether the turn of a source is for an article that
// waits to be visited, and not for a poll.
func readsArticle(s storage.State, forced bool, now time.Time) bool {
	return !forced && len(s.Articles) > 0 && s.NextDue.After(now)
}

// article visits the page of the first article that waits, and commits the
// text found there as that of its entry. A source's articles and its polls
// take turns, so that its state has one writer.
func (a *Aggregator) article(ctx context.Context, src Source, state storage.State) (Result, error) {
	next := state.Articles[0]
	entry, err := a.o.Store.Entry(ctx, next.Entry)
	if errors.Is(err, storage.ErrNotFound) {
		return a.visited(ctx, src, state, nil)
	}
	if err != nil {
		return Result{}, err
	}
	text, err := a.fullText(ctx, src, next)
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case err != nil && next.Tries+1 < articleTries && !permanent(err):
		a.o.Log.Debug("article could not be read", "source", src.ID, "entry", entry.ID, "err", err)
		state.Articles = postpone(state.Articles, err, time.Now())
		return a.visited(ctx, src, state, nil)
	case err != nil:
		a.o.Log.Info("article was given up", "source", src.ID, "entry", entry.ID, "err", err)
		return a.visited(ctx, src, state, nil)
	}
	entry, found := normalize.WithFullText(entry, text)
	if !found {
		return a.visited(ctx, src, state, nil)
	}
	return a.visited(ctx, src, state, []storage.Entry{entry})
}

// postpone puts the first article, which could not be read, behind the others
// for another try. Those of its host wait with it: it is the host that fails.
func postpone(list []storage.Article, cause error, now time.Time) []storage.Article {
	again := list[0]
	until := now.Add(articleRetry << again.Tries)
	if status := (*fetch.StatusError)(nil); errors.As(cause, &status) && status.RetryAfter.After(until) {
		until = status.RetryAfter
	}
	again.Tries++
	list = append(slices.Clone(list), again)
	for i := range list {
		if list[i].Due.Before(until) && fetch.Host(list[i].URL) == fetch.Host(again.URL) {
			list[i].Due = until
		}
	}
	return list
}

// fullText visits a page and returns what it says as an entry.
func (a *Aggregator) fullText(ctx context.Context, src Source, page storage.Article) (e storage.Entry, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	visit, err := a.o.Client.Get(ctx, fetch.Request{URL: page.URL, Page: true})
	if err != nil {
		return storage.Entry{}, err
	}
	item, err := parse.FullText(visit.Body, visit.ContentType, base(visit))
	if err != nil {
		return storage.Entry{}, err
	}
	place := normalize.Source{ID: src.ID, URL: base(visit), Format: string(parse.FormatHTML)}
	entries, cut := normalize.Entries(place, parse.Header{}, []parse.Item{item}, time.Now())
	a.warn(src, cut)
	return entries[0], nil
}

// permanent reports whether a page is not worth another visit.
func permanent(err error) bool {
	var robots *fetch.RobotsError
	if errors.As(err, &robots) {
		return robots.Cause == nil
	}
	var status *fetch.StatusError
	return errors.As(err, &status) && status.Code >= 400 && status.Code < 500 &&
		status.Code != http.StatusRequestTimeout && status.Code != http.StatusTooManyRequests
}

// visited commits that the first article was visited, and the entry that has
// its text now.
func (a *Aggregator) visited(ctx context.Context, src Source, state storage.State, entries []storage.Entry) (Result, error) {
	state.Articles = slices.Clone(state.Articles[1:])
	slices.SortStableFunc(state.Articles, func(a, b storage.Article) int { return a.Due.Compare(b.Due) })
	p := storage.Poll{Source: src.ID, State: state, Entries: entries}
	if _, err := a.submit(ctx, commit{poll: &p, resolved: true, now: time.Now()}); err != nil {
		return Result{}, fmt.Errorf("commit article of source %s: %w", src.ID, err)
	}
	result := Result{Source: src.ID, Outcome: Unchanged, Updated: len(entries), NextDue: state.NextDue, article: true}
	if len(entries) > 0 {
		result.Outcome = Changed
	}
	result.host, result.turn = nextTurn(src.URL, state)
	return result, nil
}

// await adds the articles of entries that became visible just now, and whose
// source gave only a teaser, to those that wait.
func await(waiting []storage.Article, entries []storage.Entry, visible, now time.Time) []storage.Article {
	waiting = slices.Clone(waiting)
	for _, e := range entries {
		waits := func(a storage.Article) bool { return a.Entry == e.ID }
		switch {
		case len(waiting) >= maxArticles:
		case e.URL == "" || !e.Changed.Equal(visible) || slices.ContainsFunc(waiting, waits):
		case e.FullText || normalize.Teaser(e):
			waiting = append(waiting, storage.Article{Entry: e.ID, URL: e.URL, Due: now})
		}
	}
	slices.SortStableFunc(waiting, func(a, b storage.Article) int { return a.Due.Compare(b.Due) })
	return waiting
}

// nextTurn returns when a source's next turn is, and whom it asks: a poll, or
// an article before that.
func nextTurn(url string, s storage.State) (host string, at time.Time) {
	if len(s.Articles) > 0 && s.Articles[0].Due.Before(s.NextDue) {
		return fetch.Host(s.Articles[0].URL), s.Articles[0].Due
	}
	return fetch.Host(cmp.Or(s.MovedTo, url)), s.NextDue
}
