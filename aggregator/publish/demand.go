package publish

import (
	"context"
	"time"
)

// demand makes a page that was asked for; last is the one before it, or nil.
func (p *Publisher) demand(ctx context.Context, o order, last *page) (*page, error) {
	pack := p.packers.get(last)
	defer p.packers.put(pack)
	if o.web != (webOrder{}) {
		g, err := p.webPage(ctx, o.web, pack)
		if err == nil {
			g.undate()
		}
		return g, err
	}
	g, path, err := p.feedPage(ctx, o, last, pack)
	if err != nil {
		return nil, err
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

// feedPage makes the page of a feed, and returns its path too.
func (p *Publisher) feedPage(ctx context.Context, o order, last *page, pack packer) (*page, string, error) {
	if o.health {
		g, err := p.healthPage(ctx, pack)
		return g, healthPath, err
	}
	doc, err := read(ctx, p.store, o.sel)
	if err != nil {
		return nil, "", err
	}
	r, err := doc.render(o.format, pack)
	if err != nil {
		return nil, "", err
	}
	return p.newPage(r, doc, o.format, last), o.sel.Path(o.format), nil
}
