package storagetest

import "newsfeed/storage"

func (s *suite) fold() {
	ctx := s.Context()
	began, joined := entry("1", "a", "from", 10), entry("3", "b", "from", 60)
	joined.Joined = storage.Decision{Rule: "url", Other: "1", Score: 1}
	into, last := entry("2", "a", "into", 20), entry("4", "b", "into", 30)
	last.Joined = storage.Decision{Rule: "url", Other: "2", Score: 1}
	s.commit(configure("a", "b"),
		poll("a", began), poll("a", into), poll("b", joined), poll("b", last),
		poll("a", entry("5", "a", "other", 15), entry("6", "a", "later", 70)))
	before := s.stats()
	s.equal("stories", s.storyIDs(storage.Query{}), []string{"later", "into", "other", "from"})

	s.commit(fold("a", "from", "into"))
	began.Story, joined.Story = "into", "into"
	began.Joined = storage.Decision{Rule: "alike", Other: "urn:other", Score: 0.5}
	want := storage.Story{ID: "into", Public: "2", Changed: at(60), Entries: []storage.Entry{began, into, joined, last}}
	for range 2 {
		for _, id := range []string{"from", "into"} {
			st, err := s.Story(ctx, id)
			s.is(id, err, nil)
			s.equal(id, st, want)
		}
		s.equal("places", s.storyIDs(storage.Query{Limit: 1}), []string{"later", "other", "into"})
		s.equal("places of a source", s.storyIDs(storage.Query{Source: "b"}), []string{"into"})
		s.equal("entry", s.entry("1"), began)
		s.equal("arrivals", s.arrived(0, 10), []string{"6", "5", "4", "3", "2", "1"})
		s.reopen()
	}
	after := s.stats()
	s.equal("number of stories", after.Stories, before.Stories-1)
	s.equal("number of entries", after.Entries, before.Entries)
	s.equal("version", after.Version, before.Version+1)
	s.equal("changed", after.Changed, before.Changed)

	s.commit(poll("b", entry("7", "b", "from", 80)))
	s.equal("joined by the id that was folded", s.entry("7").Story, "into")
	s.equal("published", s.published(storage.Query{}), []string{"6: 6", "5: 5", "2: 1 2 3 4 7"})
	s.commit(prune("1"))
	s.equal("without its lead", s.published(storage.Query{}), []string{"6: 6", "2: 2 3 4 7", "5: 5"})

	s.commit(prune("2", "3", "4", "7"))
	for _, id := range []string{"from", "into"} {
		_, err := s.Story(ctx, id)
		s.is(id+" when all are gone", err, storage.ErrNotFound)
	}
	s.equal("stories in the end", s.stats().Stories, 2)
	s.commit(poll("a", entry("8", "a", "from", 90)))
	s.equal("begun anew", s.published(storage.Query{Since: at(90)}), []string{"8: 8"})
	s.equal("story begun anew", s.entry("8").Story, "from")
}

func (s *suite) foldAgain() {
	ctx := s.Context()
	lead := func(into string, ids ...string) {
		s.Helper()
		for _, id := range append(ids, into) {
			st, err := s.Story(ctx, id)
			s.is(id, err, nil)
			s.equal(id+" leads to", st.ID, into)
		}
	}
	s.commit(configure("a"), poll("a",
		entry("1", "a", "s1", 1), entry("2", "a", "s2", 2), entry("3", "a", "s3", 3),
		entry("4", "a", "s4", 4), entry("5", "a", "s5", 5)))
	s.commit(fold("a", "s1", "s2", "s4", "s3")) // two in one poll
	lead("s2", "s1")
	lead("s3", "s4")
	s.commit(fold("a", "s2", "s3")) // with those that led to it
	lead("s3", "s1", "s2", "s4")
	s.commit(fold("a", "s1", "s3", "s4", "s2", "s1", "nothing", "nothing", "s1")) // all of no effect
	lead("s3", "s1", "s2", "s4")
	s.commit(fold("a", "s5", "s1")) // into the one that it leads to
	lead("s3", "s1", "s2", "s4", "s5")
	s.equal("published", s.published(storage.Query{}), []string{"3: 1 2 3 4 5"})

	// In the poll that brings the entries, and in a chain.
	p := fold("a", "s6", "s7", "s7", "s3")
	p.Poll.Entries = []storage.Entry{entry("6", "a", "s6", 6), entry("7", "a", "s7", 7)}
	s.commit(p)
	lead("s3", "s1", "s2", "s4", "s5", "s6", "s7")
	s.equal("published", s.published(storage.Query{}), []string{"3: 1 2 3 4 5 6 7"})
	s.equal("stories", s.stats().Stories, 1)

	// A lead that is hidden, or stands apart.
	s.commit(judge("a", "1", "a rule"))
	s.equal("its lead hidden", s.published(storage.Query{}), []string{"3: 2 3 4 5 6 7"})
	s.commit(across(configure("a"), "a", storage.Mark))
	s.equal("apart", len(s.published(storage.Query{})), 6)
}
