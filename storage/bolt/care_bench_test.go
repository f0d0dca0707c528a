package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/metrics"
	"testing"

	"newsfeed/internal/article"
)

// BenchmarkCare measures what care of a store of 10^5 entries costs, and logs
// what takes up its space:
//
//	go test ./storage/bolt -run '^$' -bench Care -benchtime 1x -v
func BenchmarkCare(b *testing.B) {
	const entries = 100_000
	path := filepath.Join(b.TempDir(), "newsfeed.db")
	s := openBench(b, path)
	s.db().NoSync = true // it is not the making that is measured
	const atOnce = 1000
	for n := 0; n < entries; n += atOnce {
		if err := s.Commit(b.Context(), article.Polls(n, n+atOnce)...); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.db().Sync(); err != nil {
		b.Fatal(err)
	}
	figures, err := s.Figures(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range figures.Buckets {
		b.Logf("%-9s %8d keys %6.1f bytes an entry %6.1f of pages, depth %d", f.Name, f.Keys, float64(f.Bytes)/entries, float64(f.Pages)/entries, f.Depth)
	}
	b.Logf("%d bytes, %d free", figures.File, figures.Free)

	measure := func(name string, fn func() error) {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if err := fn(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(figures.File-figures.Free)/1e6*float64(b.N)/b.Elapsed().Seconds(), "MB/s")
			b.ReportMetric(heap()/1e6, "MB-heap")
		})
	}
	measure("Verify", func() error {
		return s.Verify(b.Context(), func(fault string) { b.Error(fault) })
	})
	measure("Figures", func() error {
		_, err := s.Figures(b.Context())
		return err
	})
	measure("Copy", func() error {
		f, err := os.Create(path + ".copy")
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := s.Copy(b.Context(), f); err != nil {
			return err
		}
		return f.Sync()
	})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	measure("Restore", func() error {
		_, _, err := Restore(b.Context(), path+".copy", path+".restored")
		return err
	})
	measure("Compact", func() error {
		_, _, err := Compact(b.Context(), path)
		return err
	})
	n := 0
	measure("Salvage", func() error {
		n++
		_, err := Salvage(b.Context(), path, fmt.Sprint(path, ".saved", n))
		return err
	})
}

// heap returns the bytes of the heap that the program has taken from the system
// and not given back.
func heap() float64 {
	all := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(all)
	sum := uint64(0)
	for _, s := range all {
		sum += s.Value.Uint64()
	}
	return float64(sum)
}
