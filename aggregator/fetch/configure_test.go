package fetch_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
)

// TestE04_AConfiguredClientKeepsTheTurnsOfHosts configures a client anew between
// two visits to a host: the second has other options, and waits for its turn.
func TestE04_AConfiguredClientKeepsTheTurnsOfHosts(t *testing.T) {
	var agents []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		agents = append(agents, r.UserAgent())
	}))
	defer server.Close()
	const gap = 200 * time.Millisecond
	options := fetch.Options{
		UserAgent: "one", HostInterval: gap,
		AllowPrivate: []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}},
	}
	client := fetch.New(options)
	defer client.Close()
	visit := func() fetch.Visit {
		t.Helper()
		v, err := client.Get(t.Context(), fetch.Request{URL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	visit()
	options.UserAgent = "two"
	client.Configure(options)
	if v := visit(); v.Traffic.Gap < gap {
		t.Errorf("the host had a rest of %v, want %v", v.Traffic.Gap, gap)
	}
	options.AllowPrivate = nil
	client.Configure(options)
	if _, err := client.Get(t.Context(), fetch.Request{URL: server.URL}); !fetch.Blocked(err) {
		t.Errorf("error %v, want that it is blocked", err)
	}
	if len(agents) != 2 || agents[0] != "one" || agents[1] != "two" {
		t.Errorf("agents %q", agents)
	}
}
