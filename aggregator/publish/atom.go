package publish

import (
	"encoding/xml"
	"io"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

const atomNS = "http://www.w3.org/2005/Atom"

type atomFeed struct {
	XMLName   xml.Name `xml:"feed"`
	NS        string   `xml:"xmlns,attr"`
	MediaNS   string   `xml:"xmlns:media,attr"`
	TermsNS   string   `xml:"xmlns:dcterms,attr,omitempty"`
	HistoryNS string   `xml:"xmlns:fh,attr,omitempty"`
	Lang      string   `xml:"xml:lang,attr,omitempty"`
	ID        string   `xml:"id"`
	Title     atomText `xml:"title"`
	Subtitle  atomText `xml:"subtitle"`
	Updated   string   `xml:"updated"`
	Generator string   `xml:"generator"`
	Logo      string   `xml:"logo,omitempty"`
	Links     []atomLink
	Archive   *historyArchive
	Entries   []atomEntry
}

// atomText is a Text construct of plain text.
type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func text(s string) atomText { return atomText{Type: "text", Text: s} }

// atomHTML is a Text construct of HTML, or content of that type.
type atomHTML struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",cdata"`
}

// textType is the type of a Text construct. HTML without markup is text, which a
// browser can show as it is.
func textType(html string) string {
	if strings.ContainsAny(html, "<&") {
		return "html"
	}
	return "text"
}

type atomLink struct {
	XMLName xml.Name `xml:"link"`
	Rel     string   `xml:"rel,attr"`
	Type    string   `xml:"type,attr,omitempty"`
	Href    string   `xml:"href,attr"`
	Title   string   `xml:"title,attr,omitempty"`
	Length  string   `xml:"length,attr,omitempty"`
}

func (d feed) writeAtom(w io.Writer) error {
	out := atomFeed{
		NS:        atomNS,
		MediaNS:   mediaNS,
		TermsNS:   d.termsNS(),
		HistoryNS: d.historyNS(),
		Lang:      d.language,
		ID:        d.id(),
		Title:     text(d.title),
		Subtitle:  text(d.description),
		Updated:   atomDate(d.updated),
		Generator: generator,
		Logo:      d.image,
		Links: []atomLink{
			{Rel: "self", Type: Atom.MediaType(), Href: d.url(Atom)},
			{Rel: "alternate", Type: "text/html", Href: d.home},
		},
		Archive: d.historyArchive(),
		Entries: make([]atomEntry, len(d.items)),
	}
	for _, r := range d.relatives(Atom) {
		out.Links = append(out.Links, atomLink{Rel: r.rel, Type: Atom.MediaType(), Href: r.href})
	}
	for i, it := range d.items {
		out.Entries[i] = it.atom()
	}
	return feeds.WriteXML(styled{d.base, out}, w)
}

func atomDate(t time.Time) string { return t.UTC().Format(time.RFC3339) }
