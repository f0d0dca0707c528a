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

func TestServicesAreAskedByTheSettingsOfTheMoment(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer server.Close()
	c := fetch.New(fetch.Options{})
	defer c.Close()
	service := c.Service(10 * time.Second)
	for _, allow := range [][]fetch.Allow{nil, {{Prefix: netip.MustParsePrefix("127.0.0.0/8")}}, nil} {
		c.Configure(fetch.Options{AllowPrivate: allow})
		r, err := service.Get(server.URL)
		if err == nil {
			_ = r.Body.Close()
		}
		if passed := err == nil; passed != (allow != nil) {
			t.Errorf("where %v may be asked: %v", allow, err)
		}
	}
}
