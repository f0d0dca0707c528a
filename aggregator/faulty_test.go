package aggregator_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// hasty is a store whose first commit of entries takes effect and fails, as where
// only the last write to the disk does.
type hasty struct {
	storage.Store
	once  sync.Once
	fails atomic.Bool // on after that
	then  bool        // it is to
}

func (s *hasty) Commit(ctx context.Context, records ...storage.Record) error {
	faulty := fmt.Errorf("%w: sync", storage.ErrFaulty)
	if s.fails.Load() {
		return faulty
	}
	err := s.Store.Commit(ctx, records...)
	brings := func(r storage.Record) bool { return r.Poll != nil && len(r.Poll.Entries) > 0 }
	if err == nil && slices.ContainsFunc(records, brings) {
		s.once.Do(func() {
			err = faulty
			s.fails.Store(s.then)
		})
	}
	return err
}

// TestF07_WhatMayNotBeOnTheDiskIsNotAcknowledged has the commit of a poll fail
// after it took effect for all that reads, and the disk fail on.
func TestF07_WhatMayNotBeOnTheDiskIsNotAcknowledged(t *testing.T) {
	s, store := newSite(t), &hasty{Store: openStore(t), then: true}
	s.set("/feed", teasers("one", "two"))
	a, _ := run(t, options(store, s, "/feed"))
	if r := poll(t, a, true)["feed"]; r.New != 0 || r.Error == "" {
		t.Errorf("%+v, want an error", r)
	}
}

// TestF07_APollIsNotSettledTwice has the commit of a source's first poll fail
// after it took effect: its entries are new all the same, and their articles are
// visited.
func TestF07_APollIsNotSettledTwice(t *testing.T) {
	s, store := newSite(t), &hasty{Store: openStore(t)}
	s.set("/feed", teasers("one", "two"))
	s.set("/one", articlePage(8))
	s.set("/two", articlePage(8))
	a, _ := run(t, fullTexts(store, s, "/feed"))
	if r := poll(t, a, true)["feed"]; r.New != 2 || r.Outcome != aggregator.Changed || r.Error != "" {
		t.Errorf("%+v, want two new entries", r)
	}
	st := state(t, store, "feed")
	if st.Polls != 1 || !st.LastNew.Equal(st.LastPoll) {
		t.Errorf("%d polls, the last at %v, with news at %v", st.Polls, st.LastPoll, st.LastNew)
	}
	for _, title := range []string{"one", "two"} {
		if e := only(t, store, title); !e.FullText {
			t.Errorf("the article of %q was not visited", title)
		}
	}
}
