package normalize

import "testing"

// FuzzPlainCanonical checks that the short way of a URL leads to where the long
// way does.
func FuzzPlainCanonical(f *testing.F) {
	for _, s := range []string{
		"https://example.org/a/b-c_d~e;f=g,h:i@j+k&l.html", "http://example.org/%41/", "https://m.example.org/a/../b//c", "https://www.google.com/url",
		"https://en.mobile.example.co.uk/.x", "https://example.org/a/amp", "https://Example.org/",
		"https://example.org/?p=1#a", "https://example.org/?a=1&UTM_x=2&ref=b&&c=3", "https://example.org/?utm_x", "https://example.org/a?#b?c",
		"https://example.org/#!/a?b", "https://stamps.example/sample.amp.html", "http://amp.example/a", "https://a.cdn.ampproject.org/c/s/b/", "https://www.google.co.uk/url?q=http://example.org/a", "https://example.org/?AMP=1&a=/../b//c?",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plainCanonical(s)
		if !ok {
			return
		}
		u := parseURL(s, nil)
		if u == nil {
			t.Fatalf("%q is no URL", s)
		}
		if want := canonical(u); got != want {
			t.Errorf("%q is %q by the short way, %q by the long one", s, got, want)
		}
	})
}
