package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// cramped is a store that can be made to have no room, and to refuse commits of
// more than so many entries.
type cramped struct {
	storage.Store
	mu      sync.Mutex // guards the fields below
	room    storage.Room
	refuse  error
	most    int
	fit     int // commits that are taken all the same
	refused int
}

func (c *cramped) set(room storage.Room, refuse error, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.room, c.refuse, c.most = room, refuse, most
}

func (c *cramped) Room(context.Context) (storage.Room, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.room, nil
}

func (c *cramped) Commit(ctx context.Context, records ...storage.Record) error {
	c.mu.Lock()
	refuse, entries := c.refuse, 0
	for _, r := range records {
		if r.Poll != nil {
			entries += len(r.Poll.Entries)
		}
	}
	switch {
	case refuse == nil || entries <= c.most:
	case c.fit > 0:
		c.fit--
	default:
		c.refused++
		c.mu.Unlock()
		return fmt.Errorf("commit: %w", refuse)
	}
	c.mu.Unlock()
	return c.Store.Commit(ctx, records...)
}

func (c *cramped) refusals() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}

// The lines about a store in trouble.
const storeFull, storeWell = "the store takes nothing", "the store takes records"

// troubles keeps what the aggregator tells of the store.
type troubles struct {
	mu   sync.Mutex // guards list
	list []storage.Trouble
}

func (l *troubles) add(t storage.Trouble) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, t)
}

func (l *troubles) all() []storage.Trouble {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// crampedDaemon runs a daemon with sources on so many hosts, all of which are
// well, for a day.
func (w *world) crampedDaemon(t *testing.T, n int) (*cramped, []string, *aggregator.Aggregator, *logbook, *troubles) {
	t.Helper()
	store, list, log, told := &cramped{Store: fastStore(t)}, w.hosts(n), newLogbook(), &troubles{}
	o := w.daemon(store, list...)
	o.Log, o.Troubled = log.logger(), told.add
	a, _ := run(t, o)
	pass(24 * time.Hour)
	return store, list, a, log, told
}

// TestF14_WhatIsRefusedIsNotFetchedAllTheTime has all sources bring news that
// the store refuses for a day: few are visited, it is told once, and when the
// store takes it again each is visited with its old validators, soon and spread.
func TestF14_WhatIsRefusedIsNotFetchedAllTheTime(t *testing.T) {
	for name, refuse := range map[string]error{
		"full":      fmt.Errorf("%w: %w", storage.ErrFull, syscall.ENOSPC),
		"read-only": fmt.Errorf("%w: %w", storage.ErrReadOnly, syscall.EROFS),
		"faulty":    fmt.Errorf("%w: %w", storage.ErrFaulty, syscall.EIO),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				const sources = 40
				store, list, a, log, told := w.crampedDaemon(t, sources)
				before := state(t, store, list[0])
				store.set(storage.Room{}, refuse, 0)
				for _, address := range list {
					w.set(address, feed(address, address+" news"))
				}
				began := time.Now()
				pass(24 * time.Hour)
				// At worst all are under way when the first is refused; then the
				// pauses grow to ten minutes.
				if n := len(w.asked(began)); n > 24*6+20+sources {
					t.Errorf("%d visits in a day for %d sources", n, sources)
				}
				if n := store.refusals(); n > 2*(24*6+20+sources) {
					t.Errorf("%d commits were tried", n)
				}
				if trouble := a.Trouble(); trouble.Since.Before(began) || trouble.Why == "" || !errors.Is(refuse, trouble.Cause) {
					t.Errorf("trouble %+v", trouble)
				}
				if got := state(t, store, list[0]); got.Validators != before.Validators || got.Failures != 0 {
					t.Errorf("the state has changed to %+v", got)
				}

				store.set(storage.Room{}, nil, 0)
				well := time.Now()
				pass(3 * time.Hour)
				if n := len(titles(t, store)); n != 2*sources {
					t.Errorf("%d entries of %d sources", n, sources)
				}
				polls := firsts(w.asked(well, list...))
				if len(polls) != sources || polls[0].at.Sub(well) > 11*time.Minute {
					t.Errorf("%d sources are polled, the first %v after", len(polls), polls[0].at.Sub(well))
				}
				for _, c := range polls {
					if want := fmt.Sprintf("%q", c.address); c.header.Get("If-None-Match") != want {
						t.Errorf("%s: asked with %q, want %q", c.address, c.header.Get("If-None-Match"), want)
					}
				}
				for minute, n := range perMinute(polls[1:], polls[1].at) {
					if n > sources/2 {
						t.Errorf("%d of %d polls in minute %d", n, sources, minute)
					}
				}
				if diff := cmp.Diff(map[string]int{storeFull: 1, storeWell: 1}, log.lines()); diff != "" {
					t.Errorf("log (-want +got)\n%s", diff)
				}
				if list := told.all(); len(list) != 2 || list[0].Why == "" || list[1] != (storage.Trouble{}) {
					t.Errorf("told of %+v", list)
				}
			})
		})
	}
}

// A store that takes a poll without news and refuses one with is not well.
func TestF14_WhatIsUnchangedDoesNotEndTheTrouble(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const sources = 40
		store, list, _, log, _ := w.crampedDaemon(t, sources)
		store.set(storage.Room{}, storage.ErrFull, 0)
		for _, address := range list[:sources/4] {
			w.set(address, feed(address, address+" news"))
		}
		pass(24 * time.Hour)
		if n := store.refusals(); n > 24*6+20+sources {
			t.Errorf("%d commits were tried in vain", n)
		}
		for _, id := range list[sources/4:] {
			if last := state(t, store, id).LastPoll; time.Since(last) > 24*time.Hour {
				t.Errorf("%s was polled %v ago for the last time", id, time.Since(last))
			}
		}
		if diff := cmp.Diff(map[string]int{storeFull: 1}, log.lines()); diff != "" {
			t.Errorf("log (-want +got)\n%s", diff)
		}
	})
}

// What was refused may fit in once more, in pages that other commits freed.
func TestF14_WhatFitsOnceDoesNotEndTheTrouble(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list, _, log, _ := w.crampedDaemon(t, 40)
		store.set(storage.Room{}, storage.ErrFull, 0)
		for _, address := range list {
			w.set(address, feed(address, address+" news"))
		}
		pass(24 * time.Hour)
		store.mu.Lock()
		store.fit = 1
		store.mu.Unlock()
		pass(24 * time.Hour)
		if n := len(titles(t, store)); n != 41 {
			t.Errorf("%d entries, want one more than the 40 there were", n)
		}
		if diff := cmp.Diff(map[string]int{storeFull: 1}, log.lines()); diff != "" {
			t.Errorf("log (-want +got)\n%s", diff)
		}
	})
}

// Where only one source has news, nothing else shows that the store is well.
func TestF14_WhatFitsOnceAndStaysWellEndsTheTrouble(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list, a, log, _ := w.crampedDaemon(t, 40)
		store.set(storage.Room{}, storage.ErrFull, 0)
		w.set(list[0], feed(list[0], list[0]+" news"))
		pass(24 * time.Hour)
		if a.Trouble().Why == "" {
			t.Fatal("no trouble is told")
		}
		store.set(storage.Room{}, nil, 0)
		pass(24 * time.Hour)
		if n := len(titles(t, store)); n != 41 {
			t.Errorf("%d entries, want one more than the 40 there were", n)
		}
		if diff := cmp.Diff(map[string]int{storeFull: 1, storeWell: 1}, log.lines()); diff != "" {
			t.Errorf("log (-want +got)\n%s", diff)
		}
	})
}

// TestF15_PollsPauseBeforeTheStoreIsFull takes the room away and gives it back:
// no visit is made in between, and none is in vain.
func TestF15_PollsPauseBeforeTheStoreIsFull(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const sources = 40
		store, list, a, log, _ := w.crampedDaemon(t, sources)
		store.set(storage.Room{Free: 10, Least: 100, Limit: "the disk"}, nil, 0)
		pass(time.Minute)
		began := time.Now()
		pass(6 * time.Hour)
		if calls := w.asked(began); len(calls) > 0 {
			t.Errorf("%d visits without room", len(calls))
		}
		for _, force := range []bool{false, true} {
			if _, _, err := a.Poll(t.Context(), list[:1], force); !errors.Is(err, storage.ErrFull) {
				t.Errorf("poll: error %v, want ErrFull", err)
			}
		}
		if want := "storage: full: 10 B are left of the disk, and 100 B are kept free"; a.Trouble().Why != want {
			t.Errorf("trouble %q, want %q", a.Trouble().Why, want)
		}

		store.set(storage.Room{Free: 110, Least: 100, Limit: "the disk"}, nil, 0)
		pass(time.Hour)
		if calls := w.asked(began); len(calls) > 0 {
			t.Errorf("%d visits with hardly any room", len(calls))
		}
		store.set(storage.Room{Free: 200, Least: 100, Limit: "the disk"}, nil, 0)
		well := time.Now()
		pass(2 * time.Hour)
		if polls := firsts(w.asked(well)); len(polls) != sources || polls[0].at.Sub(well) > 5*time.Minute {
			t.Errorf("%d sources are polled again, want %d within minutes", len(polls), sources)
		}
		if diff := cmp.Diff(map[string]int{storeFull: 1, storeWell: 1}, log.lines()); diff != "" {
			t.Errorf("log (-want +got)\n%s", diff)
		}
	})
}

// A store that is full when the daemon starts is waited for, with a plan and
// then with a whole configuration that could not be stored.
func TestF14_TheDaemonStartsOnAFullStore(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list := &cramped{Store: fastStore(t)}, w.hosts(4)
		_, stop := run(t, w.daemon(store, list...))
		pass(time.Hour)
		stop()
		store.set(storage.Room{}, storage.ErrFull, -1)
		o := w.daemon(store, list...)
		for i := range o.Sources {
			o.Sources[i].MinInterval = 12 * time.Hour // the stored plan does not hold
		}
		_, stop = run(t, o)
		pass(time.Hour)
		stop()

		added := "added.example/feed"
		w.set(added, feed(added))
		a, _ := run(t, w.daemon(store, append(list, added)...))
		pass(time.Hour)
		if a.Trouble().Why == "" {
			t.Error("no trouble is told")
		}
		if _, _, err := a.Poll(t.Context(), nil, false); !errors.Is(err, storage.ErrFull) {
			t.Errorf("poll: error %v, want ErrFull", err)
		}
		store.set(storage.Room{}, nil, 0)
		pass(48 * time.Hour)
		for _, id := range append(list, added) {
			if last := state(t, store, id).LastPoll; time.Since(last) > 25*time.Hour {
				t.Errorf("%s was polled %v ago for the last time", id, time.Since(last))
			}
		}
		if trouble := a.Trouble(); trouble != (storage.Trouble{}) {
			t.Errorf("trouble %+v", trouble)
		}
	})
}

// TestF15_WhatRetentionRemovesMakesRoom lets a store of limited size run full
// and then be pruned: polls pause, and resume by themselves.
func TestF15_WhatRetentionRemovesMakesRoom(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, err := bolt.Open(filepath.Join(memory(t), "test.db"), bolt.Options{MaxBytes: 4 << 20})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		list := w.hosts(4)
		o := w.daemon(store, list...)
		log := newLogbook()
		o.Log = log.logger()
		o.Retention.Age = 3 * 24 * time.Hour
		a, _ := run(t, o)
		pass(24 * time.Hour)
		for n := 0; ; n += 20 {
			if room, err := store.Room(t.Context()); err != nil || room.Short() {
				break
			}
			commit(t, store, pages(list[0], n, 20, time.Now()))
		}
		pass(time.Hour)
		if a.Trouble().Why == "" {
			t.Fatal("polls go on without room")
		}
		full := time.Now()
		pass(24 * time.Hour)
		if n := len(w.asked(full)); n > 0 {
			t.Errorf("%d visits without room", n)
		}
		pass(2 * 24 * time.Hour)
		if trouble := a.Trouble(); trouble.Why != "" {
			t.Errorf("the entries are gone, and there is trouble: %+v", trouble)
		}
		if polls := firsts(w.asked(full)); len(polls) != len(list) {
			t.Errorf("%d of %d sources are polled again", len(polls), len(list))
		}
		if lines := log.lines(); lines[storeFull] != 1 || lines[storeWell] != 1 {
			t.Errorf("log %v", lines)
		}
	})
}
