package storagetest

import (
	"context"

	"newsfeed/storage"
)

func (s *suite) allOrNothing() {
	s.commit(configure("a", "b"), poll("a", entry("urn:0", "a", "s0", 0)))
	before := look(s)
	good := poll("a", entry("urn:1", "a", "s1", 1))
	for _, test := range []struct {
		name string
		bad  storage.Record
	}{
		{"nothing in it", storage.Record{}},
		{"two parts", storage.Record{Poll: good.Poll, Prune: &storage.Prune{}}},
		{"unknown source", poll("z")},
		{"no id", poll("a", entry("", "a", "s2", 2))},
		{"no story", poll("a", entry("urn:2", "a", "", 2))},
		{"entry of another source", poll("a", entry("urn:2", "b", "s2", 2))},
		{"one of two entries", poll("a", entry("urn:3", "a", "s3", 2), entry("", "a", "s2", 2))},
		{"source configured twice", configure("a", "a")},
		{"a poll and a checkpoint", storage.Record{Poll: good.Poll, Checkpoint: &storage.Checkpoint{}}},
		{"a poll and editions", storage.Record{Poll: good.Poll, Editions: []storage.Edition{{Path: "feed.rss"}}}},
		{"event of another source", eventful("a", storage.Event{Source: "b", Kind: storage.Gone})},
		{"edition of no path", editions(storage.Edition{})},
	} {
		s.refuse(good, prune("urn:0"), test.bad)
		s.equal(test.name, look(s), before)
	}
	s.reopen()
	s.equal("after all that, opened again", look(s), before)

	for looks := 0; ; looks++ {
		ctx := &dyingContext{Context: s.Context(), looks: looks}
		err := s.Commit(ctx, good, prune("urn:0"), configure("c"))
		if err == nil {
			break
		}
		s.is("cancelled on the way", err, context.Canceled)
		s.equal("cancelled on the way", look(s), before)
	}
}

// dyingContext is cancelled after so many looks at it.
type dyingContext struct {
	context.Context
	looks int
}

func (c *dyingContext) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

func (s *suite) cancelled() {
	s.commit(configure("a"))
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	for name, err := range calls(ctx, s.Store) {
		s.is(name, err, context.Canceled)
	}
}

func (s *suite) closed() {
	s.commit(configure("a"))
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	for name, err := range calls(s.Context(), s.Store) {
		s.is(name, err, storage.ErrClosed)
	}
}

// calls makes each call of a store and returns its error.
func calls(ctx context.Context, st storage.Store) map[string]error {
	errs := map[string]error{}
	_, errs["Settings"] = st.Settings(ctx)
	_, errs["Sources"] = st.Sources(ctx)
	_, errs["Source"] = st.Source(ctx, "a")
	_, errs["Entry"] = st.Entry(ctx, "urn:1")
	_, errs["Entries"] = st.Entries(ctx, storage.Query{Limit: 1})
	_, errs["Story"] = st.Story(ctx, "s")
	_, errs["Stories"] = st.Stories(ctx, storage.Query{Limit: 1})
	_, errs["Find"] = st.Find(ctx, []storage.Key{key("k")})
	_, errs["StorySize"] = st.StorySize(ctx, "s")
	_, errs["Pruned"] = st.Pruned(ctx, []storage.Key{key("k")})
	_, errs["Arrivals"] = st.Arrivals(ctx, 0, 1)
	_, errs["Oldest"] = st.Oldest(ctx, 1)
	_, errs["Checkpoint"] = st.Checkpoint(ctx)
	_, errs["Events"] = st.Events(ctx, 0, 1)
	_, errs["Edition"] = st.Edition(ctx, "feed.rss")
	_, errs["Stats"] = st.Stats(ctx)
	errs["Commit"] = st.Commit(ctx, poll("a"))
	if limited, ok := st.(storage.Limited); ok {
		_, errs["Room"] = limited.Room(ctx)
	}
	if measurer, ok := st.(storage.Measurer); ok {
		_, errs["Figures"] = measurer.Figures(ctx)
	}
	return errs
}
