package normalize_test

import (
	"net/url"
	"strings"
	"testing"

	"newsfeed/aggregator/normalize"
)

func TestCanonical(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"as it is", "https://example.org/a/b?c=d&e", "https://example.org/a/b?c=d&e"},
		{"capitals", "HTTPS://Example.ORG/A", "https://example.org/A"},
		{"white space", " https://example.org/a\n", "https://example.org/a"},
		{"line end within", "https://example.org/a\n/b", "https://example.org/a/b"},
		{"no path", "http://example.org", "http://example.org/"},
		{"default port", "http://example.org:80/a", "http://example.org/a"},
		{"default port of https", "https://example.org:443/a", "https://example.org/a"},
		{"other port", "https://example.org:80/a", "https://example.org:80/a"},
		{"empty port", "https://example.org:/a", "https://example.org/a"},
		{"dot segments", "http://example.org/a/./b/../c", "http://example.org/a/c"},
		{"double slash", "http://example.org/a//b", "http://example.org/a//b"},
		{"trailing slash", "http://example.org/a/", "http://example.org/a/"},
		{"escapes", "http://example.org/a%2Fb%20c?d=%20+", "http://example.org/a%2Fb%20c?d=%20+"},
		{"order", "http://example.org/?b=1&a=2&b=0", "http://example.org/?b=1&a=2&b=0"},
		{"international host", "http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"},
		{"fragment", "http://example.org/a#b", "http://example.org/a"},
		{"fragment that is an address", "http://example.org/#!/a", "http://example.org/#!/a"},
		{"empty query", "http://example.org/a?", "http://example.org/a"},
		{"utm", "http://example.org/a?utm_source=rss&utm_medium=feed", "http://example.org/a"},
		{"utm among others", "http://example.org/a?id=1&utm_source=rss&x=%7E", "http://example.org/a?id=1&x=%7E"},
		{"capital names", "http://example.org/a?UTM_Source=rss&FBCLID=1", "http://example.org/a"},
		{"click identifiers", "http://example.org/a?gclid=1&id=2&msclkid=3", "http://example.org/a?id=2"},
		{"broadcaster", "https://www.example.co.uk/news/1?at_medium=RSS&at_campaign=KARANGA", "https://www.example.co.uk/news/1"},
		{"ref with a use", "http://example.org/a?ref=main", "http://example.org/a?ref=main"},
		{"ref beside tracking", "http://example.org/a?ref=business&id=1&gclid=2", "http://example.org/a?id=1"},
		{"ref without", "http://example.org/a?ref=rss", "http://example.org/a"},
		{"user", "http://user@example.org/a", "http://user@example.org/a"},
		{"AMP path", "https://example.org/news/1/amp", "https://example.org/news/1"},
		{"AMP path with slash", "https://example.org/news/1/amp/", "https://example.org/news/1/"},
		{"AMP ending", "https://example.org/news/1.amp.html", "https://example.org/news/1.html"},
		{"AMP query", "https://example.org/news?id=1&amp=1&outputType=amp", "https://example.org/news?id=1"},
		{"AMP ending behind a dot", "https://example.org/..amp", "https://example.org/..amp"},
		{"AMP ending behind two dots", "https://example.org/a/...amp", "https://example.org/a/...amp"},
		{"a path about AMP", "https://example.org/amp", "https://example.org/amp"},
		{"a word with amp", "https://example.org/stamp?lamp=1", "https://example.org/stamp?lamp=1"},
		{"AMP host", "https://amp.example.org/a", "https://example.org/a"},
		{"mobile host", "https://m.example.co.uk/a", "https://example.co.uk/a"},
		{"mobile label within", "https://en.m.example.org:8443/a", "https://en.example.org:8443/a"},
		{"a domain that is short", "https://m.org/a", "https://m.org/a"},
		{"AMP cache", "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a%2Fb/amp?x=1", "https://www.example.org/a%2Fb?x=1"},
		{"AMP viewer", "https://www.google.com/amp/s/www.example.org/a", "https://www.example.org/a"},
		{"redirector", "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Futm_source%3Dx&ct=ga", "https://example.org/a"},
		{"redirector to nothing", "https://www.google.com/url?sa=t", "https://www.google.com/url?sa=t"},
		{"not the redirector", "https://google.example.org/url?q=https://example.com/", "https://google.example.org/url?q=https://example.com/"},
		{"backslashes", `http:\\example.org\a`, "http://example.org/a"},
		{"stray percent", "http://example.org/100%", "http://example.org/100%25"},
		{"no scheme", "//example.org/a", "https://example.org/a"},
		{"www", "www.example.org/a", "http://www.example.org/a"},
		{"relative", "/a", ""},
		{"other scheme", "ftp://example.org/", ""},
		{"script", "javascript:alert(1)", ""},
		{"nothing", "", ""},
		{"no host", "http://", ""},
		{"bad port", "http://example.org:x/", ""},
		{"bad host", "http://exa mple.org/", ""},
		{"encoded host", "http://%65xample.org/", ""},
		{"too long", "http://example.org/" + strings.Repeat("../", 1<<18), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := normalize.Canonical(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		"http://example.org/a/../b?x=1&utm_source=y#z", "//bücher.example:443/%zz?a&&b", `http:\\u:p@[::1]:80\?#!x`, "http://a/..//b;c=d",
		"https://a-b.cdn.ampproject.org/c/s/m.m.a.b/amp/amp?amp&amp=1", "https://google.com/url?q=https://google.com/url?q=http%3A%2F%2Famp.m.x.y%2F.amp", "http://m.a.org/x/amp.amp/amp",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := normalize.Canonical(s)
		if got == "" {
			return
		}
		if again := normalize.Canonical(got); again != got {
			t.Errorf("%q: %q is not canonical, but %q", s, got, again)
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			t.Errorf("%q: %q is no http URL", s, got)
		}
	})
}
