package crashloop

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"go.etcd.io/bbolt"
)

// opened is the store between two lives of the daemon.
type opened struct {
	*testing.T
	*bolt.Store
	stats   storage.Stats
	sources map[string]storage.Source // by id
	entries []storage.Entry           // the newest first
}

// openStore opens the store as the daemon does, and reads all of it. It returns
// nil where there is none.
func openStore(t *testing.T, path string) *opened {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{MustExist: true})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{T: t, Store: s, sources: map[string]storage.Source{}}
	o.stats, err = s.Stats(t.Context())
	o.no(err)
	list, err := s.Sources(t.Context())
	o.no(err)
	for _, src := range list {
		o.sources[src.ID] = src
	}
	o.entries = all(o, s.Entries, storage.Query{Hidden: true})
	return o
}

// no ends the test with an error.
func (o *opened) no(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// all reads page after page.
func all[T any](o *opened, read func(context.Context, storage.Query) (storage.Page[T], error), q storage.Query) (items []T) {
	o.Helper()
	for q.Limit = storage.MaxPage; ; {
		page, err := read(o.Context(), q)
		o.no(err)
		items = append(items, page.Items...)
		if q.Before = page.Next; q.Before == "" {
			return items
		}
	}
}

// holds checks that the store has what it must have of the site: all that was
// acknowledged, each once, and with the validators of a document its items.
func (o *opened) holds(s *site, l *ledger) {
	o.Helper()
	stored := map[string]map[string]string{} // titles by source and guid
	ids := map[string]bool{}
	for _, e := range o.entries {
		if ids[e.ID] {
			o.Errorf("id %s is there twice", e.ID)
		}
		ids[e.ID] = true
		if stored[e.Source] == nil {
			stored[e.Source] = map[string]string{}
		}
		if _, twice := stored[e.Source][e.GUID]; twice {
			o.Errorf("item %s is there twice", e.GUID)
		}
		stored[e.Source][e.GUID] = e.Title
	}
	for _, src := range s.sources {
		vouched, err := parseTag(o.sources[src.id].State.Validators.ETag)
		o.no(err)
		if sure := l.newest[src.id]; vouched.items < sure.items || vouched.corrections < sure.corrections {
			o.Errorf("source %s: the store is at %+v, %+v was acknowledged", src.id, vouched, sure)
		}
		for n := range vouched.items {
			if got, want := stored[src.id][src.guid(n)], src.title(n, vouched); got != want {
				o.Errorf("source %s: its validators are those of %+v, item %d is %q, want %q", src.id, vouched, n, got, want)
			}
		}
		if n := len(stored[src.id]); n != vouched.items || n != o.sources[src.id].Entries {
			o.Errorf("source %s: %d entries, its validators are those of %+v, it says %d", src.id, n, vouched, o.sources[src.id].Entries)
		}
	}
}

// agrees checks that all ways to an entry lead to the same ones.
func (o *opened) agrees() {
	o.Helper()
	ids := map[string]bool{}
	inStory := map[string]int{}
	for _, e := range o.entries {
		ids[e.ID] = true
		inStory[e.Story]++
		got, err := o.Entry(o.Context(), e.ID)
		o.no(err)
		if got.Digest != e.Digest || got.Revision != e.Revision {
			o.Errorf("entry %s by its id is another one", e.ID)
		}
		found, err := o.Find(o.Context(), e.Keys)
		o.no(err)
		for i, first := range found {
			if !ids[first.ID] {
				// It stands further back.
				if _, err := o.Entry(o.Context(), first.ID); err != nil {
					o.Errorf("key %x of entry %s leads to %q: %v", e.Keys[i], e.ID, first.ID, err)
				}
			}
		}
	}
	if n := len(o.entries); n != o.stats.Entries {
		o.Errorf("%d entries, the store says %d", n, o.stats.Entries)
	}
	if n := len(inStory); n != o.stats.Stories {
		o.Errorf("%d stories, the store says %d", n, o.stats.Stories)
	}
	o.listed(inStory)
	o.arrived(ids)
}

// listed checks the lists of entries and of stories.
func (o *opened) listed(inStory map[string]int) {
	o.Helper()
	lists := map[string]int{}
	for _, e := range o.entries {
		lists["source "+e.Source]++
		lists["category "+e.Categories[0]]++
	}
	for id := range o.sources {
		if n := len(all(o, o.Entries, storage.Query{Source: id})); n != lists["source "+id] {
			o.Errorf("source %s lists %d entries of %d", id, n, lists["source "+id])
		}
	}
	for _, name := range categories {
		if n := len(all(o, o.Entries, storage.Query{Category: name})); n != lists["category "+name] {
			o.Errorf("category %s lists %d entries of %d", name, n, lists["category "+name])
		}
	}
	stories := all(o, o.Stories, storage.Query{})
	for _, s := range stories {
		size, err := o.StorySize(o.Context(), s.ID)
		o.no(err)
		if len(s.Entries) != inStory[s.ID] || size != inStory[s.ID] {
			o.Errorf("story %s has %d entries and says %d, want %d", s.ID, len(s.Entries), size, inStory[s.ID])
		}
		delete(inStory, s.ID)
	}
	if len(inStory) > 0 {
		o.Errorf("%d stories are not listed", len(inStory))
	}
}

// arrived checks that each entry has its number.
func (o *opened) arrived(ids map[string]bool) {
	o.Helper()
	left := len(ids)
	for before := uint64(0); ; {
		page, err := o.Arrivals(o.Context(), before, storage.MaxPage)
		o.no(err)
		for _, a := range page {
			if before != 0 && a.Number >= before || !ids[a.Entry.ID] {
				o.Errorf("arrival %d of %s after %d", a.Number, a.Entry.ID, before)
			}
			before = a.Number
			left--
		}
		if len(page) < storage.MaxPage {
			break
		}
	}
	if left != 0 {
		o.Errorf("%d entries have no number", left)
	}
}

// checkFile lets bbolt check the file, and returns the number of the last
// transaction.
func checkFile(t *testing.T, path string) (transaction int) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		transaction = tx.ID()
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return transaction
}
