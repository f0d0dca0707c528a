package bolt_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"newsfeed/storage"

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
	if n := transactions() - before; n != 1 {
		t.Errorf("%d transactions for a commit of 50 polls", n)
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
