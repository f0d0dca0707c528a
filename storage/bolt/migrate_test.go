package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

// layouts are the stores that testdata/layouts/make wrote.
var layouts = []string{"1", "2", "3", "4", "5"}

// schemaOf is how the copy of a layout's store is called.
func schemaOf(layout string) string {
	if layout < "5" {
		return ".schema1"
	}
	return ".schema2"
}

// contents reads what the stores of layouts hold. Nobody hid an entry before
// the second layout, nor had a source stand apart before the third.
func contents(t *testing.T, s storage.Store) (out struct {
	Entries, Hidden, World []string
	Stories, Public        []string
	Stats                  storage.Stats
	State                  storage.State
},
) {
	t.Helper()
	ctx := t.Context()
	page := func(q storage.Query) (ids []string) {
		q.Limit = storage.MaxPage
		entries, err := s.Entries(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries.Items {
			ids = append(ids, e.ID)
		}
		return ids
	}
	out.Entries, out.Hidden, out.World = page(storage.Query{}), page(storage.Query{Hidden: true}), page(storage.Query{Category: "world", Source: "b"})
	stories, err := s.Stories(ctx, storage.Query{Limit: storage.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range stories.Items {
		out.Stories = append(out.Stories, fmt.Sprint(st.ID, " ", len(st.Entries)))
		out.Public = append(out.Public, st.Public)
	}
	if out.Stats, err = s.Stats(ctx); err != nil {
		t.Fatal(err)
	}
	src, err := s.Source(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	out.State = src.State
	return out
}

func TestF22_OlderLayoutsAreMigrated(t *testing.T) {
	for _, name := range layouts {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "newsfeed.db")
			before := bolt.Layout(t, name, path)
			s := open(t, path)
			if got := verified(t, s); got != nil {
				t.Fatalf("faults %q", got)
			}
			got := contents(t, s)
			// Of 110 stories of a, 11 also of b and c, three entries are pruned, and
			// with two of them their stories; c is removed.
			hidden, apart := 0, 0
			if name >= "2" {
				hidden = 1
			}
			if name >= "3" {
				apart = 10
			}
			if n := len(got.Hidden); n != 129 || n != got.Stats.Entries {
				t.Errorf("%d entries, %d counted, want 129", n, got.Stats.Entries)
			}
			if n := len(got.Entries); n != 118-hidden {
				t.Errorf("%d entries are visible, want %d", n, 118-hidden)
			}
			if n := len(got.World); n != 10 {
				t.Errorf("%d entries of b in the category, want 10", n)
			}
			if n := len(got.Stories); n != 109-hidden+apart-sole(apart) {
				t.Errorf("%d stories are visible, want %d", n, 109-hidden+apart-sole(apart))
			}
			if got.Stats.Stories != 109 || got.State.Polls != 3 || got.State.Validators.ETag != `"v"` {
				t.Errorf("stats %+v, state %+v", got.Stats, got.State)
			}
			// It is a store like any other.
			commit(t, s, pollOf("a", 1000))
			if got := verified(t, s); got != nil {
				t.Errorf("after a commit: faults %q", got)
			}
			if kept, err := os.ReadFile(path + schemaOf(name)); err != nil || !alike(t, before, kept) {
				t.Errorf("the copy that was kept is another (error %v)", err)
			}
			if got, want := list(t, dir), []string{"newsfeed.db", "newsfeed.db" + schemaOf(name)}; !slices.Equal(got, want) {
				t.Errorf("folder holds %q", got)
			}
		})
	}
}

// sole is how many stories of those that have entries apart have no others: that
// of which the entry of a is pruned.
func sole(apart int) int { return min(apart, 1) }

// alike reports whether two files hold the same keys and values.
func alike(t *testing.T, a, b []byte) bool {
	t.Helper()
	read := func(b []byte) map[string]string {
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return dump(t, path)
	}
	return cmp.Equal(read(a), read(b))
}

// dump returns all keys and values of a file.
func dump(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string]string{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			all[string(name)] = fmt.Sprint("sequence ", b.Sequence())
			return b.ForEach(func(k, v []byte) error {
				all[string(name)+"/"+string(k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestF22_OlderLayoutReadOnlyIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	before := bolt.Layout(t, "1", path)
	_, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if !errors.Is(err, bolt.ErrOlder) {
		t.Errorf("error %v, want ErrOlder", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (error %v)", err)
	}
}

// A store that lacks what no layout was without is damaged, and stays as it is.
func TestF22_MissingBucketOfOlderLayoutIsDamage(t *testing.T) {
	for _, test := range []struct{ layout, bucket string }{
		{"1", "times"}, {"3", "turns"}, {"4", "printed"}, {"4", "pruned"}, {"4", "stories"},
	} {
		path := filepath.Join(t.TempDir(), "newsfeed.db")
		bolt.Layout(t, test.layout, path)
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(test.bucket)) })
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		before := dump(t, path)
		if _, err := bolt.Open(path, small); !errors.Is(err, bolt.ErrDamaged) {
			t.Errorf("layout %s without %s: error %v", test.layout, test.bucket, err)
		}
		if diff := cmp.Diff(before, dump(t, path)); diff != "" {
			t.Errorf("layout %s without %s was changed: %s", test.layout, test.bucket, diff)
		}
	}
}

func TestF22_KilledWhileMigrating(t *testing.T) {
	want := map[string]map[string]string{}
	for _, name := range layouts {
		path := filepath.Join(t.TempDir(), "newsfeed.db")
		bolt.Layout(t, name, path)
		_ = open(t, path).Close()
		want[name] = dump(t, path)
	}
	for i := range cycles(40) {
		name := layouts[i%len(layouts)]
		path := filepath.Join(t.TempDir(), "newsfeed.db")
		before := bolt.Layout(t, name, path)
		killAt(t, "migrate", path, 20*time.Millisecond)
		_ = open(t, path).Close()
		if diff := cmp.Diff(want[name], dump(t, path)); diff != "" {
			t.Fatalf("layout %s (-want +got):\n%s", name, diff)
		}
		kept, err := os.ReadFile(path + schemaOf(name))
		if err != nil || !alike(t, before, kept) {
			t.Fatalf("layout %s: the copy that was kept is another (error %v)", name, err)
		}
	}
}

// migrateForEver opens a store of an older layout, and then others of its kind.
func migrateForEver(path string) {
	b, err := os.ReadFile(path)
	fatal(err)
	fmt.Println("ready")
	for i := 0; ; i++ {
		s, err := bolt.Open(path, small)
		fatal(err)
		fatal(s.Close())
		path = fmt.Sprint(path, i)
		fatal(os.WriteFile(path, b, 0o600))
	}
}

func TestF22_NewerSchemaWithUnknownProgressIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	bolt.Layout(t, "4", path)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte("meta"))
		return errors.Join(
			meta.Put([]byte("schema"), binary.BigEndian.AppendUint64(nil, 9)),
			meta.Put([]byte("migration"), []byte("further than this version can tell")))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, small); !errors.Is(err, bolt.ErrNewer) {
		t.Errorf("error %v, want ErrNewer", err)
	}
}

// BenchmarkMigrate brings a copy of the store at $STORE, which is of an older
// schema, to this one.
func BenchmarkMigrate(b *testing.B) {
	old := os.Getenv("STORE")
	if old == "" {
		b.Skip("STORE names no store of an older schema")
	}
	for b.Loop() {
		b.StopTimer()
		path := filepath.Join(b.TempDir(), "newsfeed.db")
		content, err := os.ReadFile(old)
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
