package parse

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// only returns the one article that the page is about, by what the page says
// about it for other programs: JSON-LD, Open Graph, meta elements, and the dates
// of its time elements. Its text is not read. The item is empty when the page
// says nothing.
func (p *page) only() Item {
	o := p.ownArticle()
	if list := p.data.listed(); o == nil && len(list) == 1 {
		o = list[0]
	}
	return p.article(o)
}

// isArticle reports whether the page says that it is an article.
func (p *page) isArticle() bool { return strings.EqualFold(p.meta.first("og:type"), "article") }

// ownArticle returns the article in JSON-LD that the page itself is, or nil.
// An address that several articles claim is that of a list of them.
func (p *page) ownArticle() object {
	var own []object
	list := p.data.listed()
	address := cmp.Or(p.canonical, p.meta.first("og:url"))
	for _, o := range list {
		if u := p.data.url(o); u != "" && address != "" && p.key(u) == p.key(address) {
			own = append(own, o)
		}
	}
	switch {
	case len(own) == 1:
		return own[0]
	case len(list) == 1 && (p.isArticle() || p.data.url(list[0]) == ""):
		return list[0]
	}
	return nil
}

// article returns the item that the page itself is. o is its JSON-LD or nil.
func (p *page) article(o object) Item {
	item := p.data.item(o)
	if address := cmp.Or(p.canonical, p.meta.first("og:url")); address != "" {
		item.Links = []Link{{Href: address, Rel: "alternate"}}
	}
	item.complete(p.meta.item())
	item.Title = fallback(item.Title, written(p.title, Plain))
	item.Lang, item.Base = cmp.Or(item.Lang, p.lang), p.base
	if len(item.Published) == 0 {
		body := find(p.root, func(n *html.Node) bool { return n.DataAtom == atom.Article || n.DataAtom == atom.Main })
		item.Published, _ = datesIn(cmp.Or(body, p.root))
	}
	return item
}
