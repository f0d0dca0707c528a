package normalize_test

import (
	"runtime"
	"strings"
	"testing"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// TestEntriesHoldNothingOfTheirItems makes entries of texts of which little is
// kept. Each names an image, whose URL stands in the text as it stands in the
// entry.
func TestEntriesHoldNothingOfTheirItems(t *testing.T) {
	const items, size = 40, 1 << 19
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what a pool holds is gone after two
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	list := make([]parse.Item, items)
	for i := range list {
		list[i].Content = parse.Text{Type: parse.HTML, Value: `<p>a</p><img src="https://example.org/i.jpg" alt="An image"><!--` + strings.Repeat("x", size) + "-->"}
	}
	entries, _ := normalize.Entries(source, parse.Header{}, list, now)
	list = nil
	held := heap() - before
	if held > items*size/10 {
		t.Errorf("%d entries hold %d bytes", items, held)
	}
	if len(entries[0].Media) != 1 || entries[0].Media[0].Title != "An image" {
		t.Errorf("media: %+v", entries[0].Media)
	}
}
