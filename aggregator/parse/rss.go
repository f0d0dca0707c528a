package parse

import (
	"slices"
	"strings"
)

func (s *sheet) rssHeader() (Header, error) {
	return s.channelFields().header(), nil
}

// header reads a channel, which names itself as its items do.
func (f fields) header() Header {
	c := Item{Lang: f.in.lang}
	c.rss(f)
	h := Header{
		ID:          c.GUID,
		Title:       c.Title,
		Description: fallback(c.Summary, f.text(":tagline", ":subtitle")),
		Links:       c.Links,
		Rights:      c.Rights,
		Lang:        either(f.chars(":language", "dc:language"), f.in.lang),
		Base:        f.in.base,
		Updated:     slices.Concat(c.Updated, c.Published),
		Authors:     append(c.Authors, f.persons(publishers...)...),
		Categories:  c.Categories,
		TTL:         f.chars(":ttl"),
		SkipHours:   f.inside(":skiphours", ":hour"),
		SkipDays:    f.inside(":skipdays", ":day"),
		SyPeriod:    f.chars("sy:updateperiod"),
		SyFrequency: f.chars("sy:updatefrequency"),
		SyBase:      f.chars("sy:updatebase"),
	}
	for e := range f.all("itunes:image", "googleplay:image", ":image", ":logo", "podcast:image", "atom:logo", "atom:icon", "media:thumbnail") {
		h.Image = either(h.Image, e.picture(f.in).URL)
	}
	return h
}

// channelFields returns what stands in the channel and, behind that, beside
// it, where RSS 1.0 has the image.
func (s *sheet) channelFields() fields {
	elements, self, in := children(nil, s.head(), scope{spaces: map[string]string{}})
	f := named(elements, in, spaceOf(self, in))
	for _, e := range slices.Backward(elements) {
		if e.local == "channel" {
			channel := in.enter(e.tag)
			channel.part = ""
			inside := named(e.children(in), channel, e.space)
			f = fields{inside.in, append(inside.list, f.list...), inside.marks | f.marks}
		}
	}
	return f
}

func (s *sheet) readRSS(raw [][]byte) ([]Item, error) {
	items := make([]Item, len(raw))
	var r rawItem
	for i := range raw {
		s.cut(raw[i], &r)
		items[i] = rssItem(&r)
	}
	return items, nil
}

func rssItem(r *rawItem) Item {
	f := r.fields()
	if lang := f.chars("dc:language", ":language"); lang != "" && attrValue(r.self, "xml:lang") == "" {
		f.in.lang = lang
	}
	item := Item{Lang: f.in.lang, Base: f.in.base}
	item.GUID = strings.TrimSpace(element{tag: r.self}.attribute("about")) // rdf:about
	item.rss(f)
	for _, places := range [][]string{publishers, {"media:credit"}} {
		if len(item.Authors) == 0 {
			item.Authors = f.persons(places...)
		}
	}
	return item
}

// publishers are the places of those who stand behind an item, and wrote it as
// far as nobody else is named.
var publishers = []string{":managingeditor", "dc:publisher", "itunes:owner", "googleplay:owner", ":webmaster"}

// rss reads the elements that RSS has of its own, and then those it borrows.
func (item *Item) rss(f fields) {
	for e := range f.all(":link") {
		item.addLink(e.element, f.in)
	}
	for e := range f.all(":guid") {
		if guid := e.chars(); guid != "" {
			item.setGUID(guid, e.element, f.in)
			break
		}
	}
	item.Title = f.text(":title")
	item.Content = f.text("content:encoded", ":body", "xhtml:body", ":fullitem", ":encoded", ":content", "xhtml:div")
	for _, e := range f.list {
		switch e.name {
		case ":description", ":summary", ":abstract":
			item.addSummary(e.text(f.in))
		}
	}
	item.Authors = f.persons(":author")
	item.Contributors = f.persons(":contributor")
	item.Categories = f.categories(":category", ":categories", ":keywords", ":tags", ":tag")
	item.Published = f.strings(":pubdate", ":published", ":issued")
	item.Updated = f.strings(":updated", ":modified", ":lastbuilddate")
	item.Rights = f.text(":copyright", ":rights")
	for e := range f.all(":comments") {
		item.Comments = either(item.Comments, e.address(e.chars(), f.in))
	}
	for e := range f.all(":source") {
		if o := e.origin(f.in); item.Origin == nil && o != (Origin{}) {
			item.Origin = &o
		}
	}
	for e := range f.all(":enclosure", "enc:enclosure") {
		item.addMedia(e.enclosure(f))
	}
	for e := range f.all(":image", ":thumbnail") {
		item.addMedia(e.picture(f.in))
	}
	item.borrow(f)
	item.Published = append(item.Published, f.strings(":created", ":date")...)
}

// addSummary keeps a description. One more, behind that, is the content where
// the item has no other.
func (item *Item) addSummary(t Text) {
	if item.Summary.Value != "" {
		item.Content = fallback(item.Content, t)
	}
	item.Summary = fallback(item.Summary, t)
}

// setGUID keeps the text of a guid. With a base of its own, one that is an
// address is written to be joined to that.
func (item *Item) setGUID(guid string, e element, in scope) {
	item.GUID, item.Permalink = guid, isPermalink(e)
	if href := e.address(guid, in); item.Permalink && href != guid {
		item.addAtomLink(Link{Href: href, Rel: "alternate"})
	}
}

// isPermalink reports whether a guid is an address, as it is unless it says
// otherwise.
func isPermalink(guid element) bool {
	switch strings.ToLower(strings.TrimSpace(guid.attribute("isPermaLink"))) {
	case "false", "no", "0":
		return false
	}
	return true
}

// addLink keeps the address that is the text of an element, or the link that
// an atom:link is: many forget the prefix.
func (item *Item) addLink(e element, in scope) {
	l := atomLink(e)
	l.Href = e.address(either(e.attribute("href"), either(l.Href, e.attribute("url"))), in)
	item.addAtomLink(l)
}

// origin reads the source of an item: RSS writes the title as its text, Atom
// has elements in it.
func (e field) origin(in scope) Origin {
	o := Origin{URL: e.address(e.attribute("url"), in)}
	if !e.hasElements() {
		o.Title = fallback(Text{}, e.text(in))
		return o
	}
	inside := e.fields(in)
	o.ID = inside.chars(":id", "atom:id")
	o.Title = inside.text(":title", "atom:title")
	o.Updated = inside.chars(":updated", "atom:updated")
	for l := range inside.all(":link", "atom:link") {
		switch link := atomLink(l.element); link.Rel {
		case "self":
			o.URL = either(o.URL, l.address(link.Href, inside.in))
		case "alternate":
			o.Link = either(o.Link, l.address(link.Href, inside.in))
		}
	}
	return o
}

func textIn(value string, t TextType, in scope) Text {
	if value == "" {
		return Text{}
	}
	return Text{Value: value, Type: t, Base: in.base, Lang: in.lang}
}
