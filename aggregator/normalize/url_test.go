package normalize_test

import (
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// TestReferences resolves the examples of RFC 3986 section 5.4, and what
// browsers make of references that it does not allow.
func TestReferences(t *testing.T) {
	const base = "http://a/b/c/d;p?q"
	for reference, want := range map[string]string{
		"g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g",
		"?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s", "g#s": "http://a/b/c/g#s", "g?y#s": "http://a/b/c/g?y#s",
		";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x", "g;x?y#s": "http://a/b/c/g;x?y#s", ".": "http://a/b/c/", "./": "http://a/b/c/",
		"..": "http://a/b/", "../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/", "../../g": "http://a/g",

		"../../../g": "http://a/g", "../../../../g": "http://a/g", "/./g": "http://a/g", "/../g": "http://a/g", "g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g",
		"g..": "http://a/b/c/g..", "..g": "http://a/b/c/..g", "./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/", "g/./h": "http://a/b/c/g/h", "g/../h": "http://a/b/c/h",
		"g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y", "g?y/./x": "http://a/b/c/g?y/./x", "g#s/../x": "http://a/b/c/g#s/../x",

		"g:h": "", "http:g": "http://g", "https:g": "https://g", "": "", " \t\n": "", "mailto:x@y.example": "", "javascript:x": "", "data:,x": "", "file:///x": "", "urn:x": "",
		" /g\n": "http://a/g", "/g\th": "http://a/gh", `\g`: "http://a/g", `\\g\h`: "http://g/h", `/g?\`: "http://a/g?%5C", "HTTP://G/h": "http://G/h", "http:///g": "http://g",
		"/ü?ü#ü": "http://a/%C3%BC?%C3%BC#%C3%BC", "/a b": "http://a/a%20b", "/%zz%41": "http://a/%25zz%41", "http://bücher.example/": "http://xn--bcher-kva.example/",
		"www.g.example/h": "http://www.g.example/h", "http:www.g.example/h": "http://www.g.example/h", "g h:8": "http://a/b/c/g%20h:8", "/<>\"": "http://a/%3C%3E%22",
		"http://[::1]/g": "http://[::1]/g", "http://[g": "", "http://g:x/": "", "http://": "", "//": "",
	} {
		if got := entry(t, parse.Item{Base: base, Links: alternate(reference)}).URL; got != want {
			t.Errorf("%q: %q, want %q", reference, got, want)
		}
	}
}

// TestBasesOfADocument shows which base counts: xml:base, else the document's
// own address, else the one it came from.
func TestBasesOfADocument(t *testing.T) {
	const from = "http://from.example/x/feed"
	self := func(href string) parse.Header { return parse.Header{Links: []parse.Link{{Href: href, Rel: "self"}}} }
	within := func(base string) parse.Header { return parse.Header{Base: base} }
	for _, c := range []struct {
		name   string
		header parse.Header
		base   string // of the item
		want   string
	}{
		{"address it came from", parse.Header{}, "", "http://from.example/x/a"},
		{"its own address", self("https://self.example/y/feed"), "", "https://self.example/y/a"},
		{"its own, relative", self("/z/feed"), "", "http://from.example/z/a"},
		{"its own, of no use", self("javascript:x"), "", "http://from.example/x/a"},
		{"base of the document", within("http://b.example/w/"), "", "http://b.example/w/a"},
		{"relative base", within("w/"), "", "http://from.example/x/w/a"},
		{"base of the item", within("http://b.example/w/"), "http://i.example/v/", "http://i.example/v/a"},
		{"base of no use", within("javascript:x"), "", "http://from.example/x/a"},
	} {
		s := source
		s.URL = from
		entries, _ := normalize.Entries(s, c.header, []parse.Item{{Base: c.base, Links: alternate("a")}}, now)
		if got := entries[0].URL; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestD19_HostileURLs resolves URLs and bases of a megabyte, and many that are
// as long as they may be. Each may cost 100 ms; the test allows ten times that.
func TestD19_HostileURLs(t *testing.T) {
	const megabyte, longest, many = 1 << 20, 4096, 10
	resolve := func(item parse.Item) { normalize.Entries(source, parse.Header{}, []parse.Item{item}, now) }
	for _, piece := range []string{"../", "./", "/", "//", "a/../", "%", "%2e%2e/", "?", "#", "&", "@", ":", "[", `\`, "\t", " ", "ü", "http://", "a.", "xn--", "\u0000", "&amp;"} {
		for _, prefix := range []string{"", "http://", "http://h.example/"} {
			hostile := prefix + strings.Repeat(piece, megabyte/len(piece))
			spent := cpuOf(t, func() {
				for range many {
					resolve(parse.Item{Base: hostile[:longest], Links: alternate(hostile[:longest-len(prefix)])})
				}
				resolve(parse.Item{
					Base: hostile, Links: alternate(hostile), Comments: hostile, Permalink: true, Media: []parse.Media{{URL: hostile}},
					Summary: parse.Text{Base: hostile, Type: parse.HTML, Value: `<a href="` + hostile + `">a</a><img srcset="` + hostile + ` 2x">`},
				})
				normalize.Canonical(hostile)
			})
			if spent > time.Second {
				t.Errorf("%q of %q took %v of CPU time", prefix, piece, spent)
			}
		}
	}
}
