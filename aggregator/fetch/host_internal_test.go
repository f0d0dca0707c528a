package fetch

import "testing"

// FuzzHost holds the short way to the host of a URL to the long one.
func FuzzHost(f *testing.F) {
	for _, url := range []string{
		"https://example.org/feed", "http://News.Example.ORG.:8443/a%20b?c=d|e#f", "http://a--b.xn--p1ai/", "https://a.b.example.co.uk:/",
		"http://-/", "http://127.1/", "http://127.0.0.1:80/%zz", "http://[::1]/", "http://ann@example.org/", "http://./", "http:///",
	} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		if got, want := Host(url), parsedHost(url); got != want {
			t.Errorf("Host(%q) = %q, want %q", url, got, want)
		}
	})
}
