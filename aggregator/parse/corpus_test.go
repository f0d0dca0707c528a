package parse_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

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
		if err != nil || len(items) != want || doc.Len() != want {
			t.Errorf("%s: %d items of %d, %v, want %d; warnings %q", d.name, len(items), doc.Len(), err, want, doc.Warnings)
		}
		for i, item := range items {
			if item.Empty() && !saysNothing[d.name] {
				t.Errorf("%s: item %d is empty", d.name, i+1)
			}
		}
	}
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
		parser := gofeed.NewParser()
		parser.KeepOriginalFeed = true
		for b.Loop() {
			for _, d := range docs {
				_, _ = parser.Parse(bytes.NewReader(d.body)) // it cannot read all of them
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			for _, d := range docs {
				doc, err := parse.Scan(d.body, parse.Options{})
				if err != nil {
					b.Fatal(d.name, err)
				}
				if _, err := doc.Items(nil); err != nil {
					b.Fatal(d.name, err)
				}
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
