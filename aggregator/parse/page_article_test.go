package parse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

func TestArticleReadsWhatAPageSaysAboutItself(t *testing.T) {
	plain := func(s string) parse.Text { return parse.Text{Value: s, Type: parse.Plain} }
	link := func(s string) []parse.Link { return []parse.Link{{Href: s, Rel: "alternate"}} }
	for name, c := range map[string]struct {
		page string
		want parse.Item
	}{
		"JSON-LD before Open Graph before the page": {
			`<html lang=sv><title>Page</title><link rel=canonical href=https://page.example/a><base href=/b/>
<meta property=og:title content=Graph><meta property=og:description content=Described><meta property=article:published_time content=2026-11-02><meta property=article:tag content=Tag>
<script type="application/ld+json">{"@graph":[
 {"@type":"WebPage","@id":"https://page.example/a","url":"https://page.example/a"},
 {"@type":"ImageObject","@id":"https://page.example/a#image","url":"/a.jpg","caption":"Hill"},
 {"@type":"Article","@id":"https://page.example/a#article","mainEntityOfPage":{"@id":"https://page.example/a"},"headline":"Data","datePublished":"2026-11-01","image":{"@id":"https://page.example/a#image"}}]}</script>
<time datetime=2026-11-03>`,
			parse.Item{
				Links: link("https://page.example/a"), Title: parse.Text{Value: "Data"}, Summary: plain("Described"),
				Published: []string{"2026-11-01", "2026-11-02"}, Categories: []parse.Category{{Term: "Tag"}}, Lang: "sv", Base: "/b/",
				Media: []parse.Media{{Kind: parse.MediaImage, URL: "/a.jpg", Medium: "image", Caption: "Hill"}},
			},
		},
		"nothing but HTML": {
			`<title>Page</title><header><time datetime=2026-11-23>today</time></header><main><time datetime=2026-11-03>x</time></main>`,
			parse.Item{Title: plain("Page"), Published: []string{"2026-11-03"}},
		},
		"customary names": {
			`<title>Page</title><meta name=author content="Ida Holm"><meta name="Keywords" content="a, b,,c"><meta itemprop=datePublished content=2026-11-01><meta name=description content="Of &quot;it&quot;">`,
			parse.Item{
				Title: plain("Page"), Summary: plain(`Of "it"`), Authors: []parse.Person{{Name: "Ida Holm"}}, Published: []string{"2026-11-01"},
				Categories: []parse.Category{{Term: "a"}, {Term: "b"}, {Term: "c"}},
			},
		},
		"a film": {
			`<title>Page</title><meta property=og:url content=https://page.example/f><meta property=og:video content=/player><script type="application/ld+json">{"@type":"VideoObject","name":"Film","description":"Of it",
"thumbnailUrl":["/1.jpg","/2.jpg"],"contentUrl":"/f.mp4","encodingFormat":"video/mp4","duration":"PT2M","uploadDate":"2026-11-01"}</script>`,
			parse.Item{
				Links: link("https://page.example/f"), Title: parse.Text{Value: "Film"}, Summary: parse.Text{Value: "Of it"}, Published: []string{"2026-11-01"},
				Media: []parse.Media{
					{Kind: parse.MediaThumbnail, URL: "/1.jpg", Medium: "image"},
					{Kind: parse.MediaContent, URL: "/f.mp4", Type: "video/mp4", Medium: "video", Duration: "PT2M", Title: "Film", Caption: "Of it"},
				},
			},
		},
		"values of other shapes": {
			`<script type="application/ld+json">{"@type":["Thing","schema:NewsArticle"],"url":["https://page.example/a"],"headline":{"@language":"en","@value":"Data"},"description":12,
"author":{"@type":"Person","name":"Ida","url":"/ida","email":"ida@page.example"},"articleSection":["A","B"],"keywords":[{"@type":"DefinedTerm","name":"C"},"d"],"image":[{"@type":"ImageObject"},{"@type":"ImageObject","contentUrl":"/a.jpg","width":{"@type":"QuantitativeValue"}}],
"inLanguage":"en-GB","dateModified":["2026-11-02"],"datePublished":null,"mainEntityOfPage":true}</script>`,
			parse.Item{
				Links: link("https://page.example/a"), Title: parse.Text{Value: "Data"}, Summary: parse.Text{Value: "12"}, Lang: "en-GB", Updated: []string{"2026-11-02"},
				Authors:    []parse.Person{{Name: "Ida", URL: "/ida", Email: "ida@page.example"}},
				Categories: []parse.Category{{Term: "A"}, {Term: "B"}, {Term: "C"}, {Term: "d"}},
				Media:      []parse.Media{{Kind: parse.MediaImage, URL: "/a.jpg", Medium: "image"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := article(c.page, "text/html; charset=utf-8")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestArticleBelievesTheCharsetOfThePage(t *testing.T) {
	const name = "\xcf\xf0\xe8\xe2\xe5\xf2"
	for _, c := range []struct{ page, contentType string }{
		{"<meta charset=windows-1251><title>" + name + "</title>", "text/html"},
		{"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><title>" + name + "</title>", ""},
		{"<meta charset=iso-8859-1><title>" + name + "</title>", "text/html; charset=windows-1251"},
		{"\xff\xfe<\x00t\x00i\x00t\x00l\x00e\x00>\x00\x1f\x04@\x048\x042\x045\x04B\x04<\x00/\x00t\x00i\x00t\x00l\x00e\x00>\x00", "text/html"},
	} {
		item, err := article(c.page, c.contentType)
		if err != nil || item.Title.Value != "Привет" {
			t.Errorf("%q as %s: got %q, %v", c.page, c.contentType, item.Title.Value, err)
		}
	}
}

func TestArticleOfAPageThatSaysNothingIsEmpty(t *testing.T) {
	for _, page := range []string{"", "<p>Words</p>"} {
		if item, err := article(page, ""); err != nil || !item.Empty() {
			t.Errorf("%q: got %+v, %v, want nothing", page, item, err)
		}
	}
	for _, page := range []string{strings.Repeat("<div>", 1000), strings.Repeat(" ", 5<<20), "\x00", "%PDF-1.4"} {
		if _, err := article(page, ""); err == nil {
			t.Errorf("%.10q…: got no error", page)
		}
	}
}

// article returns what a page says about its article, without the text.
func article(page, contentType string) (parse.Item, error) {
	item, err := parse.FullText([]byte(page), contentType, "https://page.example/")
	item.Content = parse.Text{}
	return item, err
}
