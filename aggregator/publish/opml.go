package publish

import (
	"cmp"
	"context"
	"encoding/xml"
	"io"
	"strings"

	"github.com/gorilla/feeds"

	"newsfeed/storage"
)

// subscription is a source in the list of sources. One whose address may hold a
// secret has no feed: cut to what is public, the address would lead elsewhere.
type subscription struct {
	title      string
	feed       string // address, or empty
	site       string // address, or empty
	categories []string
}

// readSubscriptions takes the list of the sources that are configured and
// enabled out of the store.
func readSubscriptions(ctx context.Context, r storage.Reader, sel Selection) (feed, error) {
	settings, err := r.Settings(ctx)
	if err != nil {
		return feed{}, err
	}
	if settings.BaseURL == "" {
		return feed{}, errNoSettings
	}
	all, err := r.Sources(ctx)
	if err != nil {
		return feed{}, err
	}
	doc := feed{
		sel:      sel,
		base:     settings.BaseURL,
		home:     settings.BaseURL,
		title:    cmp.Or(line(legal(settings.Feed.Title)), "News Feed"),
		modified: settings.Changed,
	}
	for _, s := range all {
		if !s.Hidden() {
			doc.sources = append(doc.sources, newSubscription(s))
		}
	}
	return doc, nil
}

func newSubscription(s storage.Source) subscription {
	src := shown(legalSource(s))
	out := subscription{title: line(src.Name()), site: src.origin.link}
	if src.configured.User == nil && src.configured.RawQuery == "" {
		out.feed = src.URL
	}
	for _, c := range src.Categories {
		if c = line(legal(c)); c != "" {
			out.categories = append(out.categories, c)
		}
	}
	return out
}

type opmlDocument struct {
	XMLName  xml.Name       `xml:"opml"`
	Version  string         `xml:"version,attr"`
	Title    string         `xml:"head>title"`
	Docs     string         `xml:"head>docs"`
	Outlines []*opmlOutline `xml:"body>outline"`
}

// FeedXml makes it a feeds.XmlFeed.
func (d opmlDocument) FeedXml() any { return d }

// opmlOutline is a source or, with others in it, a category.
type opmlOutline struct {
	Type     string `xml:"type,attr,omitempty"`
	Text     string `xml:"text,attr"`
	Title    string `xml:"title,attr,omitempty"`
	XMLURL   string `xml:"xmlUrl,attr,omitempty"`
	HTMLURL  string `xml:"htmlUrl,attr,omitempty"`
	Category string `xml:"category,attr,omitempty"`

	Outlines []*opmlOutline `xml:"outline"`
}

// writeOPML lists the sources by their first category, those without one last.
func (d feed) writeOPML(w io.Writer) error {
	doc := opmlDocument{Version: "2.0", Title: d.title, Docs: "http://opml.org/spec2.opml"}
	groups := map[string]*opmlOutline{} // by category without case
	var loose []*opmlOutline
	for _, s := range d.sources {
		if len(s.categories) == 0 {
			loose = append(loose, s.outline())
			continue
		}
		name := strings.ToLower(s.categories[0])
		group, ok := groups[name]
		if !ok {
			group = &opmlOutline{Text: s.categories[0]}
			groups[name] = group
			doc.Outlines = append(doc.Outlines, group)
		}
		group.Outlines = append(group.Outlines, s.outline())
	}
	doc.Outlines = append(doc.Outlines, loose...)
	return feeds.WriteXML(doc, w)
}

// outline is of type rss only where it can be subscribed to: OPML 2.0 demands
// an xmlUrl of that type. Else it is of none: newsboat subscribes to a link.
func (s subscription) outline() *opmlOutline {
	out := &opmlOutline{Text: s.title, HTMLURL: s.site, Category: categoryAttribute(s.categories)}
	if s.feed != "" {
		out.Type, out.Title, out.XMLURL = "rss", s.title, s.feed
	}
	return out
}

// categoryAttribute lists the categories that can stand in it: a comma ends
// one, and a slash at the beginning makes it a path.
func categoryAttribute(categories []string) string {
	var list []string
	for _, c := range categories {
		if !strings.Contains(c, ",") && !strings.HasPrefix(c, "/") {
			list = append(list, c)
		}
	}
	return strings.Join(list, ",")
}
