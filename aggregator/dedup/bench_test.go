package dedup_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// BenchmarkResolve takes documents of twenty new entries through identity and
// stories, over stores of several sizes. Of each store the last 10,000 entries
// are in the window.
//
//	go test ./aggregator/dedup -run '^$' -bench Resolve
func BenchmarkResolve(b *testing.B) {
	for _, stored := range []int{1e4, 1e5, 1e6} {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) { benchmarkResolve(b, stored) })
	}
}

const windowed = 10_000 // entries in three days

func benchmarkResolve(b *testing.B, stored int) {
	store, err := bolt.Open(filepath.Join(b.TempDir(), "bench.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	w := benchWriter{press: newPress(10)}
	for range 500 {
		w.reports = append(w.reports, w.report())
	}
	settings := storage.Settings{BaseURL: "https://news.example/"}
	for i := range benchSources {
		settings.Sources = append(settings.Sources, storage.SourceSettings{ID: benchSource(i)})
	}
	if err := store.Commit(b.Context(), storage.Record{Time: start, Settings: &settings}); err != nil {
		b.Fatal(err)
	}
	w.fill(b, store, stored)

	resolver := dedup.NewResolver(store, dedup.Options{Similarity: true})
	spent := time.Duration(0)
	n := 0
	for b.Loop() {
		b.StopTimer()
		d := w.document(20)
		began := cpuTime(b)
		b.StartTimer()
		dedup.Identify(d.Poll.Entries, false)
		if _, err := resolver.Resolve(b.Context(), d, w.at(), w.at()); err != nil {
			b.Fatal(err)
		}
		resolver.Committed()
		if n++; n > 1 { // the first reads the window
			spent += cpuTime(b) - began
		}
	}
	b.ReportMetric(float64(20*(n-1))/spent.Seconds(), "entries/cpu-s")
}

const benchSources = 200

func benchSource(n int) string { return fmt.Sprint("source-", n%benchSources) }

// benchWriter writes entries: half of them tell of what others told before.
type benchWriter struct {
	press
	reports []report
	n       int
}

func (w *benchWriter) at() time.Time {
	return start.Add(time.Duration(w.n) * 72 * time.Hour / windowed)
}

func (w *benchWriter) document(entries int) dedup.Document {
	source := benchSource(w.n)
	d := dedup.Document{Poll: storage.Poll{Source: source}, Items: make([]storage.Digest, entries)}
	for range entries {
		w.n++
		title, html := "", ""
		if w.n%2 == 0 {
			r := w.press.report()
			w.reports[w.IntN(len(w.reports))] = r
			title, html = r.title, r.html()
		} else {
			r := w.reports[w.IntN(len(w.reports))]
			title, html = r.other, w.edited(r, 0.05)
		}
		url := fmt.Sprintf("https://%s.example/news/2026/11/title-of-an-article-%d", source, w.n)
		d.Poll.Entries = append(d.Poll.Entries, storage.Entry{
			Source: source, GUID: fmt.Sprint(source, "/", w.n), URL: url, CanonicalURL: url, Title: title, Content: html,
			Published: w.at(), Effective: w.at(), FirstSeen: w.at(), Digest: digestOf(url),
		})
	}
	return d
}

// fill commits so many entries. Those that will not be in the window have no
// text.
func (w *benchWriter) fill(b *testing.B, store *bolt.Store, entries int) {
	b.Helper()
	for w.n < entries {
		var records []storage.Record
		for range 50 {
			d := w.document(20)
			if w.n < entries-windowed {
				for i := range d.Poll.Entries {
					d.Poll.Entries[i].Content = ""
				}
			}
			dedup.Identify(d.Poll.Entries, false)
			for i := range d.Poll.Entries {
				e := &d.Poll.Entries[i]
				e.ID, e.Story, e.Revision, e.Changed = dedup.PublicID(*e), fmt.Sprintf("%013d", w.n+i), 1, e.FirstSeen
			}
			records = append(records, storage.Record{Time: w.at(), Poll: &d.Poll})
		}
		if err := store.Commit(b.Context(), records...); err != nil {
			b.Fatal(err)
		}
	}
}
