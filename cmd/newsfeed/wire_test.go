package main

import (
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newsfeed/aggregator/fetch"
	"newsfeed/config"
)

func loadConfig(t *testing.T, text string) config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newsfeed.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Load(path, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestA40_UserAgentNamesVersionAndContact(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no contact", ``, "newsfeed/" + version()},
		{"contact", "[poll]\ncontact = \"news@example.org\"\n", "newsfeed/" + version() + " (+news@example.org)"},
		{"public address", "[server]\nbase_url = \"https://news.example.org\"\n", "newsfeed/" + version() + " (+https://news.example.org/)"},
		{"this machine's address", "[server]\nbase_url = \"http://localhost:8080/\"\n", "newsfeed/" + version()},
	}
	plain := regexp.MustCompile(`^newsfeed/[^ /]+( \(\+[^ ()]+\))?$`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := userAgent(loadConfig(t, test.text).Poll.Contact)
			if got != test.want || !plain.MatchString(got) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAccessOfASource(t *testing.T) {
	tests := []struct {
		name, text string
		want       fetch.Access
	}{
		{"default", ``, fetch.Access{}},
		{"allow_private", `allow_private = ["10.0.0.0/8:8080"]`, fetch.Access{
			Allow: []fetch.Allow{{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Port: 8080}},
		}},
		{"headers", `headers = { x-token = "abc" }`, fetch.Access{Header: http.Header{"X-Token": {"abc"}}}},
		{"login", "username = \"ann\"\npassword = \"word\"", fetch.Access{User: url.UserPassword("ann", "word")}},
		{"name alone", `username = "ann"`, fetch.Access{User: url.UserPassword("ann", "")}},
		{"verify_tls", `verify_tls = false`, fetch.Access{AnyCertificate: true}},
		{"http2", `http2 = false`, fetch.Access{HTTP1: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := loadConfig(t, "[[source]]\nurl = \"https://a.example/\"\n"+test.text+"\n")
			same := cmp.Options{
				cmpopts.EquateEmpty(), cmpopts.EquateComparable(fetch.Allow{}), cmp.AllowUnexported(url.Userinfo{}),
			}
			if diff := cmp.Diff(test.want, access(c.Sources[0]), same); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
