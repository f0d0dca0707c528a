package publish_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/aggregator/publish/feedcheck"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
)

// TestF14_TheHealthFeedTellsOfAFullStore tells of troubles and of their end
// while the store does not change: the health feed has an item for as long as
// one lasts, its Last-Modified does not go back, and nothing else changes.
func TestF14_TheHealthFeedTellsOfAFullStore(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		store := eventful()
		p := publish.New(publish.Options{Store: store, Refetches: -1})
		handler := p.Handler()
		get := func(path string) (body []byte, modified time.Time) {
			t.Helper()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			modified, err := http.ParseTime(w.Header().Get("Last-Modified"))
			if w.Code != http.StatusOK || err != nil {
				t.Fatalf("%s: status %d, %v", path, w.Code, err)
			}
			return w.Body.Bytes(), modified
		}
		others := func() (all []byte) {
			for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json", "/sources/harbour.atom"} {
				body, _ := get(path)
				all = append(all, body...)
			}
			return all
		}
		calm, last := get("/health.atom")
		content := others()
		for range 2 {
			for _, test := range []struct {
				storage.Trouble
				told string
			}{
				{storage.Trouble{Why: "write /secret/place: no space left on device", Cause: storage.ErrFull}, "The store is full: no source is polled until there is room"},
				{storage.Trouble{Why: "/secret/place", Cause: storage.ErrReadOnly}, "The store can only be read: no source is polled until it can be changed"},
				{storage.Trouble{Why: "/secret/place", Cause: storage.ErrFaulty}, "The disk of the store fails: no source is polled until it takes what is stored"},
			} {
				<-time.After(time.Hour)
				test.Since = time.Now()
				p.Troubled(test.Trouble)
				body, modified := get("/health.atom")
				for _, violation := range feedcheck.Atom(body) {
					t.Error(violation)
				}
				doc := decodeAtom(t, body)
				equal(t, "entries", len(doc.Entries), len(store.events)+1)
				equal(t, "id", doc.Entries[0].ID, "tag:news.example,2026:/health/store-"+test.Since.UTC().Format("20060102T150405Z"))
				equal(t, "told", bytes.Contains(body, []byte(test.told)), true)
				equal(t, "the operator's secret is told", bytes.Contains(body, []byte("secret/place")), false)
				equal(t, "Last-Modified goes on", modified.After(last), true)
				last = modified
				equal(t, "other feeds", bytes.Equal(others(), content), true)
			}
			<-time.After(time.Hour)
			p.Troubled(storage.Trouble{})
			body, modified := get("/health.atom")
			equal(t, "afterwards", string(body), string(calm))
			equal(t, "Last-Modified goes on", modified.After(last), true)
			last = modified
		}
	})
}
