package publish

import (
	"encoding/xml"
	"strings"

	"github.com/gorilla/feeds"

	"newsfeed/storage"
)

type atomEntry struct {
	XMLName    xml.Name           `xml:"entry"`
	Lang       string             `xml:"xml:lang,attr,omitempty"`
	ID         string             `xml:"id"`
	Title      atomText           `xml:"title"`
	Published  string             `xml:"published"`
	Updated    string             `xml:"updated"`
	Authors    []feeds.AtomPerson `xml:"author"`
	Categories []atomCategory
	Links      []atomLink
	Rights     *atomText `xml:"rights"`
	Summary    *atomHTML `xml:"summary"`
	Content    *atomHTML `xml:"content"`
	Source     *atomSource
	Extent     string `xml:"dcterms:extent,omitempty"`
	Thumbnail  *mediaThumbnail
	Media      []mediaContent
}

type atomCategory struct {
	XMLName xml.Name `xml:"category"`
	Term    string   `xml:"term,attr"`
}

type atomSource struct {
	XMLName xml.Name `xml:"source"`
	ID      string   `xml:"id"`
	Title   atomText `xml:"title"`
	Updated string   `xml:"updated"`
	Links   []atomLink
	Rights  *atomText `xml:"rights"`
}

func (i item) atom() atomEntry {
	e := i.entry
	out := atomEntry{
		Lang:      e.Language,
		ID:        i.id,
		Title:     text(i.title),
		Published: atomDate(i.published),
		Updated:   atomDate(i.updated),
		Links:     i.atomLinks(),
		Rights:    optional(e.Rights),
		Source:    i.origin.atom(),
		Extent:    i.extent(),
		Thumbnail: i.thumbnail(),
		Media:     i.mediaContents(),
	}
	for _, p := range i.authors {
		out.Authors = append(out.Authors, atomPerson(p))
	}
	for _, c := range e.Categories {
		out.Categories = append(out.Categories, atomCategory{Term: c})
	}
	if e.Summary != "" {
		out.Summary = &atomHTML{Type: textType(e.Summary), HTML: e.Summary}
	}
	// An entry without content must have an alternate link: RFC 4287, section 4.1.2.
	if i.body != e.Summary || e.URL == "" {
		out.Content = &atomHTML{Type: "html", HTML: i.body}
	}
	return out
}

func (i item) atomLinks() []atomLink {
	e := i.entry
	var links []atomLink
	if e.URL != "" {
		links = append(links, atomLink{Rel: "alternate", Href: e.URL})
	}
	for _, m := range i.also.links() {
		links = append(links, atomLink{Rel: "related", Href: m.url, Title: m.full()})
	}
	for _, m := range e.Media {
		if m.Medium == storage.Image {
			continue
		}
		link := atomLink{Rel: "enclosure", Type: mediaType(m), Href: m.URL, Title: m.Title}
		if m.Bytes > 0 {
			link.Length = length(m.Bytes)
		}
		links = append(links, link)
	}
	if e.Comments != "" {
		links = append(links, atomLink{Rel: "replies", Type: "text/html", Href: e.Comments})
	}
	return links
}

func (o origin) atom() *atomSource {
	if o.id == "" {
		return nil
	}
	out := &atomSource{ID: o.id, Title: text(o.title), Updated: atomDate(o.updated), Rights: optional(o.rights)}
	if o.url != "" {
		out.Links = append(out.Links, atomLink{Rel: "self", Href: o.url})
	}
	if o.link != "" {
		out.Links = append(out.Links, atomLink{Rel: "alternate", Href: o.link})
	}
	return out
}

func optional(s string) *atomText {
	if s == "" {
		return nil
	}
	t := text(s)
	return &t
}

func atomPerson(p storage.Person) feeds.AtomPerson {
	out := feeds.AtomPerson{Name: p.Name, Uri: p.URL}
	// The schema of RFC 4287 allows no address without both of its parts.
	if i := strings.IndexByte(p.Email, '@'); i > 0 && i < len(p.Email)-1 {
		out.Email = p.Email
	}
	return out
}
