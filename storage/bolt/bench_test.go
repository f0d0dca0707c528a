package bolt

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/internal/article"
	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

func benchStore(b *testing.B) *Store {
	return openBench(b, filepath.Join(b.TempDir(), "newsfeed.db"))
}

func openBench(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Commit(t.Context(), storage.Record{Settings: article.Settings()}); err != nil {
		t.Fatal(err)
	}
	return s
}

// BenchmarkCommit commits so many entries at once: as records to a store, and
// right after it their bare keys and values to the same buckets with bbolt alone.
// The texts are compressed ahead for both. The ratio is the median of all pairs.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint("entries=", size), func(b *testing.B) {
			s, bare, n := benchStore(b), benchStore(b), 0
			var ours, theirs, ratios []float64
			for b.Loop() {
				records := article.Polls(n, n+size)
				for _, r := range records {
					s.Prepare(r.Poll.Entries) // as polls do
				}
				var pairs []pair
				for end := n + size; n < end; n++ {
					pairs = append(pairs, pairsOf(b, bare.packer, uint64(n+1), article.Entry(n))...)
				}
				store := timed(b, func() error { return s.Commit(b.Context(), records...) })
				alone := timed(b, func() error { return put(bare, pairs) })
				ours, theirs, ratios = append(ours, store), append(theirs, alone), append(ratios, alone/store)
			}
			b.ReportMetric(float64(size)/median(ours), "entries/s")
			b.ReportMetric(float64(size)/median(theirs), "bbolt-entries/s")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}

func timed(b *testing.B, fn func() error) (seconds float64) {
	begin := time.Now()
	if err := fn(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin).Seconds()
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// put puts pairs in one transaction of bbolt.
func put(s *Store, pairs []pair) error {
	return s.db().Update(func(tx *bbolt.Tx) error {
		tx.Bucket([]byte("entries")).FillPercent = 1
		for _, p := range pairs {
			if err := tx.Bucket([]byte(p.bucket)).Put(p.key, p.value); err != nil {
				return err
			}
		}
		return nil
	})
}

type pair struct {
	bucket     string
	key, value []byte
}

// pairsOf are the keys and values that a new entry has in a store.
func pairsOf(b *testing.B, p *packer, seq uint64, e storage.Entry) []pair {
	row, err := packEntry(p, &e)
	if err != nil {
		b.Fatal(err)
	}
	id, at := idKey(e.ID), placeOf(e.Effective, hashOf(e.ID))
	st := story{changed: e.Changed, members: []member{{seq, 1, false, at}}}
	pairs := []pair{
		{"entries", seqKey(seq), row},
		{"ids", id[:], seqKey(seq)},
		{"times", at[:], ref{seq: seq, source: 1, leads: true, story: e.Story}.append(nil)},
		{"stories", []byte(e.Story), encode(storyFields, &st)},
	}
	for _, l := range listsOf(&e) {
		pairs = append(pairs, pair{"lists", append(l[:], at[:]...), []byte{0, 0, 0, 1}})
	}
	for _, k := range e.Keys {
		pairs = append(pairs, pair{"keys", binary.BigEndian.AppendUint64(k[:], seq), nil})
	}
	return pairs
}

// BenchmarkExcept reads a page of nothing: all of 10,000 entries are passed
// over.
func BenchmarkExcept(b *testing.B) {
	s := benchStore(b)
	const entries = 10_000
	var except []string
	for i := range 100 {
		except = append(except, fmt.Sprint("source-", i))
	}
	for n := 0; n < entries; n += 1000 {
		records := article.Polls(n, n+1000)
		for _, r := range records {
			for i := range r.Poll.Entries {
				r.Poll.Entries[i].Views = []string{"view"}
			}
		}
		if err := s.Commit(b.Context(), records...); err != nil {
			b.Fatal(err)
		}
	}
	for name, q := range map[string]storage.Query{"all": {}, "view": {View: "view"}} {
		b.Run(name, func(b *testing.B) {
			q.Limit, q.Except = 100, except
			for b.Loop() {
				if page, err := s.Stories(b.Context(), q); err != nil || len(page.Items) > 0 {
					b.Fatal(len(page.Items), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/entries, "ns/entry")
		})
	}
}

// BenchmarkCheckpoint commits what a resolver knows: nothing yet, or 4 rows of
// counters in which each of so many stories has counted 100 times.
func BenchmarkCheckpoint(b *testing.B) {
	const row = 1 << 20
	for _, stories := range []int{0, 2_000, 20_000} {
		b.Run(fmt.Sprint("stories=", stories), func(b *testing.B) {
			s := benchStore(b)
			r := rand.New(rand.NewPCG(0, 0))
			data := make([]byte, 4*row+row/4)
			for range stories * 100 {
				// Few things are common, most are rare.
				n := rand.New(rand.NewPCG(0, uint64(math.Pow(5e6, r.Float64())*r.Float64())))
				for i := range 4 {
					data[i*row+n.IntN(row)]++
				}
			}
			before, err := s.Stats(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := s.Commit(b.Context(), storage.Record{Checkpoint: &storage.Checkpoint{Data: data}}); err != nil {
					b.Fatal(err)
				}
			}
			after, err := s.Stats(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(after.Bytes-before.Bytes), "file-B")
		})
	}
}

// BenchmarkNewest reads the newest 100 of 10,000 entries.
func BenchmarkNewest(b *testing.B) {
	s := benchStore(b)
	for n := 0; n < 10_000; n += 1000 {
		if err := s.Commit(b.Context(), article.Polls(n, n+1000)...); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Commit(b.Context()); err != nil {
		b.Fatal(err)
	}
	stats, err := s.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]storage.Query{
		"all":      {Limit: 100},
		"source":   {Limit: 100, Source: "source-7"},
		"category": {Limit: 100, Category: strings.ToUpper(article.Entry(7).Categories[0])},
	} {
		b.Run("entries/"+name, func(b *testing.B) {
			for b.Loop() {
				if page, err := s.Entries(b.Context(), q); err != nil || len(page.Items) < 90 {
					b.Fatal(len(page.Items), err)
				}
			}
		})
		b.Run("stories/"+name, func(b *testing.B) {
			for b.Loop() {
				if page, err := s.Stories(b.Context(), q); err != nil || len(page.Items) < 80 {
					b.Fatal(len(page.Items), err)
				}
			}
			b.ReportMetric(float64(stats.Bytes)/10_000, "file-B/entry")
		})
	}
}

// BenchmarkLookUp asks what the resolver asks, of 1,000 entries.
func BenchmarkLookUp(b *testing.B) {
	s := benchStore(b)
	if err := s.Commit(b.Context(), article.Polls(0, 1000)...); err != nil {
		b.Fatal(err)
	}
	e := article.Entry(500)
	for name, ask := range map[string]func() error{
		"story":  func() error { _, err := s.StorySize(b.Context(), e.Story); return err },
		"entry":  func() error { _, err := s.Entry(b.Context(), e.ID); return err },
		"find":   func() error { _, err := s.Find(b.Context(), e.Keys); return err },
		"pruned": func() error { _, err := s.Pruned(b.Context(), e.Keys); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
