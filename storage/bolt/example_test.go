package bolt_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

func Example() {
	dir, err := os.MkdirTemp("", "newsfeed")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	s, err := bolt.Open(filepath.Join(dir, "newsfeed.db"), bolt.Options{})
	if err != nil {
		log.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ctx := context.Background()
	err = s.Commit(ctx,
		storage.Record{Time: now, Settings: &storage.Settings{
			Sources: []storage.SourceSettings{{ID: "herald", URL: "https://herald.example/feed"}},
		}},
		storage.Record{Time: now, Poll: &storage.Poll{Source: "herald", Entries: []storage.Entry{{
			ID: "https://herald.example/1", Source: "herald", Story: "aaaaaaaaaaaaa",
			Title: "Bridge opens", Effective: now,
		}}}},
	)
	if err != nil {
		log.Fatal(err)
	}
	page, err := s.Stories(ctx, storage.Query{Limit: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, story := range page.Items {
		fmt.Println(story.Lead().Title)
	}
	if err := s.Close(); err != nil {
		log.Fatal(err)
	}
	// Output: Bridge opens
}
