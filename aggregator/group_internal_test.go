package aggregator

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// slowStore is a real store whose commits take a second of a bubble.
type slowStore struct {
	storage.Store
	begin  time.Time
	groups []group // in order
}

// group is what was committed together.
type group struct {
	Polls int
	After time.Duration // when the commit began
}

const commitTime = time.Second

func (s *slowStore) Commit(ctx context.Context, records ...storage.Record) error {
	g := group{After: time.Since(s.begin)}
	for _, r := range records {
		if r.Poll != nil {
			g.Polls++
		}
	}
	s.groups = append(s.groups, g)
	<-time.After(commitTime)
	return s.Store.Commit(ctx, records...)
}

// TestF11_PollsShareACommit hands polls to the committer at once, of which more
// may be under way. Each is answered when the commit it is in is durable, and
// not before.
func TestF11_PollsShareACommit(t *testing.T) {
	for _, test := range []struct {
		name                      string
		polls, entries, alsoOnWay int
		want                      []group
	}{
		{"all that are under way do not wait", 50, 1, 0, []group{{50, 0}}},
		{"others are waited for, but not for long", 50, 1, 7, []group{{50, groupDelay}}},
		{"one by itself does not wait", 1, 1, 0, []group{{1, 0}}},
		{"a group has an end", 5, groupEntries / 2, 20, []group{{2, 0}, {2, commitTime}, {1, 2*commitTime + groupDelay}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			bubble.Test(t, func(t *testing.T) {
				real, err := bolt.Open(filepath.Join(dir, "newsfeed.db"), bolt.Options{MmapSize: 1 << 20})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = real.Close() }()
				o := Options{Store: real, Log: slog.New(slog.DiscardHandler)}
				for i := range test.polls {
					o.Sources = append(o.Sources, Source{SourceSettings: storage.SourceSettings{ID: fmt.Sprint("s", i)}})
				}
				a := New(o)
				if err := a.Configure(t.Context()); err != nil {
					t.Fatal(err)
				}
				store := &slowStore{Store: real, begin: time.Now()}
				a.o.Store = store
				c, err := a.newCommitter(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				a.underway.Store(int64(test.polls + test.alsoOnWay))
				var committer, polls sync.WaitGroup
				committer.Go(func() { c.run(t.Context()) })
				for _, src := range a.config().Sources {
					polls.Go(func() { a.submitAndLook(t, src.ID, test.entries) })
				}
				polls.Wait()
				close(a.commits)
				committer.Wait()
				if !slices.Equal(store.groups, test.want) {
					t.Errorf("committed %v, want %v", store.groups, test.want)
				}
			})
		})
	}
}

// submitAndLook commits a poll with so many entries and looks, at the moment in
// which it is acknowledged, whether they are stored.
func (a *Aggregator) submitAndLook(t *testing.T, source string, entries int) {
	now := time.Now()
	p := &storage.Poll{Source: source, State: storage.State{Polls: 1}}
	for i := range entries {
		p.Entries = append(p.Entries, storage.Entry{
			Source: source, GUID: fmt.Sprint(source, " ", i), Title: fmt.Sprint("Report ", i, " of ", source),
			FirstSeen: now, Effective: now,
		})
	}
	dedup.Identify(p.Entries, false)
	o, err := a.submit(t.Context(), commit{poll: p, items: make([]storage.Digest, entries), now: now})
	if err != nil || o.added != entries {
		t.Errorf("%s: %d entries added, error %v", source, o.added, err)
	}
	stored, err := a.o.Store.Source(t.Context(), source)
	if err != nil || stored.State.Polls != 1 || stored.Entries != entries {
		t.Errorf("%s was acknowledged, but has %d polls and %d entries; error %v", source, stored.State.Polls, stored.Entries, err)
	}
}
