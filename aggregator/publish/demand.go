package publish

import (
	"context"
	"time"
)

// demand makes a page that was asked for; last is the one before it, or nil.
func (p *Publisher) demand(ctx context.Context, o order, last *page) (*page, error) {
	pack := p.packers.get(last)
	defer p.packers.put(pack)
	g, err := p.make(ctx, o, last, pack)
	if err != nil {
		return nil, err
	}
	path := o.path()
	if path == "" {
		g.undate()
		return g, nil
	}
	before, err := p.lastEdition(ctx, path, last)
	if err != nil {
		return nil, err
	}
	g.revise(before, time.Now())
	if e := g.edition(path); e != before {
		p.notes.add(e)
	}
	return g, nil
}

func (p *Publisher) make(ctx context.Context, o order, last *page, pack packer) (*page, error) {
	switch {
	case o.web != webOrder{}:
		return p.webPage(ctx, o.web, pack)
	case o.health:
		return p.healthPage(ctx, pack)
	}
	doc, err := read(ctx, p.store, o.sel)
	if err != nil {
		return nil, err
	}
	return p.feedPage(doc, o.format, last, pack)
}

// feedPage makes the page of a feed; last is the one before it, or nil.
func (p *Publisher) feedPage(doc feed, f Format, last *page, pack packer) (*page, error) {
	r, err := doc.render(f, pack)
	if err != nil {
		return nil, err
	}
	return p.newPage(r, doc, f, last), nil
}
