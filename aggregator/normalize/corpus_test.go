package normalize_test

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// corpus is a folder of real documents. It is no part of the project.
const corpus = "../../../shared/feeds"

// BenchmarkAgainstGofeed shows what it costs to read documents to the end, from
// bytes to entries, as a multiple of the CPU time that gofeed alone takes for
// the same documents. All three are measured by turns.
func BenchmarkAgainstGofeed(b *testing.B) {
	docs := realDocuments(b)
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

	var gofeedTime, parseTime, bothTime time.Duration
	for b.Loop() {
		gofeedTime += cpuOf(b, func() {
			for _, d := range docs {
				_, _ = parser.Parse(bytes.NewReader(d)) // it cannot read all of them
			}
		})
		parseTime += cpuOf(b, func() {
			for _, d := range docs {
				readItems(b, d)
			}
		})
		bothTime += cpuOf(b, func() {
			for _, d := range docs {
				doc, items := readItems(b, d)
				normalize.Entries(normalize.Source{ID: "s", URL: "https://example.org/feed", Format: doc.Format}, doc.Header, items, now)
			}
		})
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(gofeedTime.Milliseconds())/float64(b.N), "gofeed-ms")
	b.ReportMetric(float64(parseTime)/float64(gofeedTime), "parse-x-gofeed")
	b.ReportMetric(float64(bothTime-parseTime)/float64(gofeedTime), "normalize-x-gofeed")
	b.ReportMetric(float64(bothTime)/float64(gofeedTime), "x-gofeed")
}

// BenchmarkWorstDocument shows the same for each document of 64 KiB and more:
// the greatest multiple of gofeed's CPU time, and the greatest time a MiB. A
// turn reads the document as often as makes a MiB; the best of some turns
// counts.
func BenchmarkWorstDocument(b *testing.B) {
	const large, turns, shown = 64 << 10, 5, 3
	type result struct {
		size        int
		ratio, pace float64 // to gofeed; ms a MiB
	}
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var results []result
	for _, d := range realDocuments(b) {
		if len(d) < large {
			continue
		}
		times := 1 + 1<<20/len(d)
		theirs, ours := time.Hour, time.Hour
		for range turns {
			theirs = min(theirs, cpuOf(b, func() {
				for range times {
					_, _ = parser.Parse(bytes.NewReader(d)) // it cannot read all of them
				}
			}))
			ours = min(ours, cpuOf(b, func() {
				for range times {
					doc, items := readItems(b, d)
					normalize.Entries(normalize.Source{ID: "s", URL: "https://example.org/feed", Format: doc.Format}, doc.Header, items, now)
				}
			}))
		}
		pace := 1000 * ours.Seconds() / float64(times*len(d)) * (1 << 20)
		results = append(results, result{len(d), ours.Seconds() / theirs.Seconds(), pace})
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(results)), "documents")
	slices.SortFunc(results, func(x, y result) int { return cmp.Compare(y.ratio, x.ratio) })
	b.ReportMetric(results[0].ratio, "worst-x-gofeed")
	for _, r := range results[:shown] {
		b.Logf("%.2f times gofeed, %.0f ms/MiB: %d bytes", r.ratio, r.pace, r.size)
	}
	slices.SortFunc(results, func(x, y result) int { return cmp.Compare(y.pace, x.pace) })
	b.ReportMetric(results[0].pace, "worst-ms/MiB")
	for _, r := range results[:shown] {
		b.Logf("%.0f ms/MiB, %.2f times gofeed: %d bytes", r.pace, r.ratio, r.size)
	}
}

func realDocuments(tb testing.TB) [][]byte {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(corpus, "*.*"))
	if err != nil {
		tb.Fatal(err)
	}
	var docs [][]byte
	for _, path := range paths {
		if filepath.Ext(path) == ".tsv" {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		docs = append(docs, body)
	}
	if docs == nil {
		tb.Skip("no real documents here")
	}
	return docs
}

func readItems(tb testing.TB, body []byte) (*parse.Document, []parse.Item) {
	doc, err := parse.Scan(body, parse.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	items, err := doc.Items(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return doc, items
}

// cpuOf is what the process takes while f runs. Neighbours on the machine
// hardly matter to it.
func cpuOf(tb testing.TB, f func()) time.Duration {
	var before, after syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	f()
	if err2 := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil || err2 != nil {
		tb.Fatal(err, err2)
	}
	return time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
}

// TestDatesOfRealFeedsAreRead reads every date of the real documents by itself.
func TestDatesOfRealFeedsAreRead(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	all, unread := 0, map[string]bool{}
	for _, d := range realDocuments(t) {
		_, items := readItems(t, d)
		for _, item := range items {
			for _, date := range slices.Concat(item.Published, item.Updated) {
				all++
				if _, ok := normalize.Date(date, now); !ok {
					unread[date] = true
				}
			}
		}
	}
	t.Logf("%d dates, %d unread: %q", all, len(unread), slices.Sorted(maps.Keys(unread)))
	if len(unread) > all/1000 {
		t.Error("that is too many")
	}
}
