// Package publish renders what the store holds as feeds and serves them.
//
// A rendering is a pure function of the store: Render reads no clock and no
// randomness, so the same store gives the same bytes on every machine and
// after every restart. A Publisher keeps renderings and serves them: those of
// the merged News Feed and of the views are made in the background whenever
// the store has changed, and a request for them costs no rendering; those of
// one source or one category are made when they are asked for, once per
// version of the store.
//
// What readers were told of a feed is an edition. The store keeps the editions
// of what is rendered in the background, so that Last-Modified moves when, and
// only when, the bytes do, also over a restart.
package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"newsfeed/storage"
)

const (
	// settle is how long a change waits for the next one of the same burst.
	settle = 50 * time.Millisecond

	// maxWait bounds the wait for a quiet moment while changes never stop.
	maxWait = 2 * time.Second

	// maxViews is the number of views that are rendered in the background, the
	// first ones of the configuration. Others are rendered on demand.
	maxViews = 100

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

	// Writer keeps the editions of what is rendered in the background. Nil
	// means that they are kept in memory only.
	Writer storage.Writer

	Logger     *slog.Logger  // nil: nothing is logged
	MaxAge     time.Duration // for how long clients may keep a feed; 0: 5 minutes
	CacheBytes int           // for what is rendered on demand; 0: 32 MiB

	// Refetches is how often in a minute one client may ask for one feed
	// whether it has changed or not; 0: 600, below 0: without limit.
	Refetches int
}

// Publisher renders feeds and serves them. It is safe for concurrent use.
type Publisher struct {
	store   storage.Reader
	writer  storage.Writer
	changed <-chan uint64
	log     *slog.Logger
	maxAge  time.Duration
	merged  atomic.Pointer[edition] // nil before the first rendering
	views   atomic.Pointer[shelf]   // nil before the first rendering
	desk    *desk
	packers packers
	meter   *meter // nil: there is no limit
	rates   rates
	notes   notes

	told time.Time // the newest time of an edition; for Run alone
}

// edition is the merged feed in every format, and its page for people.
type edition struct {
	pages map[Format]*page
	home  *page
}

// frontPath is the path of the page in its edition.
const frontPath = "./"

// shelf holds the pages of views.
type shelf map[order]*page

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
	p := &Publisher{store: o.Store, writer: o.Writer, changed: o.Changed, log: o.Logger, maxAge: o.MaxAge, meter: newMeter(o.Refetches)}
	p.desk = newDesk(o.Store, o.CacheBytes, p.demand)
	return p
}

// Run renders the merged feed and the views, and again after each change of the
// store, until ctx ends; then it returns nil. Changes that follow each other
// closely are rendered together. While the store cannot be read, the last good
// rendering stays in place; Run gives up only when the store is closed.
func (p *Publisher) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var notes sync.WaitGroup
	notes.Go(func() { p.recordNotes(ctx) })
	defer notes.Wait()
	defer cancel()
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

// refresh renders the merged feed, and then the views.
func (p *Publisher) refresh(ctx context.Context) error {
	giveUp := time.Now().Add(maxWait)
	if err := p.await(ctx, giveUp); err != nil {
		return err
	}
	if err := p.renderMerged(ctx, giveUp); err != nil {
		return err
	}
	return p.renderViews(ctx, giveUp)
}

// await returns when a rendering may be shown: in the second in which the last
// change of the store becomes visible, and not in one of which readers were
// told already. Last-Modified has no smaller parts (RFC 9110, section 8.8.2.1),
// and what comes until then is shown together.
func (p *Publisher) await(ctx context.Context, giveUp time.Time) error {
	stats, err := p.store.Stats(ctx)
	if err != nil {
		return err
	}
	return sleepUntil(ctx, later(stats.Changed, p.told.Add(time.Second)), giveUp)
}

// renderMerged puts the merged feed as it is now in place of the last one.
func (p *Publisher) renderMerged(ctx context.Context, giveUp time.Time) error {
	doc, err := read(ctx, p.store, Selection{})
	if err != nil {
		return err
	}
	last := p.merged.Load()
	if last == nil {
		last = &edition{}
	}
	pack := p.packers.get(append(slices.Collect(maps.Values(last.pages)), last.home)...)
	defer p.packers.put(pack)
	next := &edition{pages: map[Format]*page{}}
	var out revision
	for _, f := range Formats() {
		r, err := doc.render(f, pack)
		if err != nil {
			return err
		}
		next.pages[f] = p.newPage(r, doc, f, last.pages[f])
		out.add(doc.sel.Path(f), next.pages[f], last.pages[f])
	}
	if next.home, err = p.webPage(ctx, webOrder{kind: frontPage}, pack); err != nil {
		return err
	}
	out.add(frontPath, next.home, last.home)
	if err := p.revise(ctx, out, giveUp); err != nil {
		return err
	}
	p.merged.Store(next)
	return nil
}

// renderViews puts the views as they are now in place of the last ones.
func (p *Publisher) renderViews(ctx context.Context, giveUp time.Time) error {
	settings, err := p.store.Settings(ctx)
	if err != nil {
		return err
	}
	last := shelf{}
	if p.views.Load() != nil {
		last = *p.views.Load()
	}
	pack := p.packers.get(slices.Collect(maps.Values(last))...)
	defer p.packers.put(pack)
	next := shelf{}
	var out revision
	for _, v := range settings.Views[:min(len(settings.Views), maxViews)] {
		doc, err := read(ctx, p.store, Selection{View: v.Name})
		if errors.Is(err, storage.ErrNotFound) {
			continue // no longer configured
		} else if err != nil {
			return err
		}
		for _, f := range Formats() {
			r, err := doc.render(f, pack)
			if err != nil {
				return err
			}
			o := order{sel: doc.sel, format: f}
			next[o] = p.newPage(r, doc, f, last[o])
			out.add(doc.sel.Path(f), next[o], last[o])
		}
	}
	if err := p.revise(ctx, out, giveUp); err != nil {
		return err
	}
	p.views.Store(&next)
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

// sleepUntil returns an error when ctx ended first. It does not wait for what
// is later than giveUp.
func sleepUntil(ctx context.Context, t, giveUp time.Time) error {
	if t.After(giveUp) {
		t = giveUp
	}
	if !sleep(ctx, time.Until(t)) {
		return ctx.Err()
	}
	return nil
}
