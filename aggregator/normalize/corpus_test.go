package normalize_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// corpus is a folder of real documents. It is no part of the project.
const corpus = "../../../shared/feeds"

// BenchmarkAgainstGofeed shows what reading a document to the end costs, from
// bytes to entries, beside gofeed alone on the same documents.
func BenchmarkAgainstGofeed(b *testing.B) {
	paths, _ := filepath.Glob(filepath.Join(corpus, "*.*"))
	var docs [][]byte
	var size int64
	for _, path := range paths {
		if filepath.Ext(path) == ".tsv" {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, body)
		size += int64(len(body))
	}
	if docs == nil {
		b.Skip("no real documents here")
	}
	b.Run("gofeed", func(b *testing.B) {
		b.SetBytes(size)
		parser := gofeed.NewParser()
		parser.KeepOriginalFeed = true
		for b.Loop() {
			for _, d := range docs {
				_, _ = parser.Parse(bytes.NewReader(d)) // it cannot read all of them
			}
		}
	})
	b.Run("entries", func(b *testing.B) {
		b.SetBytes(size)
		now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for b.Loop() {
			for _, d := range docs {
				doc, err := parse.Scan(d, parse.Options{})
				if err != nil {
					b.Fatal(err)
				}
				items, err := doc.Items(nil)
				if err != nil {
					b.Fatal(err)
				}
				normalize.Entries(normalize.Source{ID: "s", URL: "https://example.org/feed", Format: doc.Format}, doc.Header, items, now)
			}
		}
	})
}
