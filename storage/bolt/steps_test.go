package bolt

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// A migration that stops after any of its transactions goes on with the next.
func TestF22_MigrationStoppedAtEachStep(t *testing.T) {
	for _, name := range []string{"1", "2", "3", "4", "5"} {
		want := migrated(t, name, -1)
		steps := 0
		for at := 0; ; at++ {
			got := migrated(t, name, at)
			if got == nil {
				steps = at - 1 // the last one looks and finds nothing to do
				break
			}
			if !maps.Equal(got, want) {
				t.Errorf("layout %s stopped after %d transactions is another", name, at)
			}
		}
		t.Logf("layout %s: %d transactions", name, steps)
		if most := map[string]int{"1": 10, "2": 10, "3": 7, "4": 7, "5": 6}[name]; steps != most {
			t.Errorf("layout %s: %d transactions, want %d", name, steps, most)
		}
	}
}

// migrated migrates a store of a layout, stops after so many transactions and
// goes on with the store opened anew. It returns what is then in the store; nil:
// the migration was over before.
func migrated(t *testing.T, name string, stop int) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	Layout(t, name, path)
	if stop >= 0 && migrateSome(t, path, stop) {
		return nil
	}
	s, err := Open(path, Options{MmapSize: 1 << 17})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all := map[string]string{}
	err = s.db().View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(bucket []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				all[string(bucket)+"/"+string(k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// migrateSome does the first transactions of a migration and reports whether
// there are no more.
func migrateSome(t *testing.T, path string, transactions int) (done bool) {
	t.Helper()
	s, closeFile := bare(t, path)
	defer closeFile()
	var err error
	for range transactions {
		if _, _, done, err = s.migrateOn(path, false, new(report)); err != nil {
			t.Fatal(err)
		}
	}
	return done
}

// bare returns a store of an older layout as it is before it is migrated.
func bare(t *testing.T, path string) (s *Store, closeFile func()) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s = &Store{packer: newPacker()}
	s.at.Store(&opened{db, f})
	return s, func() {
		if err := errors.Join(f.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}
}
