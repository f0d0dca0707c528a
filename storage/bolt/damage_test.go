package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

var page = os.Getpagesize()

// fixture returns the bytes of a small store, and what is in it.
func fixture(t *testing.T) ([]byte, map[string]storage.Entry) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	var records []storage.Record
	entries := map[string]storage.Entry{}
	for n := range 60 {
		p := pollOf("a", n)
		records = append(records, p)
		for _, e := range p.Poll.Entries {
			entries[e.ID] = e
		}
	}
	commit(t, s, configure("a"))
	commit(t, s, records...)
	why := storage.Decision{Rule: "alike"}
	commit(t, s,
		storage.Record{Poll: &storage.Poll{Source: "a", Folds: []storage.Fold{{From: "a 0", Into: "a 1", Why: why}}}},
		storage.Record{Time: time.Unix(1e9, 0), Prune: &storage.Prune{Remember: rememberedKeys()}},
		storage.Record{Checkpoint: &storage.Checkpoint{Data: checkpointData}},
	)
	for _, id := range []string{"urn:a:0:0", "urn:a:0:1"} {
		e := entries[id]
		e.Story, e.Joined = "a 1", why
		entries[id] = e
	}
	return closed(t, s, path), entries
}

// closed closes a store and returns what is in use of its file.
func closed(t *testing.T, s *bolt.Store, path string) []byte {
	t.Helper()
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b[:stats.Bytes]
}

var checkpointData = bytes.Repeat([]byte("checkpoint"), 1000)

func rememberedKeys() (keys []storage.Key) {
	for n := range 300 {
		keys = append(keys, storage.Key([]byte(fmt.Sprintf("%-17d", n))))
	}
	return keys
}

// survey opens a damaged store and asks it for all that was in it. It fails
// the test for a wrong answer, and when it is strict for any that is missing
// without an error.
func survey(t *testing.T, b []byte, entries map[string]storage.Entry, strict bool) (refused int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, small)
	if err != nil {
		if !errors.Is(err, bolt.ErrDamaged) && (strict || !errors.Is(err, bolt.ErrNewer)) {
			t.Errorf("open: %v", err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(b, after) {
			t.Errorf("the file was changed (error %v)", err)
		}
		return 1
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ok := func(what string, err error) bool {
		t.Helper()
		switch {
		case err == nil:
			return true
		case errors.Is(err, bolt.ErrDamaged):
			refused++
		case strict || !errors.Is(err, storage.ErrNotFound):
			t.Errorf("%s: %v", what, err)
		}
		return false
	}
	right := func(what string, got storage.Entry) {
		t.Helper()
		if want := entries[got.ID]; !reflect.DeepEqual(want, got) {
			t.Errorf("%s (-want +got):\n%s", what, cmp.Diff(want, got))
		}
	}
	ctx := t.Context()
	for id, e := range entries {
		got, err := s.Entry(ctx, id)
		if ok("entry "+id, err) {
			right("entry "+id, got)
		}
		found, err := s.Find(ctx, e.Keys)
		if ok("find "+id, err) && (strict || found[0].ID != "") {
			right("find "+id, found[0])
		}
	}
	for _, q := range []storage.Query{{}, {Source: "a"}, {Category: "world"}} {
		q.Limit = storage.MaxPage
		page, err := s.Entries(ctx, q)
		if ok("entries", err) {
			if n := len(page.Items); strict && n != len(entries) {
				t.Errorf("%d entries of %d", n, len(entries))
			}
			for _, e := range page.Items {
				right("entries", e)
			}
		}
		stories, err := s.Stories(ctx, q)
		if ok("stories", err) {
			for _, st := range stories.Items {
				for _, e := range st.Entries {
					right("stories", e)
				}
			}
		}
	}
	folded, err := s.Story(ctx, "a 0")
	if ok("folded story", err) {
		if strict && len(folded.Entries) != 4 {
			t.Errorf("%d entries of the folded story", len(folded.Entries))
		}
		for _, e := range folded.Entries {
			right("folded story", e)
		}
	}
	arrivals, err := s.Arrivals(ctx, 0, storage.MaxPage)
	if ok("arrivals", err) {
		if strict && len(arrivals) != len(entries) {
			t.Errorf("%d arrivals of %d", len(arrivals), len(entries))
		}
		for _, a := range arrivals {
			right("arrivals", a.Entry)
		}
	}
	checkpoint, err := s.Checkpoint(ctx)
	if ok("checkpoint", err) && (strict || checkpoint.Data != nil) {
		want := storage.Checkpoint{Data: checkpointData, Number: uint64(len(entries))}
		if diff := cmp.Diff(want, checkpoint); diff != "" {
			t.Errorf("checkpoint (-want +got):\n%s", diff)
		}
	}
	times, err := s.Pruned(ctx, rememberedKeys())
	if ok("pruned", err) && strict {
		for i, at := range times {
			if at.Unix() != 1e9 {
				t.Errorf("key %d was pruned at %v", i, at)
			}
		}
	}
	_, err = s.Settings(ctx)
	ok("settings", err)
	_, err = s.Sources(ctx)
	ok("sources", err)
	ok("commit", s.Commit(ctx, pollOf("a", 1000), pollOf("a", 0),
		storage.Record{Prune: &storage.Prune{Remember: rememberedKeys()}},
		storage.Record{Checkpoint: &storage.Checkpoint{}}))
	return refused
}

func TestF04_DamagedPages(t *testing.T) {
	b, entries := fixture(t)
	if refused := survey(t, b, entries, true); refused > 0 {
		t.Fatalf("%d answers refused by a sound store", refused)
	}
	refused := 0
	for at := 0; at < len(b); at += page {
		inverted, zeroed := bytes.Clone(b), bytes.Clone(b)
		for i := range inverted[at : at+page] {
			inverted[at+i] ^= 0xff
		}
		clear(zeroed[at : at+page])
		for name, damaged := range map[string][]byte{"inverted": inverted, "zeroed": zeroed, "cut off": b[:at]} {
			t.Run(fmt.Sprint("page ", at/page, " ", name), func(t *testing.T) {
				if survey(t, damaged, entries, true) > 0 {
					refused++
				}
			})
		}
	}
	t.Logf("%d pages, %d kinds of damage met", len(b)/page, refused)
	if refused < len(b)/page {
		t.Error("damage to most pages was not met at all")
	}
}

// A file that was cut off ended with whatever the runtime says of a read beyond its
// end, where bbolt first looks at its free pages.
func TestF04_ACutFileSaysSo(t *testing.T) {
	b, _ := fixture(t)
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	for _, length := range []int{page, 2 * page, 20_000, len(b) - 1} {
		if err := os.WriteFile(path, b[:length], 0o600); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("open store %s: bolt: damaged: %d of %d bytes are there", path, length, len(b))
		for _, readOnly := range []bool{false, true} {
			_, err := bolt.Open(path, bolt.Options{ReadOnly: readOnly, MmapSize: small.MmapSize})
			if !errors.Is(err, bolt.ErrDamaged) || err.Error() != want {
				t.Errorf("read-only %t: error %v, want %s", readOnly, err, want)
			}
		}
	}
}

// Single bytes are changed in leaves only, and not in the one that lists the
// buckets: elsewhere they can lead bbolt round in circles or beyond what it has
// allocated, for which there is no cure but a check of the whole file.
func TestF04_DamagedBytes(t *testing.T) {
	b, entries := fixture(t)
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 50 {
		at := page * r.IntN(len(b)/page)
		const header, flags, leaf, bucket = 16, 8, 2, 1
		if binary.NativeEndian.Uint16(b[at+flags:]) != leaf ||
			binary.NativeEndian.Uint32(b[at+header:]) == bucket {
			continue
		}
		damaged := bytes.Clone(b)
		damaged[at+header+r.IntN(page-header)] ^= byte(1 + r.IntN(255))
		survey(t, damaged, entries, false)
	}
}

// A value that is not what was written is met even when bbolt sees no fault.
func TestF04_DamagedValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	commit(t, s, configure("a"), pollOf("a", 1),
		storage.Record{Checkpoint: &storage.Checkpoint{Data: checkpointData}})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, bucket := range []string{"sources", "states", "entries", "stories", "resolver"} {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			k, v := tx.Bucket([]byte(bucket)).Cursor().First()
			v = bytes.Clone(v)
			v[len(v)-1] ^= 1
			return tx.Bucket([]byte(bucket)).Put(k, v)
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		s := open(t, path)
		var got error
		switch bucket {
		case "sources":
			_, got = s.Settings(t.Context())
		case "states":
			_, got = s.Source(t.Context(), "a")
		case "entries":
			_, got = s.Entry(t.Context(), "urn:a:1:0")
		case "stories":
			_, got = s.Story(t.Context(), "a 1")
		case "resolver":
			_, got = s.Checkpoint(t.Context())
		}
		if !errors.Is(got, bolt.ErrDamaged) {
			t.Errorf("%s: error %v, want ErrDamaged", bucket, got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
