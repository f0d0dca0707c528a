package fetch_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
)

func TestD01_ServicesAreAskedThroughTheGuard(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer server.Close()
	for name, allow := range map[string][]fetch.Allow{
		"private": nil,
		"allowed": {{Prefix: netip.MustParsePrefix("127.0.0.0/8")}},
	} {
		c := fetch.New(fetch.Options{AllowPrivate: allow})
		defer c.Close()
		r, err := c.Service(10 * time.Second).Get(server.URL)
		if err == nil {
			_ = r.Body.Close()
		}
		if passed := err == nil; passed != (allow != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
