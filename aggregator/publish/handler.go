package publish

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"newsfeed/storage"
)

// tokenArgument is the argument of a query that holds the token of a view.
const tokenArgument = "token"

// Handler returns the public handler: the merged feed at /feed.FORMAT, one
// source at /sources/ID.FORMAT, one category at /categories/NAME.FORMAT, one
// view at /feeds/NAME.FORMAT, an archive at /archive/N.FORMAT, the list of
// sources at /sources.opml, the feed about the sources themselves at
// /health.atom; and for people the merged feed at /, one story at /stories/ID,
// and how the sources are at /sources. A view that has a token is there for
// those alone who give it as ?token=. It answers GET and HEAD only, and who asks
// for a feed all the time without saying what they have is told to wait.
func (p *Publisher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.meter.limited(func(w http.ResponseWriter, r *http.Request) {
		p.order(w, r, newWebOrder(r.URL.Query()))
	}))
	mux.HandleFunc("GET /", p.answerMissing)
	p.handlePages(mux)
	for _, f := range Formats() {
		mux.HandleFunc("GET /"+Selection{}.Path(f), p.ordered(order{format: f}))
	}
	mux.HandleFunc("GET /"+healthPath, p.ordered(order{health: true}))
	subscriptions := Selection{Subscriptions: true}
	mux.HandleFunc("GET /"+subscriptions.Path(OPML), p.ordered(order{sel: subscriptions, format: OPML}))
	mux.HandleFunc("GET /sources/{file}", p.selected(func(name string) Selection { return Selection{Source: name} }))
	mux.HandleFunc("GET /categories/{file}", p.selected(func(name string) Selection {
		return Selection{Category: strings.ToLower(name)}
	}))
	mux.HandleFunc("GET /feeds/{file}", p.selected(func(name string) Selection { return Selection{View: name} }))
	mux.HandleFunc("GET /archive/{file}", p.selected(archiveNamed))
	return mux
}

// page returns the page that is kept up to date in the background, or else makes
// one on demand.
func (p *Publisher) page(ctx context.Context, o order) (*page, error) {
	// A refresh that has begun may not know of a new view yet; the next one does.
	for range 2 {
		done := p.done.next()
		if g := p.shown(o); g != nil {
			return g, nil
		}
		if kept, err := p.keeps(ctx, o); err != nil {
			return nil, err
		} else if !kept {
			break
		}
		if err := done.wait(ctx, maxRender); err != nil {
			return nil, err
		}
	}
	if g := p.shown(o); g != nil {
		return g, nil
	}
	return p.desk.page(ctx, o)
}

// keeps reports whether a page is, or soon will be, kept up to date in the
// background. One made on demand meanwhile could be newer than the first of those,
// and readers would see the feed go back.
func (p *Publisher) keeps(ctx context.Context, o order) (bool, error) {
	if p.changed == nil || o.health || o.web != (webOrder{}) && o != frontOrder {
		return false, nil
	}
	if o.sel == (Selection{}) {
		return true, nil
	}
	views, err := p.views(ctx)
	return slices.Contains(views, o.sel), err
}

// shown returns the page that is kept up to date in the background, or nil.
func (p *Publisher) shown(o order) *page {
	for _, place := range []*atomic.Pointer[shelf]{&p.merged, &p.viewed} {
		if s := place.Load(); s != nil && (*s)[o] != nil {
			return (*s)[o]
		}
	}
	return nil
}

// ordered serves one feed.
func (p *Publisher) ordered(o order) http.HandlerFunc {
	return p.meter.limited(func(w http.ResponseWriter, r *http.Request) {
		g, err := p.page(r.Context(), o)
		p.answer(w, r, g, err)
	})
}

// selected serves feeds that are named in the last part of the path.
func (p *Publisher) selected(selection func(name string) Selection) http.HandlerFunc {
	return p.meter.limited(func(w http.ResponseWriter, r *http.Request) {
		for _, f := range Formats() {
			if name, ok := strings.CutSuffix(r.PathValue("file"), f.Ext()); ok && name != "" {
				g, err := p.page(r.Context(), order{sel: selection(name), format: f})
				if err == nil && !g.opensFor(r) {
					err = storage.ErrNotFound
				}
				p.answer(w, r, g, err)
				return
			}
		}
		p.answerMissing(w, r)
	})
}

// answer serves a page, or says why there is none.
func (p *Publisher) answer(w http.ResponseWriter, r *http.Request, g *page, err error) {
	switch {
	case err == nil:
		g.serve(w, r)
	case errors.Is(err, storage.ErrNotFound):
		p.answerMissing(w, r)
	case errors.Is(err, ErrGone):
		http.Error(w, "this archive is gone", http.StatusGone)
	default:
		if r.Context().Err() == nil && !errors.Is(err, errBusy) {
			p.log.Error("request not served", "path", r.URL.Path, "err", err)
		}
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the feed is not available at the moment", http.StatusServiceUnavailable)
	}
}
