package storagetest

import (
	"time"

	"newsfeed/storage"
)

func (s *suite) empty() {
	ctx := s.Context()
	settings, err := s.Settings(ctx)
	s.is("settings", err, nil)
	s.equal("settings", settings, storage.Settings{})
	sources, err := s.Sources(ctx)
	s.is("sources", err, nil)
	s.equal("number of sources", len(sources), 0)
	_, err = s.Source(ctx, "a")
	s.is("source", err, storage.ErrNotFound)
	_, err = s.Entry(ctx, "urn:1")
	s.is("entry", err, storage.ErrNotFound)
	_, err = s.Story(ctx, "s")
	s.is("story", err, storage.ErrNotFound)
	s.equal("entries", s.entryIDs(storage.Query{}), []string{})
	s.equal("stories", s.storyIDs(storage.Query{}), []string{})
	found, err := s.Find(ctx, []storage.Key{key("k")})
	s.is("find", err, nil)
	s.equal("found", found, []storage.Entry{{}})
	pruned, err := s.Pruned(ctx, []storage.Key{key("k")})
	s.is("pruned", err, nil)
	s.equal("pruned", pruned, []time.Time{{}})
	arrivals, err := s.Arrivals(ctx, 0, 1)
	s.is("arrivals", err, nil)
	s.equal("number of arrivals", len(arrivals), 0)
	checkpoint, err := s.Checkpoint(ctx)
	s.is("checkpoint", err, nil)
	s.equal("checkpoint", checkpoint, storage.Checkpoint{})
	events, err := s.Events(ctx, 0, 1)
	s.is("events", err, nil)
	s.equal("number of events", len(events), 0)
	_, err = s.Edition(ctx, "feed.rss")
	s.is("edition", err, storage.ErrNotFound)
	stats := s.stats()
	stats.Bytes, stats.Live = 0, 0
	s.equal("stats", stats, storage.Stats{})
}

func (s *suite) settings() {
	ctx := s.Context()
	first := configure("b", "a")
	first.Settings.Sources[0].Categories = []string{"Europe"}
	s.commit(first)
	got, err := s.Settings(ctx)
	s.is("settings", err, nil)
	want := *first.Settings
	want.Sources = []storage.SourceSettings{first.Settings.Sources[1], first.Settings.Sources[0]}
	s.equal("settings", got, want)

	state := storage.State{Error: "no answer", Failures: 3}
	s.commit(storage.Record{Poll: &storage.Poll{Source: "b", State: state}})
	s.commit(configure("a", "c"))
	removed, err := s.Source(ctx, "b")
	s.is("removed source", err, nil)
	s.equal("removed source", removed, storage.Source{SourceSettings: first.Settings.Sources[0], Removed: true, State: state})
	got, err = s.Settings(ctx)
	s.is("settings", err, nil)
	s.equal("configured sources", len(got.Sources), 2)
	sources, err := s.Sources(ctx)
	s.is("sources", err, nil)
	var names []string
	for _, src := range sources {
		names = append(names, src.ID)
	}
	s.equal("all sources", names, []string{"a", "b", "c"})
	s.equal("number of sources", s.stats().Sources, 3)

	s.commit(poll("b", entry("urn:1", "b", "s", 1))) // a visit that was under way
	s.commit(configure("b"))
	back, err := s.Source(ctx, "b")
	s.is("returned source", err, nil)
	s.equal("removed", back.Removed, false)
	s.equal("entries", back.Entries, 1)
	s.equal("categories", back.Categories, []string(nil))

	s.refuse(configure("a", "a"))
	s.refuse(configure(""))
}

func (s *suite) hiddenSources() {
	s.commit(
		configure("a", "b"),
		poll("a", entry("urn:1", "a", "s1", 1), entry("urn:3", "a", "s3", 3)),
		poll("b", entry("urn:2", "b", "s2", 2)),
	)
	all := []string{"urn:3", "urn:2", "urn:1"}
	none := []string{}
	for _, step := range []struct {
		name   string
		record storage.Record
		want   []string
		ofA    []string
	}{
		{"all visible", configure("a", "b"), all, []string{"urn:3", "urn:1"}},
		{"disabled", disable(configure("a", "b"), "a"), []string{"urn:2"}, none},
		{"enabled again", configure("a", "b"), all, []string{"urn:3", "urn:1"}},
		{"removed", configure("a"), []string{"urn:3", "urn:1"}, []string{"urn:3", "urn:1"}},
		{"both hidden", disable(configure("a"), "a"), none, none},
		{"returned", configure("b", "a"), all, []string{"urn:3", "urn:1"}},
	} {
		s.commit(step.record)
		s.equal(step.name, s.entryIDs(storage.Query{Limit: 1}), step.want)
		s.equal(step.name+": of a", s.entryIDs(storage.Query{Source: "a"}), step.ofA)
		s.equal(step.name+": stories", len(s.storyIDs(storage.Query{})), len(step.want))
		s.equal(step.name+": on demand", s.entryIDs(storage.Query{Hidden: true, Limit: 2}), all)
		s.equal(step.name+": stories never", s.storyIDs(storage.Query{Hidden: true}), s.storyIDs(storage.Query{}))
		s.equal(step.name+": stored", s.stats().Entries, 3)
		s.equal(step.name+": by id", s.entry("urn:1").ID, "urn:1")
		_, err := s.Story(s.Context(), "s1")
		if len(step.ofA) == 0 {
			s.is(step.name+": story", err, storage.ErrNotFound)
		} else {
			s.is(step.name+": story", err, nil)
		}
	}
}
