package parse

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// itemReader reads the elements of a page that are items.
type itemReader struct {
	*page
	choice choice
	used   map[string]bool // selectors that matched inside of an item
}

// selected reads the items that the selectors name.
func (p *page) selected(s Select) ([]Item, error) {
	chosen, err := s.find(p.root)
	if err != nil {
		return nil, err
	}
	elements := p.outermost(func(n *html.Node) bool { return chosen["item"][n] })
	if len(elements) == 0 {
		return nil, fmt.Errorf("%w: select.item %q matches nothing on the page", ErrNoFeed, s.Item)
	}
	r := itemReader{p, chosen, map[string]bool{"item": true}}
	items := r.readAll(elements)
	for _, f := range s.keyed() {
		switch {
		case f.selector == "" || r.used[f.key]:
		case f.key == "link" || f.key == "title":
			return nil, fmt.Errorf("%w: select.%s %q matches nothing in any item", ErrNoFeed, f.key, f.selector)
		default:
			p.warn("select.%s %q matches nothing in any item", f.key, f.selector)
		}
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("%w: select.item %q matches %d elements, none with a link or a title", ErrNoFeed, s.Item, len(elements))
	}
	return items, nil
}

// articleElements reads the article elements whose heading is a link.
func (p *page) articleElements() []Item {
	elements := p.outermost(func(n *html.Node) bool {
		return n.DataAtom == atom.Article && linkNear(heading(n), n) != nil
	})
	r := itemReader{page: p}
	return r.readAll(elements)
}

// outermost returns the elements that are items and inside of no other one.
func (p *page) outermost(isItem func(*html.Node) bool) []*html.Node {
	var list []*html.Node
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := range n.ChildNodes() {
			switch {
			case len(list) > MaxItems:
				return
			case c.Type == html.ElementNode && isItem(c):
				list = append(list, c)
			default:
				walk(c)
			}
		}
	}
	walk(p.root)
	if len(list) > MaxItems {
		p.warn("more than %d items, only the first are read", MaxItems)
		list = list[:MaxItems]
	}
	return list
}

// readAll reads elements that are items, each address once: pages show what
// matters most in two places, or link an image and a headline apart.
func (r *itemReader) readAll(elements []*html.Node) []Item {
	var items []Item
	at := map[string]int{} // of an address in items
	blank := 0
	known := r.known()
	for _, n := range elements {
		item := r.read(n)
		link := item.Link("alternate")
		if link == "" && item.Title.Value == "" {
			blank++
			continue
		}
		// An article is told of once: a long one must not be copied into
		// every item.
		if key := r.key(link); link != "" && known[key] != nil {
			item.complete(r.data.item(known[key]))
			delete(known, key)
		}
		if _, given := r.choice["summary"]; !given {
			item.Summary = fallback(item.Summary, paragraph(n, item.Title.Value))
		}
		if first, again := at[link]; again && link != "" {
			items[first].complete(item)
			continue
		}
		at[link] = len(items)
		items = append(items, item)
	}
	if blank > 0 {
		r.warn("%d of %d items have neither link nor title and were left out", blank, len(elements))
	}
	return items
}

// known has the articles that the page tells of in JSON-LD, by address.
func (p *page) known() map[string]object {
	m := map[string]object{}
	for _, o := range slices.Concat(p.data.articles, p.data.videos) {
		if u := p.data.url(o); u != "" && m[p.key(u)] == nil {
			m[p.key(u)] = o
		}
	}
	return m
}

func (r *itemReader) read(n *html.Node) Item {
	item := Item{Lang: language(n), Base: r.base}
	link := r.link(n)
	if link != nil {
		item.Links = []Link{{Href: cleanURL(attribute(link, "href")), Rel: "alternate"}}
	}
	item.Title = written(r.title(n, link), Plain)
	item.Published, item.Updated = r.dates(n)
	item.Summary = r.summary(n)
	if image, ok := r.image(n); ok {
		item.Media = []Media{image}
	}
	return item
}

// pick returns the element in n, or n itself, that the selector of that key
// matches; given reports whether there is such a selector.
func (r *itemReader) pick(n *html.Node, key string) (picked *html.Node, given bool) {
	matching, given := r.choice[key]
	if !given {
		return nil, false
	}
	picked = find(n, func(d *html.Node) bool { return matching[d] })
	if picked == nil && matching[n] {
		picked = n
	}
	r.used[key] = r.used[key] || picked != nil
	return picked, true
}

func (r *itemReader) link(n *html.Node) *html.Node {
	if picked, given := r.pick(n, "link"); given {
		return linkNear(picked, n)
	}
	if isLink(n) {
		return n
	}
	if l := linkNear(heading(n), n); l != nil {
		return l
	}
	return find(n, func(d *html.Node) bool { return isLink(d) && plainText(d) != "" })
}

func (r *itemReader) title(n, link *html.Node) string {
	if picked, given := r.pick(n, "title"); given {
		return label(picked)
	}
	return cmp.Or(label(heading(n)), label(link))
}

func (r *itemReader) dates(n *html.Node) (published, updated []string) {
	if picked, given := r.pick(n, "date"); given {
		return some(date(picked)), nil
	}
	return datesIn(n)
}

func (r *itemReader) summary(n *html.Node) Text {
	picked, _ := r.pick(n, "summary")
	if picked == nil {
		return Text{}
	}
	return fallback(markupIn(picked), written(attribute(picked, "content"), Plain))
}

// paragraph returns the first paragraph in n that says more than the title and
// is not the line with the date.
func paragraph(n *html.Node, title string) Text {
	p := find(n, func(d *html.Node) bool {
		if d.DataAtom != atom.P || find(d, isTime) != nil {
			return false
		}
		text := plainText(d)
		return text != "" && text != title
	})
	if p == nil {
		return Text{}
	}
	return markupIn(p)
}

func (r *itemReader) image(n *html.Node) (Media, bool) {
	picked, given := r.pick(n, "image")
	switch {
	case !given:
		picked = imageIn(n, isTiny)
	case picked != nil && imageURL(picked) == "":
		picked = imageIn(picked, func(*html.Node) bool { return false })
	}
	if picked == nil || imageURL(picked) == "" {
		return Media{}, false
	}
	return Media{
		Kind:    MediaImage,
		Medium:  "image",
		URL:     imageURL(picked),
		Width:   attribute(picked, "width"),
		Height:  attribute(picked, "height"),
		Title:   attribute(imgOf(picked), "alt"),
		Caption: caption(picked, n),
	}, true
}
