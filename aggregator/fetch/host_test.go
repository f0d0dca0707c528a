package fetch_test

import (
	"testing"

	"newsfeed/aggregator/fetch"
)

func TestHost(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://example.org/feed", "example.org"},
		{"https://ann:secret@News.Example.ORG.:8443/feed", "example.org"},
		{"https://a.b.example.co.uk/", "example.co.uk"},
		{"https://one.github.io/", "one.github.io"},
		{"https://github.io/", "github.io"},
		{"https://новини.укр/", "xn--b1amarcd.xn--j1amh"},
		{"http://localhost:8080/", "localhost"},
		{"http://127.0.0.1:8080/", "127.0.0.1"},
		{"http://127.0.0.2/", "127.0.0.2"},
		{"http://①②⑦.0.0.1/", "127.0.0.1"},
		{"http://[2001:DB8::0:1]:80/", "2001:db8::1"},
		{"http://[::ffff:192.0.2.1]/", "192.0.2.1"},
		{"http://example.org/a b|c", "example.org"},
		{"mailto:ann@example.org", ""},
		{"/feed", ""},
		{"http://%zz/", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := fetch.Host(test.url); got != test.want {
			t.Errorf("Host(%q) = %q, want %q", test.url, got, test.want)
		}
	}
}
