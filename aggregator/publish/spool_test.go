package publish_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// long is a store whose merged feed is of some size.
func long() *memory {
	m := many(0)
	for i := range 50 {
		m.put(entry("paper", i, func(e *storage.Entry) { e.Content = strings.Repeat("<p>A long report.</p>", 500) }))
	}
	return m
}

// A large body goes over the wire in another way than a small one.
func TestALargeFeedIsSentWholeToAll(t *testing.T) {
	m := long()
	server := httptest.NewServer(publish.New(publish.Options{Store: m, Refetches: -1}).Handler())
	defer server.Close()
	want := render(t, m, publish.Selection{}, publish.RSS).Body
	get := func(ctx context.Context) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/feed.rss", nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Accept-Encoding", "identity")
		return server.Client().Do(r)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				res, err := get(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if err != nil || string(body) != string(want) || res.ContentLength != int64(len(want)) {
					t.Errorf("%d of %d bytes came: %v", len(body), len(want), err)
				}
				// One that goes away after the first bytes.
				ctx, cancel := context.WithCancel(t.Context())
				if res, err := get(ctx); err == nil {
					_, _ = res.Body.Read(make([]byte, 100))
					_ = res.Body.Close()
				}
				cancel()
			}
		})
	}
	all.Wait()
}
