package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

// rssVocabularies declares the vocabularies that the documents of these tests borrow
// from.
const rssVocabularies = ` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:content="http://purl.org/rss/1.0/modules/content/"` +
	` xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"` +
	` xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:podcast="https://podcastindex.org/namespace/1.0"` +
	` xmlns:georss="http://www.georss.org/georss" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" xmlns:gml="http://www.opengis.net/gml"` +
	` xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:thr="http://purl.org/syndication/thread/1.0"` +
	` xmlns:cc="http://web.resource.org/cc/" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"` +
	` xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0" xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"`

func rssOfItem(item string) string {
	return `<rss version="2.0"` + rssVocabularies + `><channel><title>C</title><item>` + item + `</item></channel></rss>`
}

func rssOfChannel(channel string) string {
	return `<rss version="2.0"` + rssVocabularies + `><channel>` + channel + `</channel></rss>`
}

// TestRSSItems shows what an item of RSS 2.0 says.
func TestRSSItems(t *testing.T) {
	for _, tt := range rssItems {
		items, _ := readWhole(t, rssOfItem(tt.item))
		if len(items) != 1 {
			t.Errorf("%s: %d items", tt.item, len(items))
			continue
		}
		if diff := cmp.Diff(tt.want, say(items[0])); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", tt.item, diff)
		}
	}
}

// TestRSSChannels shows what a channel of RSS 2.0 says.
func TestRSSChannels(t *testing.T) {
	for _, tt := range rssChannels {
		_, header := readWhole(t, rssOfChannel(tt.channel))
		if diff := cmp.Diff(tt.want, sayHeader(header)); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", tt.channel, diff)
		}
	}
}

// TestRSSDocuments shows what the first item of a whole document says, and
// what the channel.
func TestRSSDocuments(t *testing.T) {
	for _, tt := range rssDocuments {
		items, header := readWhole(t, tt.document)
		got := sayHeader(header)
		for _, item := range items {
			got += " // " + say(item)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", tt.document, diff)
		}
	}
}

func readWhole(t *testing.T, document string) ([]parse.Item, parse.Header) {
	t.Helper()
	doc, err := parse.Scan([]byte(document), parse.Options{})
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	if len(doc.Warnings) > 0 {
		t.Errorf("%s: warnings %q", document, doc.Warnings)
	}
	items, err := doc.Items(nil)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return items, doc.Header
}

// said is what an item says, a word for each thing.
type said []string

func (s *said) add(name string, values ...string) {
	for _, v := range values {
		if v != "" {
			*s = append(*s, name+"="+v)
		}
	}
}

func (s *said) text(name string, t parse.Text) {
	if t.Type != parse.Guess {
		name += ":" + string(t.Type)
	}
	if t.Base != "" {
		name += " base " + t.Base
	}
	if t.Lang != "" {
		name += " in " + t.Lang
	}
	s.add(name, t.Value)
}

func (s *said) links(links []parse.Link) {
	for _, l := range links {
		s.add(strings.TrimSpace(l.Rel+" "+l.Type+" "+l.Hreflang), l.Href)
	}
}

func (s *said) persons(name string, persons []parse.Person) {
	for _, p := range persons {
		s.add(name, strings.Trim(p.Name+"; "+p.Email+"; "+p.URL, "; "))
	}
}

func (s *said) categories(list []parse.Category) {
	for _, c := range list {
		name := "category"
		if c.Label != "" {
			name += " " + c.Label
		}
		if c.Scheme != "" {
			name += " of " + c.Scheme
		}
		s.add(name, c.Term)
	}
}

func say(i parse.Item) string {
	var s said
	if i.Permalink {
		s.add("permalink", i.GUID)
	} else {
		s.add("guid", i.GUID)
	}
	s.links(i.Links)
	s.text("title", i.Title)
	s.text("summary", i.Summary)
	s.text("content", i.Content)
	s.persons("author", i.Authors)
	s.persons("contributor", i.Contributors)
	s.categories(i.Categories)
	s.add("published", i.Published...)
	s.add("updated", i.Updated...)
	for _, m := range i.Media {
		what := []string{string(m.Kind), m.Medium, m.Type, m.Length, m.Width, m.Height, m.Duration, m.Title, m.Caption, m.Credit}
		s.add(strings.Join(strings.Fields(strings.Join(what, " ")), " "), m.URL)
	}
	if o := i.Origin; o != nil {
		s.add("origin", strings.TrimSpace(fmt.Sprint(o.ID, " ", o.Title.Value, " ", o.URL, " ", o.Link, " ", o.Updated)))
	}
	s.add("comments", i.Comments)
	s.add("replies", i.Replies)
	s.add("point", i.Point)
	s.text("rights", i.Rights)
	s.add("lang", i.Lang)
	s.add("base", i.Base)
	return strings.Join(s, " | ")
}

func sayHeader(h parse.Header) string {
	var s said
	s.add("id", h.ID)
	s.text("title", h.Title)
	s.text("description", h.Description)
	s.links(h.Links)
	s.add("image", h.Image)
	s.text("rights", h.Rights)
	s.add("lang", h.Lang)
	s.add("base", h.Base)
	s.add("updated", h.Updated...)
	s.persons("author", h.Authors)
	s.categories(h.Categories)
	s.add("ttl", h.TTL)
	s.add("skip", append(h.SkipHours, h.SkipDays...)...)
	s.add("period", h.SyPeriod)
	s.add("frequency", h.SyFrequency)
	return strings.Join(s, " | ")
}
