package storagetest

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"newsfeed/storage"
)

// beside opens the store that a folder would hold if the process were killed
// now, as another suite.
func (s *suite) beside() *suite {
	s.Helper()
	dir := s.TempDir()
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		s.Fatal(err)
	}
	return s.other(dir)
}

// other opens the store in another folder.
func (s *suite) other(dir string) *suite {
	s.Helper()
	o := &suite{T: s.T, Store: s.open(s.T, dir), open: s.open, dir: dir}
	s.Cleanup(func() { _ = o.Close() })
	return o
}

// durable checks that what was committed is in the store's folder when Commit
// returns, and not before Close only.
func (s *suite) durable() {
	for i, records := range [][]storage.Record{
		{configure("a", "b")},
		{poll("a", entry("urn:1", "a", "s", 1), entry("urn:2", "a", "s", 2)), poll("b", entry("urn:3", "b", "s", 3))},
		{prune("urn:2"), remember(noon, "k"), editions(storage.Edition{Path: "feed.rss", Modified: at(1)})},
		{eventful("a", storage.Event{Source: "a", Time: at(1), Kind: storage.Gone}), judge("a", "urn:1", "a rule", "v")},
	} {
		s.commit(records...)
		s.equal(fmt.Sprint("killed after commit ", i), look(s.beside()), look(s))
	}
}

// endless is how many calls nobody makes before the store is closed.
const endless = 1_000_000

// closedInUse closes the store under calls: each succeeds or says that the store
// was closed, and what was acknowledged is there.
func (s *suite) closedInUse() {
	s.commit(configure(sourceNames...))
	kept := map[string]bool{}
	var mu sync.Mutex // guards kept
	var users sync.WaitGroup
	begun := make(chan struct{}, 2*len(sourceNames))
	for _, src := range sourceNames {
		users.Go(func() {
			for n := range endless {
				id := fmt.Sprint("urn:", src, ":", n)
				err := s.Commit(s.Context(), poll(src, entry(id, src, id, n)))
				if err != nil {
					s.is("commit", err, storage.ErrClosed)
					return
				}
				mu.Lock()
				kept[id] = true
				mu.Unlock()
				if n == 1 {
					begun <- struct{}{}
				}
			}
		})
		users.Go(func() {
			for n := range endless {
				page, err := s.Entries(s.Context(), storage.Query{Limit: storage.MaxPage})
				if err != nil {
					s.is("entries", err, storage.ErrClosed)
					return
				}
				for _, e := range page.Items {
					if e.Title == "" {
						s.Errorf("entry %q without its title", e.ID)
					}
				}
				if n == 1 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	if err := s.Close(); err != nil {
		s.Error(err)
	}
	users.Wait()
	s.Store = s.open(s.T, s.dir)
	stored := map[string]bool{}
	for _, id := range s.entryIDs(storage.Query{Limit: storage.MaxPage}) {
		stored[id] = true
	}
	s.equal("what was acknowledged", stored, kept)
}

// room checks that a store that can tell how much it takes has room for the
// little that is in it, as it is opened here.
func (s *suite) room() {
	limited, ok := s.Store.(storage.Limited)
	if !ok {
		s.Skip("this store cannot tell how much room it has")
	}
	s.commit(configure("a"), poll("a", entry("urn:1", "a", "s", 1)))
	r, err := limited.Room(s.Context())
	if s.is("room", err, nil); r.Short() || !r.Ample() {
		s.Errorf("there is no room: %+v", r)
	}
}

// live checks that what is in use grows and falls with the entries.
func (s *suite) live() {
	s.commit(configure("a"))
	measure := func() storage.Stats {
		s.Helper()
		stats := s.stats()
		if stats.Live < 0 || stats.Live > stats.Bytes {
			s.Errorf("%d of %d bytes are in use", stats.Live, stats.Bytes)
		}
		return stats
	}
	empty := measure()
	const polls, each = 40, 25
	var ids [polls][]string
	for p := range polls {
		var entries []storage.Entry
		for n := range each {
			e := entry(fmt.Sprint("urn:", p, ":", n), "a", fmt.Sprint("story ", p, " ", n), p)
			for i := range 20 { // what does not become smaller by much
				e.Content += fmt.Sprintf("%x", key(fmt.Sprint(e.ID, i)))
			}
			entries = append(entries, e)
			ids[p] = append(ids[p], e.ID)
		}
		s.commit(poll("a", entries...))
	}
	full := measure()
	if grown := full.Live - empty.Live; grown < polls*each*300 {
		s.Errorf("%d entries take %d bytes", polls*each, grown)
	}
	for p := range polls {
		s.commit(prune(ids[p]...))
	}
	for range 3 { // it need not be at once
		s.commit(poll("a"))
	}
	if left := measure().Live - empty.Live; left > (full.Live-empty.Live)/2 {
		s.Errorf("%d of %d bytes are in use without any entry", left, full.Live-empty.Live)
	}
}

// copyOpens checks that a copy of a store is one, where a store is a single file.
func (s *suite) copyOpens(copied []byte, want answers) {
	s.Helper()
	files, err := os.ReadDir(s.dir)
	if err != nil {
		s.Fatal(err)
	}
	if len(files) != 1 {
		return // only its maker knows how to open it
	}
	dir := s.TempDir()
	if err := os.WriteFile(dir+"/"+files[0].Name(), copied, 0o600); err != nil {
		s.Fatal(err)
	}
	s.equal("a copy, opened", look(s.other(dir)), want)
}

// watched receives versions until stop is called, which returns the last one.
func watched(t *testing.T, n storage.Notifier) (stop func() uint64) {
	done, last := make(chan struct{}), make(chan uint64, 1)
	go func() {
		var newest uint64
		take := func(v uint64) {
			if v <= newest {
				t.Errorf("version %d is told after %d", v, newest)
			}
			newest = v
		}
		for {
			select {
			case v := <-n.Changed():
				take(v)
			case <-done:
				select {
				case v := <-n.Changed():
					take(v)
				default:
				}
				last <- newest
				return
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-last
	}
}
