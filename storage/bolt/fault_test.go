package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// Where pages cannot be read any more bbolt panics in a commit, and again when
// it takes that back, and never releases its lock; without its meta pages it does
// so where any transaction begins. Who comes next must not wait for it.
func TestF20_UnreadablePagesStopNobody(t *testing.T) {
	calls := map[string]func(*testing.T, *bolt.Store) error{
		"commit": func(t *testing.T, s *bolt.Store) error { return s.Commit(t.Context(), pollOf("a", 2)) },
		"entry": func(t *testing.T, s *bolt.Store) error {
			_, err := s.Entry(t.Context(), "urn:a:1:0")
			return err
		},
		"verify": func(t *testing.T, s *bolt.Store) error { return s.Verify(t.Context(), func(string) {}) },
		"copy": func(t *testing.T, s *bolt.Store) error {
			_, err := s.Copy(t.Context(), io.Discard)
			return err
		},
	}
	for _, test := range []struct {
		first string
		left  int64 // pages that can be read
	}{
		{"commit", 2},
		{"commit", 0},
		{"entry", 0},
		{"verify", 0},
		{"copy", 0},
	} {
		t.Run(fmt.Sprint(test.first, " with pages: ", test.left), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "newsfeed.db")
			s := open(t, path)
			commit(t, s, configure("a"), pollOf("a", 1))
			if err := os.Truncate(path, test.left*int64(page)); err != nil { // what is mapped beyond is a fault
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				if err := calls[test.first](t, s); !errors.Is(err, bolt.ErrDamaged) {
					t.Errorf("%s: error %v, want ErrDamaged", test.first, err)
				}
				for name, call := range calls {
					if err := call(t, s); !errors.Is(err, bolt.ErrDamaged) {
						t.Errorf("%s after it: error %v, want ErrDamaged", name, err)
					}
				}
				if err := s.Close(); !errors.Is(err, bolt.ErrDamaged) {
					t.Errorf("close: error %v, want ErrDamaged", err)
				}
			}()
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Fatal("it hangs")
			}
		})
	}
}

// TestF20_ErrorsOfRecordsLeaveTheStoreAtWork tells an error in a record, which
// takes back one commit, from a fault of the file.
func TestF20_ErrorsOfRecordsLeaveTheStoreAtWork(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	commit(t, s, configure("a"))
	for range 3 {
		if err := s.Commit(t.Context(), pollOf("a", 1), storage.Record{}); err == nil {
			t.Error("no error")
		}
		commit(t, s, pollOf("a", 2))
	}
	if stats, err := s.Stats(t.Context()); err != nil || stats.Entries != 2 {
		t.Errorf("%d entries, error %v", stats.Entries, err)
	}
}

// chronicle returns the bytes of a store of events and editions, and what is in
// it, the last event first.
func chronicle(t *testing.T) (b []byte, events []storage.Event, editions []storage.Edition) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	commit(t, s, configure("a"))
	for n := range 300 {
		at := time.Unix(int64(1e9+n), 0).UTC()
		e := storage.Event{Number: uint64(n + 1), Time: at, Source: "a", Kind: storage.Broken, Detail: fmt.Sprint("failure ", n)}
		events = append([]storage.Event{e}, events...)
		editions = append(editions, storage.Edition{Path: fmt.Sprint("feeds/", n, ".rss"), Hash: storage.Digest{byte(n), 1}, Modified: at})
		commit(t, s,
			storage.Record{Poll: &storage.Poll{Source: "a", Events: []storage.Event{e}}},
			storage.Record{Editions: editions[n:]})
	}
	return closed(t, s, path), events, editions
}

// What is no entry is found whole, or an error is, whichever page is damaged:
// also where the file ends within it.
func TestF04_DamagedEventsAndEditions(t *testing.T) {
	b, events, editions := chronicle(t)
	look := func(name string, damaged []byte) (refused bool) {
		path := filepath.Join(t.TempDir(), "newsfeed.db")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(path, small)
		if err != nil {
			if !errors.Is(err, bolt.ErrDamaged) {
				t.Errorf("%s: open: %v", name, err)
			}
			return true
		}
		defer func() { _ = s.Close() }()
		told := func(what string, err error, same bool) {
			t.Helper()
			switch {
			case errors.Is(err, bolt.ErrDamaged):
				refused = true
			case err != nil || !same:
				t.Errorf("%s: %s: not what was committed; error %v", name, what, err)
			}
		}
		got, err := s.Events(t.Context(), 0, storage.MaxPage)
		told("events", err, slices.Equal(got, events))
		for _, want := range editions {
			got, err := s.Edition(t.Context(), want.Path)
			told("edition of "+want.Path, err, got == want)
		}
		err = s.Commit(t.Context(), storage.Record{Editions: editions})
		told("commit", err, true)
		return refused
	}
	if look("a sound file", b) {
		t.Fatal("a sound file is refused")
	}
	refused := 0
	for at := 0; at < len(b); at += page {
		inverted, zeroed := bytes.Clone(b), bytes.Clone(b)
		for i := range inverted[at : at+page] {
			inverted[at+i] ^= 0xff
		}
		clear(zeroed[at : at+page])
		for kind, damaged := range map[string][]byte{"inverted": inverted, "zeroed": zeroed, "cut off within": b[:at+page/2]} {
			if look(fmt.Sprint("page ", at/page, " ", kind), damaged) {
				refused++
			}
		}
	}
	t.Logf("%d pages, %d kinds of damage met", len(b)/page, refused)
	if refused < len(b)/page {
		t.Error("damage to most pages was not met at all")
	}
}
