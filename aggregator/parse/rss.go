package parse

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

func (s *sheet) rssHeader() (Header, error) {
	f, err := (&rss.Parser{}).Parse(bytes.NewReader(s.head()))
	if err != nil {
		return Header{}, err
	}
	h := Header{
		Title:       s.guess(f.Title),
		Description: s.guess(f.Description),
		Lang:        f.Language,
		Base:        s.scope.base,
		Rights:      s.guess(f.Copyright),
		Updated:     some(f.LastBuildDate, f.PubDate),
		TTL:         f.TTL,
		SkipHours:   f.SkipHours,
		SkipDays:    f.SkipDays,
		SyPeriod:    extension(f.Extensions, "sy", "updatePeriod"),
		SyFrequency: extension(f.Extensions, "sy", "updateFrequency"),
	}
	for _, link := range f.Links {
		h.Links = append(h.Links, Link{Href: strings.TrimSpace(link), Rel: "alternate"})
	}
	h.Links = append(h.Links, atomLinks(f.Extensions)...)
	if f.Image != nil {
		h.Image = f.Image.URL
	}
	for _, name := range some(f.ManagingEditor, f.WebMaster) {
		h.Authors = append(h.Authors, Person{Name: name})
	}
	if dc := f.DublinCoreExt; dc != nil {
		h.Title = fallback(h.Title, s.guess(one(dc.Title)))
		h.Description = fallback(h.Description, s.guess(one(dc.Description)))
		h.Rights = fallback(h.Rights, s.guess(one(dc.Rights)))
		h.Lang = either(h.Lang, one(dc.Language))
		h.Updated = append(h.Updated, dc.Date...)
		for _, name := range slices.Concat(dc.Creator, dc.Publisher) {
			h.Authors = append(h.Authors, Person{Name: name})
		}
	}
	if it := f.ITunesExt; it != nil {
		h.Image = either(h.Image, it.Image)
		h.Description = fallback(h.Description, s.guess(it.Summary))
		if it.Author != "" {
			h.Authors = append(h.Authors, Person{Name: it.Author})
		}
	}
	h.Lang = either(h.Lang, s.scope.lang)
	for _, c := range f.Categories {
		h.Categories = append(h.Categories, Category{Term: c.Value, Scheme: c.Domain})
	}
	return h, nil
}

func (s *sheet) readRSS(raw [][]byte) ([]Item, error) {
	cut := s.cut(raw)
	f, err := (&rss.Parser{}).Parse(bytes.NewReader(s.wrap(cut)))
	if err != nil || len(f.Items) != len(raw) {
		return nil, cmp.Or(err, errCount)
	}
	items := make([]Item, len(raw))
	for i, r := range f.Items {
		items[i] = rssItem(r, cut[i])
	}
	return items, nil
}

func rssItem(r *rss.Item, raw *rawItem) Item {
	in := raw.in
	item := Item{
		Title:     textIn(r.Title, Guess, in),
		Published: some(r.PubDate),
		Comments:  strings.TrimSpace(r.Comments),
		Lang:      in.lang,
		Base:      in.base,
	}
	if r.GUID != nil {
		item.GUID = strings.TrimSpace(r.GUID.Value)
		item.Permalink = !strings.EqualFold(strings.TrimSpace(r.GUID.IsPermalink), "false")
	}
	item.GUID = either(item.GUID, strings.TrimSpace(attrValue(raw.self, "rdf:about")))
	for _, link := range r.Links {
		if link = strings.TrimSpace(link); link != "" {
			item.Links = append(item.Links, Link{Href: link, Rel: "alternate"})
		}
	}
	item.Links = append(item.Links, atomLinks(r.Extensions)...)
	if link := extension(r.Extensions, "feedburner", "origLink"); link != "" {
		item.Links = append(item.Links, Link{Href: link, Rel: "original"})
	}
	for _, c := range r.Categories {
		item.Categories = append(item.Categories, Category{Term: c.Value, Scheme: c.Domain})
	}
	if r.Source != nil {
		item.Origin = &Origin{Title: textIn(r.Source.Title, Guess, in), URL: strings.TrimSpace(r.Source.URL)}
	}
	item.fromElements(raw.elements, in)
	item.dublinCore(r.DublinCoreExt, in)
	item.itunes(r.ITunesExt, in)
	for _, e := range r.Enclosures {
		item.Media = append(item.Media, Media{Kind: MediaEnclosure, URL: strings.TrimSpace(e.URL), Type: e.Type, Length: e.Length, Duration: itunesDuration(r)})
	}
	item.Media = append(mediaRSS(r.Extensions), item.Media...)
	return item
}

func itunesDuration(r *rss.Item) string {
	if r.ITunesExt == nil {
		return ""
	}
	return r.ITunesExt.Duration
}

func (item *Item) dublinCore(dc *ext.DublinCoreExtension, in scope) {
	if dc == nil {
		return
	}
	item.Title = fallback(item.Title, textIn(one(dc.Title), Guess, in))
	item.Rights = textIn(one(dc.Rights), Guess, in)
	item.Published = append(item.Published, dc.Date...)
	item.GUID = either(item.GUID, strings.TrimSpace(one(dc.Identifier)))
	item.Lang = either(item.Lang, one(dc.Language))
	for _, name := range slices.Concat(dc.Creator, dc.Author) {
		item.Authors = append(item.Authors, Person{Name: name})
	}
	for _, name := range dc.Contributor {
		item.Contributors = append(item.Contributors, Person{Name: name})
	}
	for _, subject := range dc.Subject {
		item.Categories = append(item.Categories, Category{Term: subject})
	}
}

func (item *Item) itunes(it *ext.ITunesItemExtension, in scope) {
	if it == nil {
		return
	}
	item.Summary = fallback(item.Summary, textIn(either(it.Summary, it.Subtitle), Guess, in))
	if it.Author != "" && len(item.Authors) == 0 {
		item.Authors = append(item.Authors, Person{Name: it.Author})
	}
	if it.Image != "" {
		item.Media = append(item.Media, Media{Kind: MediaImage, URL: strings.TrimSpace(it.Image), Medium: "image"})
	}
}

// fromElements takes texts, and what gofeed's model of an RSS item has no
// place for: further authors, xml:base and xml:lang of single elements, bodies
// and dates under other names.
func (item *Item) fromElements(elements []element, in scope) {
	var authors []Person
	for _, e := range elements {
		inside := in.enter(e.tag)
		switch name := e.vocabulary() + ":" + e.local; name {
		case ":title":
			item.Title.in(inside, e)
		case ":description":
			item.Summary = fallback(textIn(e.chars(), Guess, inside), item.Summary)
		case "dc:description", "atom:summary":
			item.Summary = fallback(item.Summary, textIn(e.chars(), Guess, inside))
		case "content:encoded":
			item.Content = fallback(item.Content, textIn(e.chars(), HTML, inside))
		case ":body", "xhtml:body", ":fullitem":
			item.Content = fallback(item.Content, Text{Value: inner(e), Type: HTML, Base: inside.base, Lang: inside.lang})
		case ":author", "atom:author":
			authors = append(authors, rssAuthor(e, inside))
		case ":issued", "dcterms:issued", ":created", "dcterms:created", "atom:published":
			item.Published = append(item.Published, some(e.chars())...)
		case ":modified", "dcterms:modified", "atom:updated":
			item.Updated = append(item.Updated, some(e.chars())...)
		}
	}
	item.Authors = append(authors, item.Authors...)
}

// rssAuthor reads an author that is an address, or has the children of an
// atom:author.
func rssAuthor(e element, in scope) Person {
	var p Person
	for _, c := range e.children(in) {
		switch c.local {
		case "name":
			p.Name = c.chars()
		case "email":
			p.Email = c.chars()
		case "uri", "url":
			p.URL = c.chars()
		}
	}
	if p == (Person{}) {
		p.Name = e.chars()
	}
	return p
}

// in sets the text's base and language when e is the element it came from.
func (t *Text) in(s scope, e element) {
	if t.Value != "" && len(e.inner) > 0 {
		t.Base, t.Lang = s.base, s.lang
	}
}

func (s *sheet) guess(value string) Text { return textIn(value, Guess, s.scope) }

func textIn(value string, t TextType, in scope) Text {
	if value == "" {
		return Text{}
	}
	return Text{Value: value, Type: t, Base: in.base, Lang: in.lang}
}
