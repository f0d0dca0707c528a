package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"go.etcd.io/bbolt"
)

// faults returns what Verify finds in the store at path.
func faults(t *testing.T, path string) []string {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true, MmapSize: small.MmapSize})
	if err != nil {
		return []string{err.Error()}
	}
	defer s.Close()
	return verified(t, s)
}

func verified(t *testing.T, s *bolt.Store) []string {
	t.Helper()
	var all []string
	if err := s.Verify(t.Context(), func(fault string) { all = append(all, fault) }); err != nil {
		all = append(all, err.Error())
	}
	return all
}

// full is a store with something in each bucket: folded, hidden and removed
// stories, events, editions, pruned keys and a checkpoint.
func full(t testing.TB, path string) {
	t.Helper()
	s := open(t, path)
	commit(t, s, configure("a", "b", "c"))
	for n := range 30 {
		commit(t, s, pollOf("a", n), pollOf("b", n), pollOf("c", n%7))
	}
	hidden := pollOf("b", 40)
	hidden.Poll.Entries[1].Hidden, hidden.Poll.Entries[1].Views = "a rule", []string{"v"}
	hidden.Poll.Events = []storage.Event{{Source: "b", Time: time.Unix(1e9, 0).UTC(), Kind: storage.Gone}}
	hidden.Poll.State.Validators.ETag = `"b"`
	commit(
		t, s, hidden,
		storage.Record{Poll: &storage.Poll{Source: "a", Folds: []storage.Fold{{From: "b 3", Into: "a 3"}, {From: "c 1", Into: "a 3"}}}},
		storage.Record{Time: time.Unix(1e9, 0), Prune: &storage.Prune{Entries: []string{"urn:a:5:0", "urn:a:6:0", "urn:a:6:1"}, Remember: rememberedKeys()}},
		storage.Record{Editions: []storage.Edition{{Path: "feed.rss", Modified: time.Unix(1e9, 0).UTC()}, {Path: "feed.atom"}}},
		storage.Record{Checkpoint: &storage.Checkpoint{Data: checkpointData}},
	)
	last := configure("a", "b")
	last.Settings.Sources[0].Across = storage.Off
	commit(t, s, last)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestVerifySound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	_ = open(t, path).Close()
	if got := faults(t, path); got != nil {
		t.Errorf("empty store: %q", got)
	}
	full(t, path)
	if got := faults(t, path); got != nil {
		t.Errorf("read only: %q", got)
	}
	if got := verified(t, open(t, path)); got != nil {
		t.Errorf("open for writing: %q", got)
	}
}

// Each is a change that bbolt itself finds nothing wrong with.
func TestVerifyFindsWhatDoesNotAgree(t *testing.T) {
	drop := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			k, _ := b.Cursor().Last()
			return b.Delete(bytes.Clone(k))
		}
	}
	add := func(bucket string, n int) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			k, v := b.Cursor().First()
			other := bytes.Repeat([]byte{0xfe}, n)
			copy(other, k[:len(k)/2])
			return b.Put(other, bytes.Clone(v))
		}
	}
	spoil := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			k, v := b.Cursor().First()
			v = bytes.Clone(v)
			v[len(v)-1] ^= 1
			return b.Put(bytes.Clone(k), v)
		}
	}
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	full(t, path)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*bbolt.Tx) error
		want   string
	}{
		"entry gone":             {drop("entries"), "which is not there"},
		"entry spoiled":          {spoil("entries"), "wrong checksum"},
		"id gone":                {drop("ids"), "its id"},
		"id of nothing":          {add("ids", 16), "ids: there are"},
		"id of another":          {spoil("ids"), "its id"},
		"time gone":              {drop("times"), "missing in the index of times"},
		"time of nothing":        {add("times", 24), "times: there are"},
		"time spoiled":           {spoil("times"), "missing in the index of times"},
		"list gone":              {drop("lists"), "missing in a list"},
		"list of nothing":        {add("lists", 32), "lists: there are"},
		"list spoiled":           {spoil("lists"), "missing in a list"},
		"key gone":               {drop("keys"), "missing under its key"},
		"key of nothing":         {add("keys", 25), "keys: there are"},
		"story gone":             {drop("stories"), "not found"},
		"story spoiled":          {spoil("stories"), "wrong checksum"},
		"source gone":            {drop("sources"), "has no source"},
		"source spoiled":         {spoil("sources"), "wrong checksum"},
		"state gone":             {drop("states"), "entries of source"},
		"state spoiled":          {spoil("states"), "wrong checksum"},
		"turn gone":              {drop("turns"), "has no turn"},
		"pruned key gone":        {drop("pruned"), "has no key"},
		"event spoiled":          {spoil("events"), "event "},
		"edition spoiled":        {spoil("editions"), "edition of"},
		"edition gone":           {drop("editions"), "has no key"},
		"turn of edition gone":   {drop("printed"), "has no turn"},
		"checkpoint spoiled":     {spoil("resolver"), "checkpoint"},
		"settings spoiled":       {func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("settings"), []byte("x")) }, "settings"},
		"hidden sources lost":    {func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Delete([]byte("hidden")) }, "hidden is not noted"},
		"sources apart lost":     {func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Delete([]byte("apart")) }, "apart is not noted"},
		"counts lost":            {func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Delete([]byte("counts")) }, "stories: there are"},
		"entries beyond the end": {func(tx *bbolt.Tx) error { return tx.Bucket([]byte("entries")).SetSequence(3) }, "beyond the last"},
		"folded story leads on":  {func(tx *bbolt.Tx) error { return tx.Bucket([]byte("stories")).Delete([]byte("c 1")) }, "does not lead to it"},
		"bucket gone":            {func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("events")) }, "no bucket events"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "newsfeed.db")
			if err := os.WriteFile(path, sound, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(db.Update(test.change), db.Close()); err != nil {
				t.Fatal(err)
			}
			got := faults(t, path)
			if !slices.ContainsFunc(got, func(fault string) bool { return strings.Contains(fault, test.want) }) {
				t.Errorf("faults %q, want one with %q", got, test.want)
			}
		})
	}
}

// What bbolt's own check finds in a damaged file, Verify finds.
func TestF04_VerifyFindsDamagedPages(t *testing.T) {
	b, _ := fixture(t)
	for at := 2 * page; at < len(b); at += page {
		if binary.NativeEndian.Uint16(b[at+8:]) == 0 || isFree(t, b, at/page) {
			continue
		}
		for name, damage := range map[string]func(b []byte){
			"inverted":   func(b []byte) { invert(b) },
			"zeroed":     func(b []byte) { clear(b) },
			"count":      func(b []byte) { b[10]++ },
			"number":     func(b []byte) { b[0]++ },
			"kind":       func(b []byte) { b[8] = 4 },
			"overflow":   func(b []byte) { b[12]++ },
			"other page": func(b []byte) { copy(b, other(b)) },
		} {
			t.Run(fmt.Sprint("page ", at/page, " ", name), func(t *testing.T) {
				damaged := bytes.Clone(b)
				damage(damaged[at : at+page])
				path := filepath.Join(t.TempDir(), "newsfeed.db")
				if err := os.WriteFile(path, damaged, 0o600); err != nil {
					t.Fatal(err)
				}
				if got := faults(t, path); got == nil {
					t.Error("no fault")
				}
			})
		}
	}
}

func invert(b []byte) {
	for i := range b {
		b[i] ^= 0xff
	}
}

// other is a leaf with nothing in it, which says that it is the page b.
func other(b []byte) []byte {
	empty := make([]byte, len(b))
	copy(empty, b[:8])
	empty[8] = 1
	return empty
}

// isFree reports whether a page of a store is free.
func isFree(t *testing.T, b []byte, page int) bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	free := false
	err = db.View(func(tx *bbolt.Tx) error {
		info, err := tx.Page(page)
		free = err == nil && (info == nil || info.Type == "free")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return free
}

func TestVerifyIsCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	full(t, path)
	s := open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Verify(ctx, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A copy taken while commits go on is a sound store as of one of them.
func TestF21_CopyWhileCommitsGoOn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "newsfeed.db"))
	commit(t, s, configure("a"))
	stop := make(chan struct{})
	done := make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
			}
			if err := s.Commit(context.Background(), pollOf("a", n)); err != nil {
				t.Error(err)
			}
		}
	}()
	last := 0
	for i := range 100 {
		path := filepath.Join(dir, fmt.Sprint("copy", i))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		n, err := s.Copy(t.Context(), f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() != n {
			t.Errorf("%d bytes, error %v", n, err)
		}
		if i%10 == 0 { // a look at the live one, too
			if got := verified(t, s); got != nil {
				t.Fatalf("the store: %q", got)
			}
		}
		if got := faults(t, path); got != nil {
			t.Fatalf("copy %d: %q", i, got)
		}
		stats, err := open(t, path).Stats(t.Context())
		if err != nil || stats.Entries < last {
			t.Fatalf("copy %d has %d entries after %d (error %v)", i, stats.Entries, last, err)
		}
		last = stats.Entries
	}
	close(stop)
	t.Log(<-done, "commits meanwhile")
}

func TestFigures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	full(t, path)
	s := open(t, path)
	figures, err := s.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	db := dumpFigures(t, s, path)
	total := int64(0)
	for _, b := range figures.Buckets {
		want := db[b.Name]
		if b.Keys != want.KeyN || b.Depth != want.Depth && b.Depth > 0 || b.Pages != int64(want.LeafAlloc+want.BranchAlloc) {
			t.Errorf("%s: %+v, bbolt says %+v", b.Name, b, want)
		}
		if in := want.LeafInuse + want.BranchInuse + want.InlineBucketInuse; b.Bytes != int64(in) {
			t.Errorf("%s: %d bytes in use, bbolt says %d", b.Name, b.Bytes, in)
		}
		total += b.Pages
	}
	// Beside them there are two meta pages, the root and the list of free pages.
	if rest := figures.File - figures.Free - total; figures.File != info.Size() || rest != int64(4*figures.Page) {
		t.Errorf("file of %d bytes, %d free, %d in buckets, %d others", figures.File, figures.Free, total, rest)
	}
}

// dumpFigures closes a store and returns what bbolt counts.
func dumpFigures(t *testing.T, s *bolt.Store, path string) map[string]bbolt.BucketStats {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string]bbolt.BucketStats{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			all[string(name)] = b.Stats()
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
