package publish_test

import (
	"encoding/json"
	"encoding/xml"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// The parts of our documents that the tests look at, as a reader takes them.

type rssDocument struct {
	Title         string    `xml:"channel>title"`
	LastBuildDate string    `xml:"channel>lastBuildDate"`
	Language      string    `xml:"channel>language"`
	Items         []rssItem `xml:"channel>item"`
}

type rssItem struct {
	// Related stands before Link, which would take links of every namespace.
	Related []atomLink `xml:"http://www.w3.org/2005/Atom link"`

	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	Description string   `xml:"description"`
	Content     string   `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	Creators    []string `xml:"http://purl.org/dc/elements/1.1/ creator"`
	Rights      string   `xml:"http://purl.org/dc/elements/1.1/ rights"`
	PubDate     string   `xml:"pubDate"`
	GUID        struct {
		ID          string `xml:",chardata"`
		IsPermaLink string `xml:"isPermaLink,attr"`
	} `xml:"guid"`
	Source struct {
		URL   string `xml:"url,attr"`
		Title string `xml:",chardata"`
	} `xml:"source"`
	Enclosures []struct {
		URL    string `xml:"url,attr"`
		Length string `xml:"length,attr"`
		Type   string `xml:"type,attr"`
	} `xml:"enclosure"`
	Media     []mediaElement `xml:"http://search.yahoo.com/mrss/ content"`
	Thumbnail mediaElement   `xml:"http://search.yahoo.com/mrss/ thumbnail"`
}

type mediaElement struct {
	URL string `xml:"url,attr"`
}

type atomDocument struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Lang    string      `xml:"lang,attr"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID        string `xml:"id"`
	Title     string `xml:"title"`
	Published string `xml:"published"`
	Updated   string `xml:"updated"`
	Rights    string `xml:"rights"`
	Summary   string `xml:"summary"`
	Content   string `xml:"http://www.w3.org/2005/Atom content"`
	Authors   []struct {
		Name  string `xml:"name"`
		URI   string `xml:"uri"`
		Email string `xml:"email"`
	} `xml:"author"`
	Links  []atomLink `xml:"link"`
	Source struct {
		ID      string     `xml:"id"`
		Title   string     `xml:"title"`
		Updated string     `xml:"updated"`
		Rights  string     `xml:"rights"`
		Links   []atomLink `xml:"link"`
	} `xml:"source"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Href  string `xml:"href,attr"`
	Title string `xml:"title,attr"`
	Type  string `xml:"type,attr"`
}

func href(links []atomLink, rel string) string {
	for _, l := range links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

type jsonDocument struct {
	Title string     `json:"title"`
	Items []jsonItem `json:"items"`
}

type jsonItem struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	ContentHTML string `json:"content_html"`
	ContentText string `json:"content_text"`
	Image       string `json:"image"`
	Authors     []struct {
		Name string `json:"name"`
	} `json:"authors"`
	Attachments []struct {
		URL string `json:"url"`
	} `json:"attachments"`
	Newsfeed struct {
		Source string `json:"source"`
		Story  string `json:"story"`
		Rights string `json:"rights"`
		Also   []struct {
			ID     string `json:"id"`
			Source string `json:"source"`
			Title  string `json:"title"`
			URL    string `json:"url"`
		} `json:"also"`
		AlsoMore int `json:"also_more"`
	} `json:"_newsfeed"`
}

func asRSS(t testing.TB, r storage.Reader, sel publish.Selection) (doc rssDocument) {
	t.Helper()
	if err := xml.Unmarshal(render(t, r, sel, publish.RSS).Body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func asAtom(t testing.TB, r storage.Reader, sel publish.Selection) (doc atomDocument) {
	t.Helper()
	if err := xml.Unmarshal(render(t, r, sel, publish.Atom).Body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func asJSON(t testing.TB, r storage.Reader, sel publish.Selection) (doc jsonDocument) {
	t.Helper()
	if err := json.Unmarshal(render(t, r, sel, publish.JSON).Body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// one returns a store that holds one entry of the source "paper".
func one(edit func(*storage.Entry)) *memory {
	m := &memory{version: 1, settings: storage.Settings{BaseURL: base, Feed: storage.Feed{Title: "News"}, Changed: second(0)}}
	m.source("paper", "https://paper.example/feed", storage.About{Title: "Paper", Link: "https://paper.example/"})
	m.entries = []storage.Entry{entry("paper", 1, edit)}
	return m
}
