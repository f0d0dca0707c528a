package parse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

func TestDiscoverListsWhatTheHeadNames(t *testing.T) {
	page := `<!DOCTYPE html><html><head><base href="/blog/">
<link rel="stylesheet" href="style.css">
<LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF="feed.rss" title="All &amp; sundry">
<link rel="alternate" type="application/rss+xml" href="https://page.example/blog/feed.rss">
<link rel="home alternate" type="application/feed+json" href="https://other.example/feed.json"/>
<link rel="alternate" type="text/html" hreflang="fr" href="fr">
<link rel="alternate" type="application/atom+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/atom+xml" href="">
</head><body><link rel="alternate" type="application/atom+xml" href="in-the-body.atom"></body></html>`
	want := []parse.Link{
		{Href: "https://page.example/blog/feed.rss", Rel: "alternate", Type: "application/rss+xml", Title: "All & sundry"},
		{Href: "https://other.example/feed.json", Rel: "alternate", Type: "application/feed+json"},
	}
	if diff := cmp.Diff(want, parse.Discover([]byte(page), "text/html", "https://page.example/")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := parse.Discover([]byte("no page at all"), "", "https://page.example/"); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}
