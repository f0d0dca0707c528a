package parse

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"mime"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

var errCount = errors.New("gofeed found another number of items")

func (s *sheet) atomHeader() (Header, error) {
	head := s.head()
	f, err := (&atom.Parser{}).Parse(bytes.NewReader(head))
	if err != nil {
		return Header{}, err
	}
	elements, _, in := children(head, scope{spaces: map[string]string{}})
	h := Header{
		Lang:       either(s.scope.lang, f.Language),
		Base:       s.scope.base,
		Image:      either(f.Logo, f.Icon),
		Updated:    some(f.Updated),
		Authors:    atomPersons(f.Authors),
		Categories: atomCategories(f.Categories),
	}
	for _, e := range elements {
		if !s.isAtom(e) {
			continue
		}
		switch e.local {
		case "id":
			h.ID = e.chars()
		case "title":
			h.Title = atomText(e, in)
		case "subtitle", "tagline":
			h.Description = atomText(e, in)
		case "rights", "copyright":
			h.Rights = atomText(e, in)
		case "link":
			h.Links = append(h.Links, atomLink(e))
		}
	}
	if f.ID != "" && h.ID == "" {
		h.ID = f.ID
	}
	return h, nil
}

func (s *sheet) readAtom(raw [][]byte) ([]Item, error) {
	cut := s.cut(raw)
	f, err := (&atom.Parser{}).Parse(bytes.NewReader(s.wrap(cut)))
	if err != nil || len(f.Entries) != len(raw) {
		return nil, cmp.Or(err, errCount)
	}
	items := make([]Item, len(raw))
	for i, e := range f.Entries {
		items[i] = s.atomItem(e, cut[i])
	}
	return items, nil
}

func (s *sheet) atomItem(a *atom.Entry, raw *rawItem) Item {
	in := raw.in
	item := Item{
		Authors:      atomPersons(a.Authors),
		Contributors: atomPersons(a.Contributors),
		Categories:   atomCategories(a.Categories),
		Published:    some(a.Published),
		Updated:      some(a.Updated),
		Lang:         in.lang,
		Base:         in.base,
		Media:        mediaRSS(a.Extensions),
	}
	for _, e := range raw.elements {
		if !s.isAtom(e) {
			continue
		}
		switch e.local {
		case "id":
			item.GUID = e.chars()
		case "title":
			item.Title = atomText(e, in)
		case "summary":
			item.Summary = atomText(e, in)
		case "content":
			if src := e.attr("src"); src != "" {
				item.Links = append(item.Links, Link{Href: src, Rel: "content", Type: e.attr("type")})
			}
			item.Content = atomText(e, in)
		case "rights", "copyright":
			item.Rights = atomText(e, in)
		case "link":
			item.addAtomLink(atomLink(e))
		case "created":
			item.Published = append(item.Published, some(e.chars())...)
		}
	}
	if a.Source != nil {
		item.Origin = &Origin{
			ID:      a.Source.ID,
			Title:   textIn(a.Source.Title, Guess, in),
			Updated: a.Source.Updated,
		}
		for _, l := range a.Source.Links {
			switch l.Rel {
			case "self":
				item.Origin.URL = either(item.Origin.URL, l.Href)
			case "", "alternate":
				item.Origin.Link = either(item.Origin.Link, l.Href)
			}
		}
	}
	if link := extension(a.Extensions, "feedburner", "origLink"); link != "" {
		item.Links = append(item.Links, Link{Href: link, Rel: "original"})
	}
	if dc := a.Extensions["dc"]; dc != nil {
		for _, x := range dc["creator"] {
			item.Authors = append(item.Authors, Person{Name: x.Value})
		}
		for _, x := range dc["subject"] {
			item.Categories = append(item.Categories, Category{Term: x.Value})
		}
		for _, x := range dc["date"] {
			item.Published = append(item.Published, x.Value)
		}
	}
	return item
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

// isAtom reports whether an element is Atom's own. Documents that leave out
// or misspell the namespace count.
func (s *sheet) isAtom(e element) bool {
	switch e.space {
	case "", nsAtom, "http://purl.org/atom/ns#":
		return true
	}
	prefix, _ := split(string(s.open[1:nameEnd(s.open, 1)]))
	return e.space == s.scope.spaces[prefix]
}

const nsAtom = "http://www.w3.org/2005/Atom"

// atomText reads a text construct or content element (RFC 4287 sections 3.1
// and 4.1.3; Atom 0.3 has type as a media type, and mode).
func atomText(e element, outside scope) Text {
	in := outside.enter(e.tag)
	t := Text{Base: in.base, Lang: in.lang, Type: Plain, Value: e.chars()}
	media := strings.ToLower(strings.TrimSpace(e.attr("type")))
	if m, _, err := mime.ParseMediaType(media); err == nil {
		media = m
	}
	mode := e.attr("mode")
	switch {
	case media == "xhtml" || mode == "xml" && media != "text/plain" || media == "application/xhtml+xml":
		t.Type, t.Value = HTML, withoutDiv(inner(e))
	case media == "html" || media == "text/html" || mode == "escaped" && media != "text/plain":
		t.Type = HTML
	case media == "" || media == "text" || strings.HasPrefix(media, "text/"):
	case strings.HasSuffix(media, "+xml") || strings.HasSuffix(media, "/xml"):
		t.Value = "" // another vocabulary, which is no text
	default:
		t = t.base64()
	}
	if mode == "base64" {
		t = t.base64()
		t.Type = HTML
	}
	return t
}

// base64 decodes content of a media type that is not text; what is not text
// inside is left out.
func (t Text) base64() Text {
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(t.Value), ""))
	if err != nil || bytes.IndexByte(b, 0) >= 0 {
		t.Value = ""
		return t
	}
	t.Value = strings.ToValidUTF8(string(b), "\uFFFD")
	return t
}

var div = regexp.MustCompile(`^<(?:[\w.-]+:)?div(?:\s[^>]*)?>((?s:.*))</(?:[\w.-]+:)?div\s*>$`)

// withoutDiv takes off the div around XHTML, which is not part of the content
// (RFC 4287 section 3.1.1.3).
func withoutDiv(markup string) string {
	if m := div.FindStringSubmatch(markup); m != nil {
		return strings.TrimSpace(m[1])
	}
	return markup
}

// inner returns the markup inside an element, trimmed.
func inner(e element) string { return strings.TrimSpace(string(e.inner)) }

// atomLink reads a link element; without href its text is the address.
func atomLink(e element) Link {
	l := Link{
		Href:     strings.TrimSpace(e.attr("href")),
		Rel:      strings.ToLower(strings.TrimSpace(e.attr("rel"))),
		Type:     strings.TrimSpace(e.attr("type")),
		Hreflang: e.attr("hreflang"),
		Title:    e.attr("title"),
		Length:   e.attr("length"),
	}
	l.Rel = strings.TrimPrefix(either(l.Rel, "alternate"), "http://www.iana.org/assignments/relation/")
	l.Href = either(l.Href, e.chars())
	return l
}

func atomPersons(list []*atom.Person) []Person {
	var persons []Person
	for _, p := range list {
		if p != nil && *p != (atom.Person{}) {
			persons = append(persons, Person{Name: p.Name, Email: p.Email, URL: p.URI})
		}
	}
	return persons
}

func atomCategories(list []*atom.Category) []Category {
	var categories []Category
	for _, c := range list {
		categories = append(categories, Category{Term: c.Term, Scheme: c.Scheme, Label: c.Label})
	}
	return categories
}
