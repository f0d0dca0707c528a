// Package storagetest is the contract of a store as a test suite, which every
// implementation of storage.Store must pass.
//
// It also settles what the contract leaves to a store but what must be alike
// in all of them, since feeds are made of it: entries of one effective time
// stand in the order of the SHA-256 of their ids; times keep microseconds;
// an entry keeps the keys that an update no longer names, behind those it
// names; the published id of a story outlives the entry it came from, and
// with it whether that one's source is to be merged; 1,000 events are kept, and
// an event is published; the editions of 10,000 paths are kept.
//
// Abilities that a store need not have (storage/care.go, storage/room.go) are
// tested where it has them. What the suite cannot bring about is for the store's
// own tests: a disk that is full, only to be read, or fails, and damage.
package storagetest

import (
	"context"
	"errors"
	"testing"

	"newsfeed/storage"

	"github.com/google/go-cmp/cmp"
)

// Run tests the store that open opens in a folder. Each test has a folder of
// its own; to open the store in it again after Close must bring back all that
// was in it.
func Run(t *testing.T, open func(t *testing.T, dir string) storage.Store) {
	for _, test := range []struct {
		name string
		run  func(*suite)
	}{
		{"Empty", (*suite).empty},
		{"RoundTrip", (*suite).roundTrip},
		{"CopiesBelongToTheCaller", (*suite).copies},
		{"Settings", (*suite).settings},
		{"HiddenSources", (*suite).hiddenSources},
		{"Poll", (*suite).poll},
		{"AllOrNothing", (*suite).allOrNothing},
		{"Update", (*suite).update},
		{"Keys", (*suite).keys},
		{"Order", (*suite).order},
		{"Window", (*suite).window},
		{"Category", (*suite).category},
		{"Pages", (*suite).pages},
		{"BadQueries", (*suite).badQueries},
		{"Story", (*suite).story},
		{"StoryPlaces", (*suite).storyPlaces},
		{"Views", (*suite).views},
		{"Except", (*suite).except},
		{"Apart", (*suite).apart},
		{"ApartPlaces", (*suite).apartPlaces},
		{"ApartPublic", (*suite).apartPublic},
		{"Fold", (*suite).fold},
		{"FoldAgain", (*suite).foldAgain},
		{"Pruned", (*suite).pruned},
		{"Arrivals", (*suite).arrivals},
		{"Oldest", (*suite).oldest},
		{"Checkpoint", (*suite).checkpoint},
		{"Events", (*suite).events},
		{"Editions", (*suite).editions},
		{"Prune", (*suite).prune},
		{"Version", (*suite).version},
		{"Changed", (*suite).changed},
		{"Random", (*suite).random},
		{"Replay", (*suite).replay},
		{"Concurrent", (*suite).concurrent},
		{"Cancelled", (*suite).cancelled},
		{"Closed", (*suite).closed},
		{"ClosedInUse", (*suite).closedInUse},
		{"Durable", (*suite).durable},
		{"Prepare", (*suite).prepare},
		{"FullPages", (*suite).fullPages},
		{"Live", (*suite).live},
		{"Room", (*suite).room},
		{"Verify", (*suite).verify},
		{"Copy", (*suite).copyWhole},
		{"Figures", (*suite).figures},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &suite{T: t, open: open, dir: t.TempDir()}
			s.Store = open(t, s.dir)
			t.Cleanup(func() { _ = s.Close() })
			test.run(s)
		})
	}
}

// suite is one test with its store.
type suite struct {
	*testing.T
	storage.Store
	open func(t *testing.T, dir string) storage.Store
	dir  string
}

// commit commits records that must be good.
func (s *suite) commit(records ...storage.Record) {
	s.Helper()
	if err := s.Commit(s.Context(), records...); err != nil {
		s.Fatal(err)
	}
}

// refuse commits records that must not be.
func (s *suite) refuse(records ...storage.Record) {
	s.Helper()
	if err := s.Commit(s.Context(), records...); err == nil {
		s.Errorf("commit of %+v: no error", records)
	}
}

// reopen closes the store and opens it again.
func (s *suite) reopen() {
	s.Helper()
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	s.Store = s.open(s.T, s.dir)
}

func (s *suite) equal(what string, got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (s *suite) is(what string, err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Errorf("%s: error %v, want %v", what, err, want)
	}
}

func (s *suite) entry(id string) storage.Entry {
	s.Helper()
	e, err := s.Entry(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return e
}

func (s *suite) stats() storage.Stats {
	s.Helper()
	stats, err := s.Stats(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return stats
}

// entryIDs returns the ids of the entries that q selects, read in pages of
// q.Limit, or of ten.
func (s *suite) entryIDs(q storage.Query) []string {
	s.Helper()
	return ids(s, all(s, s.Entries, q), func(e storage.Entry) string { return e.ID })
}

// storyIDs does the same for stories.
func (s *suite) storyIDs(q storage.Query) []string {
	s.Helper()
	return ids(s, all(s, s.Stories, q), func(st storage.Story) string { return st.ID })
}

func ids[T any](s *suite, items []T, id func(T) string) []string {
	s.Helper()
	out := []string{}
	seen := map[string]bool{}
	for _, item := range items {
		if seen[id(item)] {
			s.Errorf("%s came twice", id(item))
		}
		seen[id(item)] = true
		out = append(out, id(item))
	}
	return out
}

// all reads page after page.
func all[T any](s *suite, read func(context.Context, storage.Query) (storage.Page[T], error), q storage.Query) []T {
	s.Helper()
	if q.Limit == 0 {
		q.Limit = 10
	}
	var items []T
	for {
		page, err := read(s.Context(), q)
		if err != nil {
			s.Fatal(err)
		}
		if n := len(page.Items); n > q.Limit || n < q.Limit && page.Next != "" {
			s.Fatalf("a page of %d where %d are asked for, next %q", n, q.Limit, page.Next)
		}
		items = append(items, page.Items...)
		if page.Next == "" {
			return items
		}
		q.Before = page.Next
	}
}
