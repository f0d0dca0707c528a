package aggregator

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
)

// BenchmarkDocument takes real documents from their bytes to identified entries,
// as the first poll of a source does, and beside it has gofeed alone parse them.
func BenchmarkDocument(b *testing.B) {
	paths, err := filepath.Glob("../../shared/feeds/*.xml")
	if err != nil || len(paths) == 0 {
		b.Skip("no documents in ../shared/feeds")
	}
	var bodies [][]byte
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err == nil {
			bodies = append(bodies, body)
		}
	}
	now := time.Now()
	ours := func() {
		for _, body := range bodies {
			var src Source
			src.ID = "source"
			doc, err := src.scan(fetch.Visit{Body: body, URL: "https://source.example/feed"})
			if err != nil {
				continue
			}
			items, _ := doc.Items(sightings(nil).has)
			entries, _ := normalize.Entries(doc.place, doc.Header, items, now)
			dedup.Identify(entries, false)
		}
	}
	alone := func() {
		for _, body := range bodies {
			_, _ = gofeed.NewParser().Parse(bytes.NewReader(body))
		}
	}
	var spent, bare time.Duration
	for b.Loop() {
		at := time.Now()
		ours()
		spent += time.Since(at)
		at = time.Now()
		alone()
		bare += time.Since(at)
	}
	n := time.Duration(b.N * len(bodies))
	b.ReportMetric(float64((spent / n).Microseconds()), "µs/document")
	b.ReportMetric(float64((bare / n).Microseconds()), "µs/gofeed")
	b.ReportMetric(spent.Seconds()/bare.Seconds(), "ratio")
}
