package publish_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

func ask(t *testing.T, h http.Handler, path string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Errorf("%s answers %d", path, w.Code)
	}
}

func TestAFeedOnDemandIsRenderedOncePerVersion(t *testing.T) {
	store := fixture()
	h := publish.New(publish.Options{Store: store}).Handler()
	for _, test := range []struct {
		what  string
		do    func()
		reads int
	}{
		{"first", func() {}, 2},
		{"again", func() {}, 0},
		{"after a change", func() { store.change(func(m *memory) { m.entries = m.entries[:3] }) }, 2},
		{"again", func() {}, 0},
	} {
		test.do()
		before := store.reads
		ask(t, h, "/categories/politics.rss")
		ask(t, h, "/categories/POLITICS.rss")
		equal(t, "reads: "+test.what, store.reads-before, test.reads)
	}
}

func TestAFeedOnDemandIsRenderedOnceForAll(t *testing.T) {
	store := fixture()
	h := publish.New(publish.Options{Store: store}).Handler()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { ask(t, h, "/feed.atom") })
	}
	all.Wait()
	equal(t, "reads", store.reads, 2)
}

func TestTheCacheIsBounded(t *testing.T) {
	store := many(0)
	const sources = 20
	for i := range sources {
		id := fmt.Sprintf("s%02d", i)
		store.source(id, "https://"+id+".example/feed", storage.About{})
		store.put(entry(id, i, func(*storage.Entry) {}))
	}
	size := len(render(t, store, publish.Selection{Source: "s00"}, publish.RSS).Body)
	h := publish.New(publish.Options{Store: store, CacheBytes: 6 * size}).Handler()
	round := func(first, last int) int {
		before := store.reads
		for i := first; i < last; i++ {
			ask(t, h, fmt.Sprintf("/sources/s%02d.rss", i))
		}
		return store.reads - before
	}
	equal(t, "reads for all", round(0, sources), 2*sources)
	equal(t, "reads for the last two", round(sources-2, sources), 0)
	equal(t, "reads for the first", round(0, 1), 2)

	tiny := publish.New(publish.Options{Store: store, CacheBytes: 1}).Handler()
	ask(t, tiny, "/sources/s00.rss")
	ask(t, tiny, "/sources/s00.rss")
}
