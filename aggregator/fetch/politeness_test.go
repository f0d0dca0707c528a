package fetch_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
)

func TestA36_OneRequestPerHostWithAGap(t *testing.T) {
	const gap = 5 * time.Millisecond
	var busy atomic.Int32
	var ended time.Time // by the gap, never used twice at once
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if n := busy.Add(1); n != 1 {
			t.Errorf("%d requests at once", n)
		}
		if pause := time.Since(ended); pause < gap {
			t.Errorf("%v after the request before", pause)
		}
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
		}
		busy.Add(-1)
		ended = time.Now()
	})
	zone := map[string]string{}
	for i := range 10 {
		zone[fmt.Sprintf("site%d.news.example", i)] = "127.0.0.1"
	}
	c := newClient(t, resolving(zone), func(o *fetch.Options) { o.HostInterval = gap })
	var all sync.WaitGroup
	for host := range zone {
		all.Go(func() {
			if _, err := c.Get(t.Context(), fetch.Request{URL: s.named(host) + "/old"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(s.requests()); n != 20 {
		t.Errorf("%d requests, want 20", n)
	}
}
