package aggregator_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// hasty is a store whose first commit of entries takes effect and fails, as where
// only the last write to the disk does.
type hasty struct {
	storage.Store
	once sync.Once
}

func (s *hasty) Commit(ctx context.Context, records ...storage.Record) error {
	err := s.Store.Commit(ctx, records...)
	brings := func(r storage.Record) bool { return r.Poll != nil && len(r.Poll.Entries) > 0 }
	if err == nil && slices.ContainsFunc(records, brings) {
		s.once.Do(func() { err = fmt.Errorf("%w: sync", storage.ErrFaulty) })
	}
	return err
}

// TestF05_APollIsNotSettledTwice has the commit of a source's first poll fail
// after it took effect: its entries are new all the same, and their articles are
// visited.
func TestF05_APollIsNotSettledTwice(t *testing.T) {
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
