package aggregator

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// TestMemoryOfASource holds what the loop keeps of a source, its habit in the
// store aside, to 2 KB.
func TestMemoryOfASource(t *testing.T) {
	const sources = 20_000
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	o := Options{
		Store: store, Log: slog.New(slog.DiscardHandler), HostInterval: time.Second,
		Policy: schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute},
	}
	for i := range sources {
		o.Sources = append(o.Sources, Source{SourceSettings: storage.SourceSettings{
			ID: fmt.Sprint("source-", i), URL: fmt.Sprintf("https://www.example%d.org/feed.xml", i),
		}})
	}
	if err := New(o).Configure(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := heap()
	a := New(o)
	l, err := a.newLoop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if each := (heap() - before) / sources; each > 2<<10 {
		t.Errorf("%d bytes a source", each)
	} else {
		t.Logf("%d bytes a source", each)
	}
	if l.queue.Len() != sources {
		t.Errorf("%d sources wait", l.queue.Len())
	}
	runtime.KeepAlive(a)
}

func heap() uint64 {
	var m runtime.MemStats
	for range 2 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
