package normalize

import "testing"

// FuzzIsCanonical checks that what looks canonical is what the long way makes
// of it.
func FuzzIsCanonical(f *testing.F) {
	for _, s := range []string{
		"https://example.org/a/b-c_d~e;f=g,h:i@j+k&l.html", "http://example.org/%41/", "https://m.example.org/a/../b//c", "https://www.google.com/url",
		"https://en.mobile.example.co.uk/.x", "https://example.org/a/amp", "https://Example.org/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !isCanonical(s) {
			return
		}
		u := parseURL(s, nil)
		if u == nil {
			t.Fatalf("%q is no URL", s)
		}
		if want := canonical(u); want != s {
			t.Errorf("%q is %q", s, want)
		}
	})
}
