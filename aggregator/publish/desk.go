package publish

import (
	"container/list"
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"newsfeed/storage"
)

// maxRender bounds the rendering of one feed on demand.
const maxRender = 30 * time.Second

// desk makes pages on demand and keeps the last used of them, up to a number
// of bytes. Of a version of the store it makes each page once, however many
// ask for it at the same time.
type desk struct {
	store   storage.Reader
	packers *packers
	finish  func(r Rendering, doc feed, f Format, last *page) *page
	web     func(context.Context, webOrder, packer) (*page, error)
	flight  singleflight.Group
	slots   chan struct{} // bounds the pages in the making

	mu    sync.Mutex // guards the fields below
	pages map[order]*list.Element
	used  list.List // of *kept, the last used first
	room  int       // bytes left; negative for a moment only
}

// order is what is asked for.
type order struct {
	sel    Selection
	format Format
	web    webOrder // a page for people instead of a feed, if not zero
}

// kept is a page and the version of the store that it shows.
type kept struct {
	order   order
	version uint64
	page    *page
}

func newDesk(store storage.Reader, bytes int, packers *packers, finish func(Rendering, feed, Format, *page) *page) *desk {
	return &desk{
		store:   store,
		packers: packers,
		finish:  finish,
		slots:   make(chan struct{}, runtime.GOMAXPROCS(0)),
		pages:   map[order]*list.Element{},
		room:    bytes,
	}
}

// page returns a page as the store is now.
func (d *desk) page(ctx context.Context, o order) (*page, error) {
	stats, err := d.store.Stats(ctx)
	if err != nil {
		return nil, err
	}
	if p := d.find(o, stats.Version); p != nil {
		return p, nil
	}
	// The work is shared, so that it must not end with the request of one.
	key := fmt.Sprintf("%#v %d", o, stats.Version)
	made, err, _ := d.flight.Do(key, func() (any, error) {
		if p := d.find(o, stats.Version); p != nil {
			return p, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxRender)
		defer cancel()
		p, err := d.make(ctx, o)
		if err == nil {
			d.keep(kept{order: o, version: stats.Version, page: p})
		}
		return p, err
	})
	if err != nil {
		return nil, err
	}
	return made.(*page), nil
}

func (d *desk) make(ctx context.Context, o order) (*page, error) {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if o.web != (webOrder{}) {
		pack := d.packers.get(d.last(o))
		defer d.packers.put(pack)
		return d.web(ctx, o.web, pack)
	}
	doc, err := read(ctx, d.store, o.sel)
	if err != nil {
		return nil, err
	}
	last := d.last(o)
	before, err := lastEdition(ctx, d.store, o.sel.Path(o.format), last)
	if err != nil {
		return nil, err
	}
	pack := d.packers.get(last)
	defer d.packers.put(pack)
	r, err := doc.render(o.format, pack)
	if err != nil {
		return nil, err
	}
	g := d.finish(r, doc, o.format, last)
	g.revise(before, time.Now())
	return g, nil
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

func (d *desk) find(o order, version uint64) *page {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.pages[o]
	if !ok || e.Value.(*kept).version != version {
		return nil
	}
	d.used.MoveToFront(e)
	return e.Value.(*kept).page
}

func (d *desk) keep(k kept) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old, ok := d.pages[k.order]; ok {
		if old.Value.(*kept).version > k.version {
			return
		}
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
