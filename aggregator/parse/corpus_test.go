package parse_test

import (
	"bytes"
	"cmp"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"newsfeed/aggregator/parse"
)

// corpus is a folder of real documents. It is no part of the project.
const corpus = "../../../shared/feeds"

// document is a line of the corpus's index.
type document struct {
	name  string
	items int
	body  []byte
}

func documents(tb testing.TB) []document {
	tb.Helper()
	index, err := os.ReadFile(filepath.Join(corpus, "INDEX.tsv"))
	if err != nil {
		tb.Skip("no real documents here: ", err)
	}
	var list []document
	for _, line := range strings.Split(string(index), "\n")[1:] {
		columns := strings.Split(line, "\t")
		if len(columns) < 7 {
			continue
		}
		items, err := strconv.Atoi(columns[6])
		if err != nil {
			tb.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(corpus, columns[0]))
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, document{columns[0], items, body})
	}
	return list
}

// miscounted are documents whose items the index counts otherwise, and why.
var miscounted = map[string]struct {
	items int
	why   string
}{
	"danmactough_node-feedparser__illegally-nested.xml": {10, "the index counts the empty <item /> inside each item"},
}

// saysNothing are documents in which an item has no content at all.
var saysNothing = map[string]bool{
	"aasmith_feed-normalizer__rss20.xml":      true, // <item/>
	"miniflux_v2__no_encoding_ISO-8859-1.xml": true, // empty title, link and description
}

func TestRealDocumentsYieldAllTheirItems(t *testing.T) {
	count, found := 0, 0
	for _, d := range documents(t) {
		want := d.items
		if m, ok := miscounted[d.name]; ok {
			want = m.items
		}
		doc, err := parse.Scan(d.body, parse.Options{})
		if err != nil {
			t.Errorf("%s: %v", d.name, err)
			continue
		}
		items, err := doc.Items(nil)
		count, found = count+1, found+len(items)
		if err != nil || len(items) != want || doc.Len() != want {
			t.Errorf("%s: %d items of %d, %v, want %d; warnings %q", d.name, len(items), doc.Len(), err, want, doc.Warnings)
		}
		for i, item := range items {
			if item.Empty() && !saysNothing[d.name] {
				t.Errorf("%s: item %d is empty", d.name, i+1)
			}
		}
	}
	t.Logf("%d documents, %d items", count, found)
}

// BenchmarkAgainstGofeed shows what Scan and Items cost beside gofeed alone on
// the same documents.
func BenchmarkAgainstGofeed(b *testing.B) {
	docs := documents(b)
	var size int64
	for _, d := range docs {
		size += int64(len(d.body))
	}
	b.Run("gofeed", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			for _, d := range docs {
				parseWithGofeed(d)
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			for _, d := range docs {
				parseAll(b, d)
			}
		}
	})
	b.Run("known", func(b *testing.B) {
		b.SetBytes(size)
		all := func(parse.Digest) bool { return true }
		for b.Loop() {
			for _, d := range docs {
				doc, err := parse.Scan(d.body, parse.Options{})
				if err != nil {
					b.Fatal(d.name, err)
				}
				if _, err := doc.Items(all); err != nil {
					b.Fatal(d.name, err)
				}
			}
		}
	})
}

// BenchmarkWorstDocument shows the documents that cost the most beside gofeed,
// and a MiB, among those of 64 KiB and more. It measures CPU time, both parsers
// by turns, and takes the best of some turns.
func BenchmarkWorstDocument(b *testing.B) {
	const large, turns, shown = 64 << 10, 5, 5
	type result struct {
		name         string
		ratio, speed float64 // to gofeed; ms a MiB
	}
	var results []result
	for _, d := range documents(b) {
		if len(d.body) < large {
			continue
		}
		theirs, ours := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
		for range turns {
			theirs = min(theirs, cost(b, func() { parseWithGofeed(d) }))
			ours = min(ours, cost(b, func() { parseAll(b, d) }))
		}
		results = append(results, result{d.name, ours.Seconds() / theirs.Seconds(), ours.Seconds() * 1000 / float64(len(d.body)) * (1 << 20)})
	}
	b.ReportMetric(0, "ns/op")
	slices.SortFunc(results, func(x, y result) int { return cmp.Compare(y.ratio, x.ratio) })
	b.ReportMetric(results[0].ratio, "x-gofeed")
	for _, r := range results[:shown] {
		b.Logf("%.2f times gofeed: %s", r.ratio, r.name)
	}
	slices.SortFunc(results, func(x, y result) int { return cmp.Compare(y.speed, x.speed) })
	b.ReportMetric(results[0].speed, "ms/MiB")
	for _, r := range results[:shown] {
		b.Logf("%.0f ms a MiB: %s", r.speed, r.name)
	}
}

func parseWithGofeed(d document) {
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	_, _ = parser.Parse(bytes.NewReader(d.body)) // it cannot read all of them
}

func parseAll(tb testing.TB, d document) {
	doc, err := parse.Scan(d.body, parse.Options{})
	if err == nil {
		_, err = doc.Items(nil)
	}
	if err != nil {
		tb.Fatal(d.name, err)
	}
}

// cost returns the CPU time that f takes, with the collection of its garbage.
func cost(tb testing.TB, f func()) time.Duration {
	runtime.GC()
	before := cpuTime(tb)
	f()
	runtime.GC()
	return cpuTime(tb) - before
}
