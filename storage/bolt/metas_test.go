package bolt_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"newsfeed/storage/bolt"
)

// spoilMeta damages one of the meta pages of a store: the one of the later
// transaction, or the other.
func spoilMeta(t *testing.T, path string, later bool) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const tx = 64 // where a meta page has its transaction
	at := 0
	if first, second := binary.NativeEndian.Uint64(b[tx:]), binary.NativeEndian.Uint64(b[page+tx:]); (second > first) == later {
		at = page
	}
	b[at+tx] ^= 0xff
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestF04_ADamagedMetaPageIsTold damages either meta page of a store that was
// closed, of one that was compacted, and of one that was killed: of the last at
// most the last commit is lost, and it is told each time until the next commit.
func TestF04_ADamagedMetaPageIsTold(t *testing.T) {
	for name, test := range map[string]struct {
		killed, compacted, later bool
		entries                  int
	}{
		"closed, the later one":      {false, false, true, 4},
		"closed, the earlier one":    {false, false, false, 4},
		"compacted, the later one":   {false, true, true, 4},
		"compacted, the earlier one": {false, true, false, 4},
		"killed, the later one":      {true, false, true, 2},
		"killed, the earlier one":    {true, false, false, 4},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "newsfeed.db")
			s := openWith(t, path, small)
			commit(t, s, configure("a"), pollOf("a", 1))
			commit(t, s, pollOf("a", 2))
			if test.killed { // as it would be found
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				path += ".killed"
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
			} else if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if test.compacted {
				if _, _, err := bolt.Compact(t.Context(), path); err != nil {
					t.Fatal(err)
				}
			}
			spoilMeta(t, path, test.later)
			told := 0
			o := bolt.Options{MmapSize: small.MmapSize, Doubtful: func() { told++ }}
			for _, o.ReadOnly = range []bool{true, false} {
				s := openWith(t, path, o)
				requireEntries(t, s, test.entries)
				if !o.ReadOnly {
					commit(t, s, pollOf("a", 3))
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if told != 2 {
				t.Errorf("it is told %d times in 2", told)
			}
			s = openWith(t, path, o)
			requireEntries(t, s, test.entries+2)
			if told != 2 {
				t.Error("it is told of whole meta pages")
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			check(t, path)
		})
	}
}

// A store that was migrated and closed needs no more than one of its meta pages,
// whichever that is.
func TestF22_AMigratedStoreSurvivesADamagedMetaPage(t *testing.T) {
	for _, later := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "newsfeed.db")
		bolt.Layout(t, "5", path)
		if err := open(t, path).Close(); err != nil {
			t.Fatal(err)
		}
		spoilMeta(t, path, later)
		s, err := bolt.Open(path, bolt.Options{ReadOnly: true, MmapSize: small.MmapSize})
		if err != nil {
			t.Errorf("the later one %v: %v", later, err)
			continue
		}
		requireEntries(t, s, 129)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
