package publish_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// archive is a real store that many entries have come to.
type archive struct {
	*bolt.Store
	testing.TB
	sample []storage.Entry
	count  int
}

// newArchive returns a store of n entries in 50 sources.
func newArchive(t testing.TB, n int) *archive {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "newsfeed.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	a := &archive{Store: store, TB: t, sample: pages().entries}
	settings := storage.Settings{BaseURL: base, Feed: storage.Feed{Title: "News", Limit: 100, Across: storage.Merge}, Changed: second(0)}
	for i := range 50 {
		settings.Sources = append(settings.Sources, storage.SourceSettings{ID: fmt.Sprintf("s%02d", i), URL: fmt.Sprintf("https://s%02d.example/feed", i)})
	}
	a.commit(storage.Record{Time: second(0), Settings: &settings})
	for a.count < n {
		a.grow(min(1000, n-a.count))
	}
	return a
}

func (a *archive) commit(r storage.Record) {
	a.Helper()
	if err := a.Commit(context.Background(), r); err != nil {
		a.Fatal(err)
	}
}

// grow adds the next n entries, in one poll.
func (a *archive) grow(n int) (last storage.Entry) {
	a.Helper()
	id := fmt.Sprintf("s%02d", a.count%50)
	poll := storage.Poll{Source: id}
	for range n {
		last = a.sample[a.count%len(a.sample)]
		bare := entry(id, a.count, func(*storage.Entry) {})
		last.ID, last.Source, last.Story, last.GUID, last.URL = bare.ID, id, fmt.Sprintf("story%08d", a.count), bare.GUID, bare.URL
		last.Title = fmt.Sprintf("Report number %d", a.count)
		last.FirstSeen, last.Effective, last.Changed, last.Published = bare.FirstSeen, bare.Effective, bare.Changed, bare.Published
		poll.Entries = append(poll.Entries, last)
		a.count++
	}
	a.commit(storage.Record{Time: last.FirstSeen, Poll: &poll})
	return last
}

// cpu returns the processor time that this process has used.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRepublish shows what it costs to publish one more entry in every
// format and coding, with the edition recorded, against compressing the same
// bytes alone; and that the number of stored entries does not matter.
func BenchmarkRepublish(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			store := newArchive(b, n)
			p := publish.New(publish.Options{Store: store, Writer: store, Refetches: -1})
			h, compress := p.Handler(), publish.Compressor()
			var republish, compression time.Duration
			for b.Loop() {
				b.StopTimer()
				store.grow(1)
				b.StartTimer()
				start := cpu(b)
				if err := p.Republish(b.Context()); err != nil {
					b.Fatal(err)
				}
				republish += cpu(b) - start
				b.StopTimer()
				bodies := [][]byte{}
				for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json", "/"} {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
					bodies = append(bodies, w.Body.Bytes())
				}
				start = cpu(b)
				for _, body := range bodies {
					if _, err := compress(body); err != nil {
						b.Fatal(err)
					}
				}
				compression += cpu(b) - start
				b.StartTimer()
			}
			b.ReportMetric(float64(republish.Microseconds())/1000/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(republish)/float64(compression), "x-compression")
		})
	}
}

// BenchmarkVisible shows how long after its commit one new entry is served in
// every format. It waits between two entries for another second to begin.
func BenchmarkVisible(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			store := newArchive(b, n)
			p := publish.New(publish.Options{Store: store, Writer: store, Changed: store.Changed(), Refetches: -1})
			h := p.Handler()
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan error)
			go func() { ended <- p.Run(ctx) }()
			shows := func(title string) bool {
				for _, f := range publish.Formats() {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/feed"+f.Ext(), nil))
					if !strings.Contains(w.Body.String(), title) {
						return false
					}
				}
				return true
			}
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				<-time.After(1500 * time.Millisecond)
				title := store.grow(1).Title
				b.StartTimer()
				start := time.Now()
				for !shows(title) {
					<-tick.C
				}
				took = append(took, time.Since(start))
			}
			cancel()
			if err := <-ended; err != nil {
				b.Error(err)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "median-ms")
			b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "worst-ms")
		})
	}
}
