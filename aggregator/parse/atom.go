package parse

import (
	"cmp"
	"mime"
	"slices"
	"strings"
)

func (s *sheet) atomHeader() (Header, error) {
	elements, self, in := children(nil, s.head(), scope{spaces: map[string]string{}})
	f := named(elements, in, spaceOf(self, in))
	var feed Item
	feed.atom(f)
	if feed.Permalink {
		feed.Links = append(feed.Links, Link{Href: feed.GUID, Rel: "alternate"})
	}
	return Header{
		ID:          feed.GUID,
		Title:       feed.Title,
		Description: fallback(f.atomText(":subtitle", ":tagline", ":info"), feed.Summary),
		Links:       feed.Links,
		Image:       f.chars(":logo", ":icon", "atom:logo", "atom:icon"),
		Rights:      feed.Rights,
		Lang:        either(in.lang, f.chars("dc:language", ":language")),
		Base:        in.base,
		Updated:     slices.Concat(feed.Updated, feed.Published),
		Authors:     feed.Authors,
		Categories:  feed.Categories,
		SyPeriod:    f.chars("sy:updateperiod"),
		SyFrequency: f.chars("sy:updatefrequency"),
		SyBase:      f.chars("sy:updatebase"),
	}, nil
}

func (s *sheet) readAtom(raw [][]byte) ([]Item, error) {
	items := make([]Item, len(raw))
	var r rawItem
	for i := range raw {
		s.cut(raw[i], &r)
		f := r.fields()
		items[i] = Item{Lang: f.in.lang, Base: f.in.base}
		items[i].atom(f)
	}
	return items, nil
}

// atom reads what an entry, or a feed, says of itself: RFC 4287, Atom 0.3 and,
// where neither has a word, what others have.
func (item *Item) atom(f fields) {
	item.GUID = f.chars(":id", ":guid")
	item.Title = f.atomText(":title")
	item.Summary = fallback(f.atomText(":summary"), f.text(":description"))
	item.Rights = f.atomText(":rights", ":copyright")
	for e := range f.all(":content", ":body") {
		if src := e.address(e.attr("src"), f.in); src != "" {
			item.addContent(src, e.attr("type"))
		}
		item.Content = fallback(item.Content, atomText(e.element, f.in))
	}
	for e := range f.all(":link") {
		item.addLink(e.element, f.in)
	}
	for e := range f.all(":enclosure") {
		item.addMedia(e.enclosure(f))
	}
	item.Authors = f.persons(":author")
	item.Contributors = f.persons(":contributor")
	item.Categories = f.categories(":category", ":keywords")
	item.Published = f.strings(":published", ":issued", ":pubdate")
	item.Updated = f.strings(":updated", ":modified")
	item.Comments = f.chars(":comments")
	for e := range f.all(":source") {
		inside := e.fields(f.in)
		o := e.origin(f.in)
		o.Title = fallback(inside.atomText(":title", "atom:title"), o.Title)
		if item.Origin == nil && o != (Origin{}) {
			item.Origin = &o
		}
		if len(item.Authors) == 0 { // RFC 4287 section 4.2.1
			item.Authors = inside.persons(":author", "atom:author")
		}
	}
	item.borrow(f)
	item.Published = append(item.Published, f.strings(":created")...)
	item.Permalink = item.Link("alternate") == "" && isAddress(item.GUID)
}

// addContent keeps content that the entry only names.
func (item *Item) addContent(src, media string) {
	item.Links = append(item.Links, Link{Href: src, Rel: "content", Type: media})
	switch kind, _, _ := strings.Cut(mediaType(media), "/"); kind {
	case "audio", "video", "image":
		item.addMedia(Media{Kind: MediaContent, URL: src, Type: media})
	}
}

// isAddress reports whether an atom:id looks like the address of its entry. It
// is believed where nothing else is said.
func isAddress(id string) bool {
	scheme, _, ok := strings.Cut(id, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// addAtomLink keeps a link and, of an enclosure, the media that it is.
func (item *Item) addAtomLink(l Link) {
	if l.Href == "" {
		return
	}
	item.Links = append(item.Links, l)
	if l.Rel == "enclosure" {
		item.Media = append(item.Media, Media{Kind: MediaEnclosure, URL: l.Href, Type: l.Type, Length: l.Length, Title: l.Title})
	}
}

// relationPrefix begins the names of relations as URIs (RFC 4287 section
// 4.2.7.2).
const relationPrefix = "http://www.iana.org/assignments/relation/"

// atomLink reads a link element; without href its text is the address.
func atomLink(e element) Link {
	l := Link{
		Href:     strings.TrimSpace(e.attr("href")),
		Rel:      strings.ToLower(strings.TrimSpace(e.attr("rel"))),
		Type:     strings.TrimSpace(e.attr("type")),
		Hreflang: strings.TrimSpace(e.attr("hreflang")),
		Title:    strings.TrimSpace(e.attr("title")),
		Length:   strings.TrimSpace(e.attr("length")),
	}
	l.Rel = cmp.Or(strings.TrimPrefix(l.Rel, relationPrefix), "alternate")
	l.Href = either(l.Href, e.chars())
	return l
}

// atomText returns the first text construct of these names that is not empty.
func (f fields) atomText(names ...string) Text {
	for e := range f.all(names...) {
		if t := atomText(e.element, f.in); t.Value != "" {
			return t
		}
	}
	return Text{}
}

// atomText reads a text construct or content element (RFC 4287 sections 3.1
// and 4.1.3; Atom 0.3 has type as a media type, and mode). Markup that stands
// there as such is XHTML, whatever the element says.
func atomText(e element, outside scope) Text {
	in := outside.enter(e.tag)
	media, mode := mediaType(e.attr("type")), strings.ToLower(strings.TrimSpace(e.attr("mode")))
	t := Text{Base: in.base, Lang: in.lang, Type: Plain}
	switch {
	case mode == "base64":
		t.Value = fromBase64(e.chars())
		if media != "text/plain" && media != "text" {
			t.Type = HTML
		}
	case isXML(media) && e.hasElements() && !e.holdsXHTML(in):
		// Another vocabulary, which is no text.
	case isXML(media) && !e.hasElements():
		t.Type, t.Value = Guess, e.chars()
	case e.hasElements() || media == "xhtml" || media == "application/xhtml+xml":
		return inlineText(e, in)
	case media == "html" || media == "text/html" || media == "" && mode == "escaped":
		t.Type, t.Value = HTML, e.chars()
	case media == "" || media == "text" || media == "plain" || strings.HasPrefix(media, "text/"):
		t.Value = e.chars()
	default:
		if t.Value = fromBase64(e.chars()); t.Value == "" && !isBase64(e.chars()) {
			t.Type, t.Value = Guess, e.chars()
		}
	}
	return t
}

func mediaType(written string) string {
	written = strings.ToLower(strings.TrimSpace(written))
	if strings.Contains(written, ";") {
		if media, _, err := mime.ParseMediaType(written); err == nil {
			return media
		}
	}
	return written
}

func isXML(media string) bool {
	return media != "application/xhtml+xml" && (strings.HasSuffix(media, "+xml") || strings.HasSuffix(media, "/xml"))
}
