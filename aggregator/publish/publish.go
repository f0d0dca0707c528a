// Package publish renders what the store holds as feeds and serves them.
//
// A rendering is a pure function of the store: Render reads no clock and no
// randomness, so the same store gives the same bytes on every machine and
// after every restart. A Publisher keeps renderings and serves them: those of
// the merged News Feed are made in the background whenever the store has
// changed, and a request for them costs no rendering; those of one source, one
// category or one view are made when they are asked for, once per version of
// the store.
package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"newsfeed/storage"
)

const (
	// settle is how long a change waits for the next one of the same burst.
	settle = 50 * time.Millisecond

	// maxWait bounds the wait for a quiet moment while changes never stop.
	maxWait = 2 * time.Second

	// retryAfter is the pause after a store could not be read.
	retryAfter = 5 * time.Second
)

// The defaults of Options.
const (
	defaultMaxAge     = 5 * time.Minute
	defaultCacheBytes = 32 << 20
)

// Options says what a Publisher works with. Store is required.
type Options struct {
	Store storage.Reader

	// Changed brings a value after each change of what the store publishes:
	// see storage.Notifier. Nil means that it never changes.
	Changed <-chan uint64

	Logger     *slog.Logger  // nil: nothing is logged
	MaxAge     time.Duration // for how long clients may keep a feed; 0: 5 minutes
	CacheBytes int           // for feeds of sources, categories and views; 0: 32 MiB
}

// Publisher renders feeds and serves them. It is safe for concurrent use.
type Publisher struct {
	store   storage.Reader
	changed <-chan uint64
	log     *slog.Logger
	maxAge  time.Duration
	merged  atomic.Pointer[edition] // nil before the first rendering
	desk    *desk
}

// edition is the merged feed in every format, and the page that leads to it.
type edition struct {
	pages map[Format]*page
	home  *page
}

// New returns a Publisher. It serves at once, but keeps the merged feed up to
// date only while Run runs.
func New(o Options) *Publisher {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MaxAge <= 0 {
		o.MaxAge = defaultMaxAge
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultCacheBytes
	}
	p := &Publisher{store: o.Store, changed: o.Changed, log: o.Logger, maxAge: o.MaxAge}
	p.desk = newDesk(o.Store, o.CacheBytes, p.newPage)
	return p
}

// Run renders the merged feed, and again after each change of the store, until
// ctx ends; then it returns nil. Changes that follow each other closely are
// rendered together. While the store cannot be read, the last good rendering
// stays in place; Run gives up only when the store is closed.
func (p *Publisher) Run(ctx context.Context) error {
	for {
		err := p.refresh(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, storage.ErrClosed):
			return fmt.Errorf("publish: %w", err)
		case err != nil:
			p.log.Error("feed not rendered", "err", err)
		}
		if !p.wait(ctx, err != nil) {
			return nil
		}
	}
}

// wait returns when the store has changed and come to rest, or when it is time
// to try again; it reports false when ctx has ended.
func (p *Publisher) wait(ctx context.Context, failed bool) bool {
	var retry <-chan time.Time
	if failed {
		retry = time.After(retryAfter)
	}
	select {
	case <-ctx.Done():
		return false
	case <-retry:
		return true
	case <-p.changed:
	}
	if !sleep(ctx, settle) {
		return false
	}
	select {
	case <-p.changed:
	default:
	}
	return true
}

// refresh renders the merged feed and swaps it in.
//
// A commit may carry the next whole second as its time, and until that second
// has come others may join it there. A rendering shown earlier would share
// its Last-Modified with a later one of other content (RFC 9110, section
// 8.8.2.1); so it waits for that second, unless changes keep coming.
func (p *Publisher) refresh(ctx context.Context) error {
	giveUp := time.Now().Add(maxWait)
	for {
		stats, err := p.store.Stats(ctx)
		if err != nil {
			return err
		}
		until := stats.Changed
		if until.After(giveUp) {
			until = giveUp
		}
		if !sleep(ctx, time.Until(until)) {
			return ctx.Err()
		}
		doc, err := read(ctx, p.store, Selection{})
		if err != nil {
			return err
		}
		if now := time.Now(); !doc.modified.After(now) || !now.Before(giveUp) {
			return p.swap(ctx, doc)
		}
	}
}

// swap renders the feed in every format and puts the result in place of the
// last one.
func (p *Publisher) swap(ctx context.Context, doc feed) error {
	pack := newPacker()
	last := p.merged.Load()
	next := &edition{pages: map[Format]*page{}}
	for _, f := range Formats() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := doc.render(f, pack)
		if err != nil {
			return err
		}
		if last != nil {
			r.follow(last.pages[f].Rendering)
		}
		next.pages[f] = p.newPage(r, doc, f)
	}
	home, err := p.newHome(doc, pack)
	if err != nil {
		return err
	}
	next.home = home
	p.merged.Store(next)
	return nil
}

// sleep reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
