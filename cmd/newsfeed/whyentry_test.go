package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

func TestWhyTellsOfAnEntryThatWasRemoved(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "news.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	seen := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	e := []storage.Entry{{
		Source: "a", GUID: "tag:a.example,2026:1", URL: "https://a.example/1", CanonicalURL: "https://a.example/1",
		Aliases: []string{"tag:a.example,2026:1"}, FirstSeen: seen, Effective: seen,
	}}
	dedup.Identify(e, false)
	resolver := dedup.NewResolver(store, dedup.Options{})
	res, err := resolver.Resolve(t.Context(), dedup.Document{Poll: storage.Poll{Source: "a", Entries: e}, Items: make([]storage.Digest, 1)}, seen, seen)
	if err != nil {
		t.Fatal(err)
	}
	stored := res.Poll.Entries[0]
	for _, record := range []storage.Record{
		{Time: seen, Settings: &storage.Settings{BaseURL: "https://news.example/", Sources: []storage.SourceSettings{{ID: "a"}}}},
		{Time: seen, Poll: &res.Poll},
		{Time: seen.AddDate(0, 6, 0), Prune: &storage.Prune{Entries: []string{stored.ID}, Remember: dedup.Identity(stored.Keys)}},
	} {
		if err := store.Commit(t.Context(), record); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"tag:a.example,2026:1", "https://www.a.example/1/?utm_source=x"} {
		w := httptest.NewRecorder()
		api{store: store}.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/why?of="+url.QueryEscape(name), nil))
		if want := `"entries":[],"more":0,"removed":"2026-07-01T12:00:00Z"}`; w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", name, w.Code, w.Body, want)
		}
	}
}
