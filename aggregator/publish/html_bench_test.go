package publish_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// BenchmarkFrontPage shows what the page of the merged feed costs with few
// entries in the store and with many.
func BenchmarkFrontPage(b *testing.B) {
	for _, entries := range []int{1_000, 50_000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			store := filled(b, 100, entries/100)
			for b.Loop() {
				if _, err := publish.Render(b.Context(), store, publish.Selection{}, publish.HTML); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStatusPage shows what the first page of 5,000 sources costs: when the
// rates of its 200 sources have to be counted, and when they are known.
func BenchmarkStatusPage(b *testing.B) {
	store := filled(b, 5_000, 10)
	ask := func(b *testing.B, h http.Handler, path string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
	b.Run("unknown", func(b *testing.B) {
		for b.Loop() {
			ask(b, publish.New(publish.Options{Store: store}).Handler(), "/sources")
		}
	})
	b.Run("known", func(b *testing.B) {
		// So small a cache keeps no page.
		h := publish.New(publish.Options{Store: store, CacheBytes: 1}).Handler()
		for b.Loop() {
			ask(b, h, "/sources")
		}
	})
}

// filled returns a real store of sources with so many entries each.
func filled(b *testing.B, sources, each int) *bolt.Store {
	b.Helper()
	store, err := bolt.Open(filepath.Join(b.TempDir(), "newsfeed.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	settings := storage.Settings{BaseURL: base, Feed: storage.Feed{Limit: 100, Across: storage.Merge}, Changed: second(0)}
	sample := pages().entries
	var polls []storage.Record
	for i := range sources {
		id := fmt.Sprintf("s%04d", i)
		settings.Sources = append(settings.Sources, storage.SourceSettings{ID: id, URL: "https://" + id + ".example/feed"})
		poll := storage.Poll{Source: id, State: storage.State{LastPoll: second(1), LastSuccess: second(1), LastNew: second(1)}}
		for j := range each {
			e := sample[j%len(sample)]
			n := i*each + j
			e.ID, e.Source, e.Story = fmt.Sprintf("tag:news.example,2025:%d", n), id, fmt.Sprintf("c%012d", n)
			e.URL = fmt.Sprintf("https://%s.example/%d", id, j)
			e.Content = e.Content[:500]
			e.Effective = second(0).Add(-time.Duration(n%2_592_000) * time.Second)
			poll.Entries = append(poll.Entries, e)
		}
		polls = append(polls, storage.Record{Time: second(1), Poll: &poll})
	}
	commits := [][]storage.Record{{{Time: second(0), Settings: &settings}}}
	for records := range slices.Chunk(polls, 100) {
		commits = append(commits, records)
	}
	for _, records := range commits {
		if err := store.Commit(b.Context(), records...); err != nil {
			b.Fatal(err)
		}
	}
	return store
}
