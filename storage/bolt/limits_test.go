package bolt_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

func TestF09_PagesKeepNothingOpen(t *testing.T) {
	grown := func(hold bool) int64 {
		s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
		commit(t, s, configure("a"))
		for n := range 20 {
			commit(t, s, pollOf("a", n))
		}
		var held []storage.Page[storage.Story]
		for n := range 200 {
			if hold {
				page, err := s.Stories(t.Context(), storage.Query{Limit: 10})
				if err != nil {
					t.Fatal(err)
				}
				held = append(held, page)
			}
			commit(t, s, pollOf("a", n%20))
		}
		stats, err := s.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		runtime.KeepAlive(held)
		return stats.Bytes
	}
	without, with := grown(false), grown(true)
	if with > 2*without {
		t.Errorf("the file is %d bytes with readers, %d without", with, without)
	}
}

func TestF10_WhatIsReadOutlivesTheFile(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	want := pollOf("a", 1).Poll.Entries
	want[0].Content = "" // small enough to be stored as it is
	commit(t, s, configure("a"), storage.Record{Poll: &storage.Poll{Source: "a", Entries: want}})
	st, err := s.Story(t.Context(), want[0].Story)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// With the file closed its memory is gone: to touch it would be a fault.
	if diff := cmp.Diff(want, st.Entries); diff != "" {
		t.Error(diff)
	}
}

func TestF11_OnePollIsOneTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	var records []storage.Record
	for n := range 50 {
		records = append(records, pollOf("a", n))
	}
	transactions := func() (id int) {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		err = db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil })
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		return id
	}
	s := open(t, path)
	commit(t, s, configure("a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := transactions()
	s = open(t, path)
	commit(t, s, records...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := transactions() - before; n != 2 { // one is made by Close
		t.Errorf("%d transactions for a commit of 50 polls and Close", n)
	}
	check(t, path)
}

func TestKeysDoNotGrowForEver(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	commit(t, s, configure("a"))
	p := pollOf("a", 0)
	p.Poll.Entries = p.Poll.Entries[:1]
	key := func(n int) storage.Key { return storage.Key([]byte(fmt.Sprintf("%017d", n))) }
	for n := range 100 {
		p.Poll.Entries[0].Keys = []storage.Key{key(n), key(-1)}
		commit(t, s, p)
	}
	e, err := s.Entry(t.Context(), p.Poll.Entries[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Keys) != 64 || e.Keys[0] != key(99) || e.Keys[1] != key(-1) || e.Keys[2] != key(98) {
		t.Errorf("%d keys: %q", len(e.Keys), e.Keys)
	}
	found, err := s.Find(t.Context(), []storage.Key{key(99), key(-1), key(98), key(0)})
	if err != nil {
		t.Fatal(err)
	}
	for i, known := range []bool{true, true, true, false} {
		if (found[i].ID != "") != known {
			t.Errorf("key %d: found %q", i, found[i].ID)
		}
	}
}

func TestCommitRefusesWhatCannotBeReadAgain(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	commit(t, s, configure("a"))
	for name, spoil := range map[string]func(*storage.Entry){
		"much text":       func(e *storage.Entry) { e.Content = strings.Repeat("x", 33<<20) },
		"many categories": func(e *storage.Entry) { e.Categories = make([]string, 5000) },
		"many media":      func(e *storage.Entry) { e.Media = make([]storage.Media, 5000) },
		"long story id":   func(e *storage.Entry) { e.Story = strings.Repeat("x", 1<<16) },
	} {
		p := pollOf("a", 1)
		spoil(&p.Poll.Entries[1])
		if err := s.Commit(t.Context(), p); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	stats, err := s.Stats(t.Context())
	if err != nil || stats.Entries != 0 {
		t.Errorf("%d entries, error %v", stats.Entries, err)
	}
}

// roomOf returns what room a store has.
func roomOf(t *testing.T, s *bolt.Store) storage.Room {
	t.Helper()
	r, err := s.Room(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func openWith(t *testing.T, path string, o bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestF15_AFullStoreCanBePruned fills a store of limited size: its room runs
// short before a commit fails, the file stays within the limit, and what is
// then removed makes room again.
func TestF15_AFullStoreCanBePruned(t *testing.T) {
	const most = 4 << 20
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := openWith(t, path, bolt.Options{MaxBytes: most})
	commit(t, s, configure("a"))
	if r := roomOf(t, s); r.Short() || !r.Ample() {
		t.Errorf("an empty store has %+v", r)
	}
	polls, short := 0, 0
	var err error
	for err == nil {
		if roomOf(t, s).Short() && short == 0 {
			short = polls
		}
		if err = s.Commit(t.Context(), bulky(polls+1)); err == nil {
			polls++
		}
	}
	if !errors.Is(err, storage.ErrFull) || !storage.Refused(err) {
		t.Fatalf("commit %d: error %v, want ErrFull", polls+1, err)
	}
	if short == 0 || short > polls-5 {
		t.Errorf("short of room after %d polls, full after %d", short, polls)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > most {
		t.Errorf("the file has %d bytes, error %v", info.Size(), err)
	}
	for n := range polls {
		if _, err := s.Entry(t.Context(), fmt.Sprintf("urn:a:%d:1", n+1)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range polls * 3 / 4 {
		commit(t, s, prune(n+1))
	}
	if r := roomOf(t, s); r.Short() || !r.Ample() {
		t.Errorf("with a quarter left, the store has %+v", r)
	}
	for n := range polls / 4 {
		commit(t, s, bulky(polls+n+1))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, path)
}

// A limit below what a store takes already leaves what it needs to be pruned.
func TestF15_ALoweredLimitLeavesAStoreThatCanBePruned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := openWith(t, path, bolt.Options{})
	commit(t, s, configure("a"))
	for n := range 100 {
		commit(t, s, bulky(n+1))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openWith(t, path, bolt.Options{MaxBytes: 2 << 20})
	if r := roomOf(t, s); !r.Short() {
		t.Errorf("room %+v", r)
	}
	for n := range 90 {
		commit(t, s, prune(n+1))
	}
	if r := roomOf(t, s); r.Short() {
		t.Errorf("with a tenth left: room %+v", r)
	}
}

func TestF15_LimitsCanBeSetAnew(t *testing.T) {
	s := openWith(t, filepath.Join(t.TempDir(), "newsfeed.db"), bolt.Options{})
	commit(t, s, configure("a"), bulky(1))
	limit := func(bytes, free int64) {
		t.Helper()
		if err := s.Limit(t.Context(), bytes, free); err != nil {
			t.Fatal(err)
		}
	}
	limit(1<<20, 1)
	polls := 1
	var err error
	for err == nil && polls < 1000 {
		polls++
		err = s.Commit(t.Context(), bulky(polls))
	}
	if !errors.Is(err, storage.ErrFull) || !roomOf(t, s).Short() {
		t.Fatalf("commit %d: error %v, room %+v", polls, err, roomOf(t, s))
	}
	limit(0, 0)
	for n := range 20 {
		commit(t, s, bulky(polls+n))
	}
	if r := roomOf(t, s); r.Short() {
		t.Errorf("room %+v", r)
	}
}

func TestF15_RoomIsThatOfTheNearerLimit(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		o     bolt.Options
		limit string
		short bool
	}{
		"none":         {bolt.Options{}, "", false},
		"much":         {bolt.Options{MaxBytes: 1 << 30}, "its limit of 1.0 GiB", false},
		"no such disk": {bolt.Options{MinFree: 1 << 60}, "the disk of " + dir, true},
		"the disk":     {bolt.Options{MaxBytes: 1 << 30, MinFree: 1 << 60}, "the disk of " + dir, true},
		"the file":     {bolt.Options{MaxBytes: 1 << 20, MinFree: 1}, "its limit of 1.0 MiB", false},
		"a small file": {bolt.Options{MaxBytes: 64 << 10}, "its limit of 64 KiB", true},
	} {
		s := openWith(t, filepath.Join(dir, name), test.o)
		if r := roomOf(t, s); r.Limit != test.limit || r.Short() != test.short || r.Ample() == test.short {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestLiveBytesFallWithEntries holds what retention by bytes counts against what
// is stored: it falls with the entries, whatever is remembered of them.
func TestLiveBytesFallWithEntries(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	commit(t, s, configure("a"))
	live := func() int64 {
		stats, err := s.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return stats.Live
	}
	empty := live()
	for n := range 200 {
		commit(t, s, bulky(n+1))
	}
	full := live()
	if grown := full - empty; grown < 200*20_000 || grown > 200*80_000 {
		t.Errorf("200 polls of 30,000 random letters take %d bytes", grown)
	}
	for n := range 200 {
		r := prune(n + 1)
		for i := range 100 {
			sum := sha256.Sum256(fmt.Append(nil, n, i))
			r.Prune.Remember = append(r.Prune.Remember, storage.Key(sum[:17]))
		}
		commit(t, s, r)
	}
	if left := live() - empty; left > (full-empty)/10 || left < -(full-empty)/10 {
		t.Errorf("%d of %d bytes are left without any entry", left, full-empty)
	}
}

// bulky is a poll with an entry of 30,000 random letters, and a small one.
func bulky(n int) storage.Record {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	p := pollOf("a", n)
	text := make([]byte, 30_000)
	for i := range text {
		text[i] = 'a' + byte(r.IntN(26))
	}
	p.Poll.Entries[0].Content = string(text)
	return p
}

// prune removes the entries of a poll.
func prune(n int) storage.Record {
	var p storage.Prune
	for _, e := range pollOf("a", n).Poll.Entries {
		p.Entries = append(p.Entries, e.ID)
	}
	return storage.Record{Time: time.Unix(2e9, 0), Prune: &p}
}

func TestF16_AReadOnlyStoreSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := openWith(t, path, small)
	commit(t, s, configure("a"), pollOf("a", 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openWith(t, path, bolt.Options{ReadOnly: true})
	if err := s.Commit(t.Context(), pollOf("a", 2)); !errors.Is(err, storage.ErrReadOnly) || !storage.Refused(err) {
		t.Errorf("commit: error %v, want ErrReadOnly", err)
	}
	if _, err := s.Room(t.Context()); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("room: error %v, want ErrReadOnly", err)
	}
	if stats, err := s.Stats(t.Context()); err != nil || stats.Entries != 2 {
		t.Errorf("%d entries, error %v", stats.Entries, err)
	}
}
