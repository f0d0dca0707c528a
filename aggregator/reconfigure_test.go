package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/filter"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// reconfigure applies other options, which must succeed.
func reconfigure(t *testing.T, a *aggregator.Aggregator, o aggregator.Options) {
	t.Helper()
	if err := a.Reconfigure(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// due returns when the store has each source due.
func due(t *testing.T, store storage.Store) map[string]time.Time {
	t.Helper()
	sources, err := store.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]time.Time{}
	for _, s := range sources {
		times[s.ID] = s.State.NextDue
	}
	return times
}

func TestE04_UnchangedSourcesKeepTheirSchedule(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		hosts := w.hosts(20)
		store := fastStore(t)
		o := w.daemon(store, hosts...)
		a, stop := run(t, o)
		defer stop()
		pass(30 * time.Minute)
		planned, began := due(t, store), time.Now()
		for i := range 100 {
			o.Feed.Title = fmt.Sprint("title ", i)
			o.Workers = 1 + i%7
			o.HostInterval = time.Duration(1+i%2) * time.Second
			o.Sources = slices.Clone(o.Sources)
			o.Sources[0].Title = o.Feed.Title
			reconfigure(t, a, o)
		}
		if calls := w.asked(began); len(calls) > 0 {
			t.Errorf("asked %v at once", calls)
		}
		for id, at := range due(t, store) {
			if !at.Equal(planned[id]) {
				t.Errorf("%s is due at %v, was at %v", id, at, planned[id])
			}
		}
		settings, err := store.Settings(t.Context())
		if err != nil || settings.Feed.Title != "title 99" || settings.Sources[0].Title != "title 99" {
			t.Errorf("settings %+v, %v", settings.Feed, err)
		}
		pass(26 * time.Hour)
		for _, h := range hosts {
			calls := w.asked(began, h)
			if len(calls) == 0 || calls[0].at.Before(planned[h].Add(-time.Second)) || calls[0].at.After(planned[h].Add(time.Minute)) {
				t.Errorf("%s was due at %v and asked %v", h, planned[h], calls)
			}
		}
	})
}

func TestE04_NewChangedAndRemovedSources(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		hosts := w.hosts(6)
		kept, removed, disabled, moved, added, rescheduled := hosts[0], hosts[1], hosts[2], hosts[3], hosts[4], hosts[5]
		w.set("elsewhere.example/feed", feed("elsewhere"))
		store := fastStore(t)
		o := w.daemon(store, kept, removed, disabled, moved, rescheduled)
		a, stop := run(t, o)
		defer stop()
		pass(5 * time.Minute)
		planned := due(t, store)

		began := time.Now()
		o = w.daemon(store, kept, disabled, moved, added, rescheduled)
		o.Sources[1].Disabled = true
		o.Sources[2].URL = "http://elsewhere.example/feed"
		hourly, err := schedule.ParseSchedule("@hourly")
		if err != nil {
			t.Fatal(err)
		}
		o.Sources[4].Schedule = hourly
		reconfigure(t, a, o)
		pass(time.Minute)
		for _, address := range []string{added, "elsewhere.example/feed"} {
			if n := len(w.asked(began, address)); n != 1 {
				t.Errorf("%s was asked %d times at once, want once", address, n)
			}
		}
		now := due(t, store)
		if !now[kept].Equal(planned[kept]) {
			t.Errorf("the source that is kept is due at %v, was at %v", now[kept], planned[kept])
		}
		if at := now[rescheduled]; at.Minute() != 0 || at.Second() != 0 {
			t.Errorf("the scheduled source is due at %v", at)
		}
		pass(48 * time.Hour)
		for _, address := range []string{removed, disabled, moved} {
			if calls := w.asked(began, address); len(calls) > 0 {
				t.Errorf("asked %v", calls)
			}
		}
		if n := len(w.asked(began, rescheduled)); n < 47 || n > 49 {
			t.Errorf("the scheduled source was asked %d times in two days", n)
		}

		// What comes back is asked at once.
		began = time.Now()
		reconfigure(t, a, w.daemon(store, hosts...))
		pass(time.Minute)
		for _, address := range []string{removed, disabled, moved} {
			if n := len(w.asked(began, address)); n != 1 {
				t.Errorf("%s is back, and was asked %d times at once", address, n)
			}
		}
	})
}

// TestE04_PollsUnderWayGoOn reconfigures while all sources are being asked.
func TestE04_PollsUnderWayGoOn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		hosts := w.hosts(4)
		kept, removed, moved := hosts[0], hosts[1], hosts[2]
		w.set("elsewhere.example/feed", feed("elsewhere"))
		gate := make(chan struct{})
		for _, h := range hosts[:3] {
			answer := feed(h)
			w.set(h, func(rw http.ResponseWriter, r *http.Request) { <-gate; answer(rw, r) })
		}
		store := fastStore(t)
		a, stop := run(t, w.daemon(store, kept, removed, moved))
		defer stop()
		pass(2 * time.Second)
		total, results, err := a.Poll(t.Context(), []string{removed, moved}, true)
		if err != nil || total != 2 {
			t.Fatal(total, err)
		}
		o := w.daemon(store, kept, moved, hosts[3])
		o.Sources[1].URL = "http://elsewhere.example/feed"
		reconfigure(t, a, o)
		close(gate)
		pass(time.Minute)

		got := map[string]aggregator.Outcome{}
		for r := range results {
			got[r.Source] = r.Outcome
		}
		if got[removed] != aggregator.Changed || got[moved] != aggregator.Changed {
			t.Errorf("results %v", got)
		}
		for id, want := range map[string]string{kept: kept, removed: removed, moved: "elsewhere", hosts[3]: hosts[3]} {
			page, err := store.Entries(t.Context(), storage.Query{Source: id, Hidden: true, Limit: 10})
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("%s has %d entries, %v", id, len(page.Items), err)
			}
			if page.Items[0].Title != want {
				t.Errorf("%s has the entry %q, want %q", id, page.Items[0].Title, want)
			}
		}
		if src, err := store.Source(t.Context(), removed); err != nil || !src.Removed {
			t.Errorf("source %+v, %v", src, err)
		}
		for _, h := range hosts[:3] {
			if n := len(w.asked(time.Time{}, h)); n != 1 {
				t.Errorf("%s was asked %d times", h, n)
			}
		}
	})
}

func TestE04_FiltersAndViewsHoldForWhatIsStored(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		hosts := w.hosts(2)
		store := fastStore(t)
		o := w.daemon(store, hosts...)
		a, stop := run(t, o)
		defer stop()
		pass(time.Minute)
		for _, where := range []string{`title == "` + hosts[0] + `"`, `title != "` + hosts[0] + `"`, ""} {
			o = w.daemon(store, hosts...)
			if where != "" {
				f, err := filter.Compile(where)
				if err != nil {
					t.Fatal(err)
				}
				o.Sources[0].Where, o.Sources[0].Filter = where, f
				o.Views = []aggregator.View{{View: storage.View{Name: "one", Where: where}, Filter: f}}
			}
			reconfigure(t, a, o)
			pass(time.Second)
			e := onlyEntry(t, store, hosts[0])
			meets := where == "" || where[6:8] == "=="
			if (e.Hidden == "") != meets || slices.Contains(e.Views, "one") != (meets && where != "") {
				t.Errorf("by %q the entry is hidden by %q and in the views %v", where, e.Hidden, e.Views)
			}
		}
	})
}

// onlyEntry returns the one entry of a source.
func onlyEntry(t *testing.T, store storage.Store, source string) storage.Entry {
	t.Helper()
	page, err := store.Entries(t.Context(), storage.Query{Source: source, Hidden: true, Limit: 2})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%s has %d entries, %v", source, len(page.Items), err)
	}
	return page.Items[0]
}

// refusing is a store that takes nothing while it is full.
type refusing struct {
	storage.Store
	full bool
}

func (s *refusing) Commit(ctx context.Context, records ...storage.Record) error {
	if s.full {
		return storage.ErrFull
	}
	return s.Store.Commit(ctx, records...)
}

func TestE04_WhatTheStoreRefusesIsNotApplied(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		hosts := w.hosts(2)
		store := &refusing{Store: fastStore(t)}
		a, stop := run(t, w.daemon(store, hosts[0]))
		defer stop()
		pass(time.Minute)
		store.full = true
		if err := a.Reconfigure(t.Context(), w.daemon(store, hosts[1])); !errors.Is(err, storage.ErrFull) {
			t.Errorf("error %v", err)
		}
		store.full = false
		if _, _, err := a.Poll(t.Context(), []string{hosts[1]}, true); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the new source is polled: %v", err)
		}
		if got := poll(t, a, true, hosts[0]); got[hosts[0]].Outcome == aggregator.Skipped {
			t.Errorf("the old source is not polled: %v", got)
		}
		if err := a.Alive(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// slowCommit is a store whose commits wait for a gate.
type slowCommit struct {
	storage.Store
	gate chan struct{}
}

func (s *slowCommit) Commit(ctx context.Context, records ...storage.Record) error {
	if s.gate != nil {
		<-s.gate
	}
	return s.Store.Commit(ctx, records...)
}

func TestE06_ABlockedSchedulerIsNotAlive(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		hosts := w.hosts(1)
		store := &slowCommit{Store: fastStore(t)}
		a, stop := run(t, w.daemon(store, hosts...))
		defer stop()
		pass(time.Minute)
		if err := a.Alive(t.Context()); err != nil {
			t.Errorf("error %v", err)
		}
		store.gate = make(chan struct{})
		o := w.daemon(store, hosts...)
		o.Feed.Title = "other"
		applied := make(chan error, 1)
		go func() { applied <- a.Reconfigure(t.Context(), o) }()
		pass(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := a.Alive(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		close(store.gate)
		if err := <-applied; err != nil {
			t.Error(err)
		}
		if err := a.Alive(t.Context()); err != nil {
			t.Errorf("error %v", err)
		}
	})
}
