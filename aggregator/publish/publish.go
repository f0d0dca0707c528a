// Package publish renders what the store holds as feeds and serves them.
//
// A rendering is a pure function of the store: Render reads no clock and no
// randomness, so the same store gives the same bytes on every machine and
// after every restart. A Publisher keeps renderings and serves them: those of
// the merged News Feed and of the views are made in the background whenever
// the store has changed, and a request for them costs no rendering; those of
// one source or one category are made when they are asked for, once per
// version of the store. Only the store's own trouble is shown from memory.
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

var errStopped = errors.New("the server is about to stop")

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
	// see storage.Notifier. With it, Run has to run: requests for what it
	// renders wait for its first rendering. Without it all is rendered on demand.
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

	// Shown, if not nil, is told by Run when the merged feed shows what the
	// store held at a time. It must not block.
	Shown func(asOf time.Time)
}

// Publisher renders feeds and serves them. It is safe for concurrent use.
type Publisher struct {
	store   storage.Reader
	writer  storage.Writer
	changed <-chan uint64
	log     *slog.Logger
	maxAge  time.Duration
	merged  atomic.Pointer[shelf] // nil before the first rendering
	viewed  atomic.Pointer[shelf] // nil before the first rendering
	desk    *desk
	packers packers
	meter   *meter // nil: there is no limit
	rates   rates
	notes   notes
	onShown func(asOf time.Time)
	done    signal                          // of each refresh
	trouble atomic.Pointer[storage.Trouble] // nil: none

	told time.Time // the newest time of an edition; for Run alone
}

// shelf holds pages that are kept up to date in the background.
type shelf map[order]*page

// New returns a Publisher.
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
	if o.Shown == nil {
		o.Shown = func(time.Time) {}
	}
	p := &Publisher{
		store: o.Store, writer: o.Writer, changed: o.Changed, log: o.Logger, maxAge: o.MaxAge,
		meter: newMeter(o.Refetches), onShown: o.Shown,
	}
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
	defer p.done.end(errStopped)
	for {
		err := p.refresh(ctx)
		p.done.send(err)
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
	asOf := time.Now()
	if err := p.renderMerged(ctx, giveUp); err != nil {
		return err
	}
	p.onShown(asOf)
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
	return p.restock(ctx, &p.merged, []Selection{{}}, giveUp)
}

// renderViews puts the views as they are now in place of the last ones.
func (p *Publisher) renderViews(ctx context.Context, giveUp time.Time) error {
	views, err := p.views(ctx)
	if err != nil {
		return err
	}
	return p.restock(ctx, &p.viewed, views, giveUp)
}

// views returns the views that are rendered in the background.
func (p *Publisher) views(ctx context.Context) ([]Selection, error) {
	settings, err := p.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	views := make([]Selection, min(len(settings.Views), maxViews))
	for i := range views {
		views[i] = Selection{View: settings.Views[i].Name}
	}
	return views, nil
}

// restock puts feeds as they are now on a shelf, in place of what is there.
func (p *Publisher) restock(ctx context.Context, place *atomic.Pointer[shelf], feeds []Selection, giveUp time.Time) error {
	last := shelf{}
	if s := place.Load(); s != nil {
		last = *s
	}
	pack := p.packers.get(slices.Collect(maps.Values(last))...)
	defer p.packers.put(pack)
	next := shelf{}
	for _, sel := range feeds {
		err := p.remake(ctx, sel, last, next, pack)
		if err != nil && !errors.Is(err, storage.ErrNotFound) { // it may be no longer configured
			return err
		}
	}
	if err := p.revise(ctx, next, last, giveUp); err != nil {
		return err
	}
	place.Store(&next)
	return nil
}

// ordersOf returns the orders of what is kept up to date of a feed.
func ordersOf(sel Selection) []order {
	var all []order
	for _, f := range Formats() {
		all = append(all, order{sel: sel, format: f})
	}
	if sel == (Selection{}) {
		all = append(all, frontOrder)
	}
	return all
}

// remake makes the pages of a feed.
func (p *Publisher) remake(ctx context.Context, sel Selection, last, into shelf, pack packer) error {
	doc, err := read(ctx, p.store, sel)
	if err != nil {
		return err
	}
	for _, o := range ordersOf(sel) {
		var g *page
		if o == frontOrder {
			g, err = p.webPage(ctx, o.web, pack)
		} else {
			g, err = p.feedPage(doc, o.format, last[o], pack)
		}
		if err != nil {
			return err
		}
		into[o] = g
	}
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
