package normalize

import (
	"net/url"
	"testing"
)

// FuzzCutURL checks that a URL cut at its marks has the parts that a parser
// finds in it.
func FuzzCutURL(f *testing.F) {
	for _, s := range []string{
		"https://example.org/a-150x150.jpg?w=1&h=2#c", "http://Example.org/?a?b&c", "https://example.org/a@b:c;d,e?", "https://example.org/%41.jpg", "//example.org/a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, path, query, ok := cutURL(s)
		u, err := url.Parse(s)
		if ok != (err == nil) {
			t.Fatalf("%q is a URL: %v, but %v", s, ok, err)
		}
		if ok && (host != u.Host || path != u.Path || query != u.RawQuery) {
			t.Errorf("%q is cut into %q, %q, %q, not %q, %q, %q", s, host, path, query, u.Host, u.Path, u.RawQuery)
		}
	})
}
