package publish

import (
	"encoding/xml"
	"io"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

// generator carries no version: a new one must not change the bytes of a feed.
const generator = "newsfeed"

// rssTTL tells RSS readers in minutes what Cache-Control tells the others.
const rssTTL = int(defaultMaxAge / time.Minute)

// rssRoot declares every namespace, so that no element below it does.
type rssRoot struct {
	XMLName   xml.Name `xml:"rss"`
	Version   string   `xml:"version,attr"`
	AtomNS    string   `xml:"xmlns:atom,attr"`
	ContentNS string   `xml:"xmlns:content,attr"`
	DCNS      string   `xml:"xmlns:dc,attr"`
	TermsNS   string   `xml:"xmlns:dcterms,attr,omitempty"`
	MediaNS   string   `xml:"xmlns:media,attr"`
	HistoryNS string   `xml:"xmlns:fh,attr,omitempty"`
	Channel   rssChannel
}

type rssChannel struct {
	XMLName       xml.Name `xml:"channel"`
	Title         rssPlain `xml:"title"`
	Link          string   `xml:"link"`
	Links         []rssLink
	Archive       *historyArchive
	Description   string `xml:"description"`
	Language      string `xml:"language,omitempty"`
	PubDate       string `xml:"pubDate"`
	LastBuildDate string `xml:"lastBuildDate"`
	Generator     string `xml:"generator"`
	TTL           int    `xml:"ttl"`
	Image         *rssImage
	Items         []rssItem
}

// rssLink says of a link what RSS has no element for.
type rssLink struct {
	XMLName xml.Name `xml:"atom:link"`
	Rel     string   `xml:"rel,attr"`
	Type    string   `xml:"type,attr,omitempty"`
	Href    string   `xml:"href,attr"`
	Title   string   `xml:"title,attr,omitempty"`
}

type rssImage struct {
	XMLName xml.Name `xml:"image"`
	URL     string   `xml:"url"`
	Title   rssPlain `xml:"title"`
	Link    string   `xml:"link"`
}

// rssPlain is plain text, with hexadecimal references instead of markup: the
// RSS profile asks for them because some readers take all else for HTML.
type rssPlain struct {
	XML string `xml:",innerxml"`
}

var rssEscaper = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&#x3E;")

func plain(text string) rssPlain { return rssPlain{rssEscaper.Replace(text)} }

// cdata is HTML; as a CDATA section it is shorter than escaped.
type cdata struct {
	HTML string `xml:",cdata"`
}

func (d feed) writeRSS(w io.Writer) error {
	changed := rssDate(d.updated)
	channel := rssChannel{
		Title:         plain(d.title),
		Link:          d.home,
		Links:         []rssLink{{Rel: "self", Type: RSS.MediaType(), Href: d.url(RSS)}},
		Archive:       d.historyArchive(),
		Description:   d.description,
		Language:      d.language,
		PubDate:       changed,
		LastBuildDate: changed,
		Generator:     generator,
		TTL:           rssTTL,
		Items:         make([]rssItem, len(d.items)),
	}
	for _, r := range d.relatives(RSS) {
		channel.Links = append(channel.Links, rssLink{Rel: r.rel, Type: RSS.MediaType(), Href: r.href})
	}
	if d.image != "" {
		channel.Image = &rssImage{URL: d.image, Title: channel.Title, Link: channel.Link}
	}
	for i, it := range d.items {
		channel.Items[i] = it.rss()
	}
	return feeds.WriteXML(styled{d.base, rssRoot{
		Version:   "2.0",
		AtomNS:    atomNS,
		ContentNS: "http://purl.org/rss/1.0/modules/content/",
		DCNS:      "http://purl.org/dc/elements/1.1/",
		TermsNS:   d.termsNS(),
		MediaNS:   mediaNS,
		HistoryNS: d.historyNS(),
		Channel:   channel,
	}}, w)
}

func rssDate(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }
