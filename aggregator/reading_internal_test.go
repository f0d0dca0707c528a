package aggregator

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"newsfeed/aggregator/fetch"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// A poll that waits for its turn to read leaves when the daemon stops, and one
// that has read, or failed to, makes room for the next.
func TestReading_WaitsItsTurn(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "newsfeed.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	a := New(Options{Store: store, Log: slog.New(slog.DiscardHandler)})
	visit := fetch.Visit{URL: "https://source.example/feed", Body: []byte(`<rss version="2.0"><channel><title>T</title><item><title>A</title></item></channel></rss>`)}
	turn := a.newTurn(Source{SourceSettings: storage.SourceSettings{ID: "s", URL: visit.URL}}, storage.State{}, visit, false)
	docs, err := turn.scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	if _, anew, err := turn.read(t.Context(), docs); err != nil || len(anew) != 1 {
		t.Fatalf("read %d items, error %v; want 1", len(anew), err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _, _ = turn.read(t.Context(), nil) // without a document it panics
	}()
	if n := len(a.reading); n != 0 {
		t.Fatalf("%d polls still read", n)
	}
	for range cap(a.reading) {
		a.reading <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := turn.read(ctx, docs); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want that the context has ended", err)
	}
}
