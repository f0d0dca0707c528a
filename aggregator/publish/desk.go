package publish

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"newsfeed/storage"
)

const (
	// maxRender bounds the rendering of one feed on demand.
	maxRender = 30 * time.Second

	// maxAhead bounds the wait for the second that a feed is dated with.
	maxAhead = 2 * time.Second

	// maxWaiting bounds how many wait for it. Who asks beyond that is told to
	// come again.
	maxWaiting = 64
)

var errBusy = errors.New("too many feeds are asked for at once")

// desk has pages made on demand and keeps the last used of them, up to a number
// of bytes. Of a version of the store it has each page made once, however many
// ask for it at the same time, and a feed at most once in a second.
type desk struct {
	store   storage.Reader
	maker   maker
	flight  singleflight.Group
	slots   chan struct{} // bounds the pages in the making
	waiting atomic.Int64  // pages in the making, or waiting for it
	beside  atomic.Uint64 // changes of what is shown and is not in the store

	mu    sync.Mutex // guards the fields below
	pages map[order]*list.Element
	used  list.List // of *kept, the last used first
	room  int       // bytes left; negative for a moment only
}

// maker makes a page; last is the one that was made before it of the order, of
// whatever version, or nil.
type maker func(ctx context.Context, o order, last *page) (*page, error)

// order is what is asked for.
type order struct {
	sel    Selection
	format Format
	health bool     // the feed about the sources themselves instead
	web    webOrder // a page for people instead of a feed, if not zero
}

// frontOrder is the order of the page for people that shows the merged feed.
var frontOrder = order{web: webOrder{kind: frontPage}}

// path returns the path of what is ordered, relative to the base URL, if its
// editions are kept.
func (o order) path() string {
	switch {
	case o == frontOrder:
		return "./"
	case o.web != webOrder{}:
		return ""
	case o.health:
		return healthPath
	}
	return o.sel.Path(o.format)
}

// kept is a page and the version of what it shows: of the store, and of what is
// beside it.
type kept struct {
	order   order
	version uint64
	page    *page
}

func newDesk(store storage.Reader, bytes int, maker maker) *desk {
	return &desk{
		store: store,
		maker: maker,
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		pages: map[order]*list.Element{},
		room:  bytes,
	}
}

// page returns a page as the store is now, or was a second ago.
func (d *desk) page(ctx context.Context, o order) (*page, error) {
	if p, _, err := d.find(ctx, o); p != nil || err != nil {
		return p, err
	}
	// The work is shared, so that it must not end with the request of one.
	made, err, _ := d.flight.Do(fmt.Sprintf("%#v", o), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxRender)
		defer cancel()
		p, version, err := d.find(ctx, o)
		if p != nil || err != nil {
			return p, err
		}
		if p, err = d.make(ctx, o); err != nil {
			return nil, err
		}
		if ahead := time.Until(p.LastModified); ahead < maxAhead {
			sleep(ctx, ahead)
		}
		d.keep(kept{order: o, version: version, page: p})
		return p, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*page), nil
}

func (d *desk) make(ctx context.Context, o order) (*page, error) {
	if d.waiting.Add(1) > maxWaiting {
		d.waiting.Add(-1)
		return nil, errBusy
	}
	defer d.waiting.Add(-1)
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.maker(ctx, o, d.last(o))
}

// last returns the page that was made last, of whatever version, or nil.
func (d *desk) last(o order) *page {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e, ok := d.pages[o]; ok {
		return e.Value.(*kept).page
	}
	return nil
}

// find returns the version of the store, and a page if there is one that is as
// the store is, or that readers were told of in this second: they could not tell
// another one of this second from it.
func (d *desk) find(ctx context.Context, o order) (*page, uint64, error) {
	stats, err := d.store.Stats(ctx)
	if err != nil {
		return nil, 0, err
	}
	version := stats.Version + d.beside.Load()
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.pages[o]
	if !ok {
		return nil, version, nil
	}
	k := e.Value.(*kept)
	age := time.Since(k.page.LastModified)
	if told := -maxAhead < age && age < time.Second; k.version != version && !told {
		return nil, version, nil
	}
	d.used.MoveToFront(e)
	return k.page, version, nil
}

func (d *desk) keep(k kept) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old, ok := d.pages[k.order]; ok {
		d.drop(old)
	}
	d.pages[k.order] = d.used.PushFront(&k)
	for d.room -= k.page.size(); d.room < 0; {
		d.drop(d.used.Back())
	}
}

func (d *desk) drop(e *list.Element) {
	k := d.used.Remove(e).(*kept)
	delete(d.pages, k.order)
	d.room += k.page.size()
}
