package publish

import (
	"encoding/xml"
	"strconv"

	"github.com/gorilla/feeds"
)

// rssItem has the description before the content, because readers that know
// only one of them take the first. Its creators are no RSS authors: those are
// mail addresses. RSS allows one source, the lead's: the other entries of the
// story are related. The source comes last: feedparser, and so rss2email, take
// the title of a medium after it for the item's. RSS has no word for an edit:
// Updated, as Atom has it, is there for what was edited since it was published.
type rssItem struct {
	XMLName     xml.Name `xml:"item"`
	Title       rssPlain `xml:"title"`
	Link        string   `xml:"link,omitempty"`
	Description *cdata   `xml:"description"`
	Content     *cdata   `xml:"content:encoded"`
	Creators    []string `xml:"dc:creator"`
	Categories  []string `xml:"category"`
	Comments    string   `xml:"comments,omitempty"`
	Enclosure   *feeds.RssEnclosure
	GUID        feeds.RssGuid
	PubDate     string `xml:"pubDate"`
	Updated     string `xml:"atom:updated,omitempty"`
	Extent      string `xml:"dcterms:extent,omitempty"`
	Related     []rssLink
	Language    string `xml:"dc:language,omitempty"`
	Rights      string `xml:"dc:rights,omitempty"`
	Thumbnail   *mediaThumbnail
	Media       []mediaContent
	Source      *rssSource
}

type rssSource struct {
	XMLName xml.Name `xml:"source"`
	URL     string   `xml:"url,attr"`
	rssPlain
}

func (i item) rss() rssItem {
	e := i.entry
	out := rssItem{
		Title:      plain(i.title),
		Link:       e.URL,
		Categories: e.Categories,
		Comments:   e.Comments,
		PubDate:    rssDate(i.published),
		Extent:     i.extent(),
		Language:   e.Language,
		Rights:     i.rights(),
		Thumbnail:  i.thumbnail(),
		Media:      i.mediaContents(),
		// Readers open a permalink guid in place of the link.
		GUID: feeds.RssGuid{Id: i.id, IsPermaLink: strconv.FormatBool(i.id == e.URL)},
	}
	if updated := atomDate(i.updated); updated != atomDate(i.published) {
		out.Updated = updated
	}
	if e.Summary != "" {
		out.Description = &cdata{e.Summary}
	}
	if i.body != e.Summary {
		out.Content = &cdata{i.body}
	}
	for _, p := range i.authors {
		out.Creators = append(out.Creators, p.Name)
	}
	if m, ok := enclosure(e.Media); ok {
		out.Enclosure = &feeds.RssEnclosure{Url: m.URL, Length: length(m.Bytes), Type: mediaType(m)}
	}
	if i.origin.url != "" {
		out.Source = &rssSource{URL: i.origin.url, rssPlain: plain(i.origin.title)}
	}
	for _, m := range i.also.links() {
		out.Related = append(out.Related, rssLink{Rel: "related", Href: m.url, Title: m.full()})
	}
	return out
}
