package normalize_test

import (
	"fmt"
	"net/url"
	"time"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

func ExampleEntries() {
	item := parse.Item{
		Links:     []parse.Link{{Href: "bridge.html?utm_source=rss", Rel: "alternate"}},
		Title:     parse.Text{Value: "The bridge &amp; the <i>river</i>"},
		Summary:   parse.Text{Value: `<p onclick="x()">Open again.</p>`},
		Authors:   []parse.Person{{Name: "jane@example.org (Jane Doe)"}},
		Published: []string{"Mo, 02 Nov 2026 10:00:00 MEZ"},
	}
	source := normalize.Source{ID: "example", URL: "https://example.org/feed.xml", Format: "rss2.0"}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	entries, _ := normalize.Entries(source, parse.Header{}, []parse.Item{item}, now)
	e := entries[0]
	fmt.Println(e.Title)
	fmt.Println(e.CanonicalURL)
	fmt.Println(e.Summary)
	fmt.Println(e.Authors[0].Name)
	fmt.Println(e.Published)
	// Output:
	// The bridge & the river
	// https://example.org/bridge.html
	// <p>Open again.</p>
	// Jane Doe
	// 2026-11-02 09:00:00 +0000 UTC
}

func ExampleSafeHTML() {
	base := &url.URL{Scheme: "https", Host: "example.org", Path: "/news/"}
	fmt.Println(normalize.SafeHTML(`<p onclick="x()">See <a href="1.html">this</a><script>x()</script>`, base))
	// Output: <p>See <a href="https://example.org/news/1.html">this</a></p>
}
