package bolt

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"newsfeed/storage"
)

// prunedStore is a store, and a function that commits a prune to it where so
// many keys are remembered at most.
func prunedStore(t *testing.T, most int) (*Store, func(names ...int)) {
	s, err := Open(filepath.Join(t.TempDir(), "newsfeed.db"), Options{MmapSize: 1 << 17})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, func(names ...int) {
		t.Helper()
		p := &storage.Prune{Remember: prunedKeys(names...)}
		err := s.update(t.Context(), func(tx *tx) error {
			tx.maxPruned = most
			if err := tx.apply(&storage.Record{Time: time.Unix(1e9, 0), Prune: p}); err != nil {
				return err
			}
			return tx.finish()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func prunedKeys(names ...int) []storage.Key {
	var keys []storage.Key
	for _, n := range names {
		k := storage.Key{1}
		binary.BigEndian.PutUint64(k[5:], uint64(n)*0x9e3779b97f4a7c15)
		keys = append(keys, k)
	}
	return keys
}

func TestTheKeysRememberedLongestAgoAreForgotten(t *testing.T) {
	for _, test := range []struct {
		name    string
		commits [][]int
		want    []int // of 0 to 9
	}{
		{"up to the bound", [][]int{{0, 1, 2}}, []int{0, 1, 2}},
		{"one more", [][]int{{0, 1, 2}, {3}}, []int{1, 2, 3}},
		{"more at once than the bound", [][]int{{0, 1, 2, 3, 4, 5, 6}}, []int{4, 5, 6}},
		{"remembered anew", [][]int{{0, 1, 2}, {0}, {3, 4}}, []int{0, 3, 4}},
		{"twice at once", [][]int{{0, 1, 2, 0, 0}, {3}}, []int{0, 2, 3}},
		{"forgotten and remembered", [][]int{{0, 1, 2, 3}, {0}, {4}}, []int{0, 3, 4}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, remember := prunedStore(t, 3)
			for _, names := range test.commits {
				remember(names...)
			}
			times, err := s.Pruned(t.Context(), prunedKeys(0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for n, at := range times {
				if !at.IsZero() {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("remembered are %d, want %d", got, test.want)
			}
		})
	}
}

func TestPrunedKeysStayWithinTheirBound(t *testing.T) {
	const most = 100
	s, remember := prunedStore(t, most)
	for n := range 100 {
		var names []int
		for i := range 30 {
			names = append(names, n*20+i) // a third of them anew
		}
		remember(names...)
	}
	err := s.view(t.Context(), func(tx *tx) error {
		for name, n := range map[string]int{
			"counted": tx.counts.pruned,
			"keys":    tx.pruned.Stats().KeyN,
			"turns":   tx.turns.Stats().KeyN,
		} {
			if n != most {
				return fmt.Errorf("%d %s, want %d", n, name, most)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// BenchmarkRemember remembers 1,000 keys in a full store.
func BenchmarkRemember(b *testing.B) {
	s := benchStore(b)
	n := 0
	remember := func(size int) {
		var names []int
		for range size {
			n++
			names = append(names, n)
		}
		r := storage.Record{Prune: &storage.Prune{Remember: prunedKeys(names...)}}
		if err := s.Commit(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
	for range 16 {
		remember(maxPruned / 16)
	}
	for b.Loop() {
		remember(1000)
	}
	stats, err := s.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(stats.Bytes)/maxPruned, "file-B/key")
}
