package storagetest

import "newsfeed/storage"

func (s *suite) version() {
	last := s.stats().Version
	titled := poll("a")
	titled.Poll.State.About.Title = "A's News"
	visited := poll("a")
	visited.Poll.State = storage.State{
		About:  storage.About{Title: "A's News", Updated: at(1)},
		Status: 304, LastPoll: at(1), Polls: 2,
	}
	again := configure("a", "b")
	again.Settings.Changed = at(60)
	renamed := configure("a", "b")
	renamed.Settings.Feed.Title, renamed.Settings.Changed = "Other", at(2)
	viewed := func(where string) storage.Record {
		r := configure("a", "b")
		r.Settings.Views = []storage.View{{Name: "v", Sources: []string{"a"}, Where: where}}
		return r
	}
	for _, step := range []struct {
		name    string
		records []storage.Record
		grows   uint64
	}{
		{"settings", []storage.Record{configure("a", "b")}, 1},
		{"the same settings", []storage.Record{again}, 0},
		{"title found out", []storage.Record{titled}, 1},
		{"nothing new", []storage.Record{visited}, 0},
		{"an entry", []storage.Record{poll("a", entry("urn:1", "a", "s", 3))}, 1}, // and no title any more: one record
		{"three records", []storage.Record{
			poll("a", entry("urn:2", "a", "s", 3), entry("urn:3", "a", "s", 3)),
			poll("b"),
			poll("b", entry("urn:4", "b", "s", 3)),
		}, 2},
		{"nothing pruned", []storage.Record{prune("urn:none"), prune()}, 0},
		{"pruned", []storage.Record{prune("urn:2", "urn:3")}, 1},
		{"other settings", []storage.Record{renamed}, 1},
		{"a source disabled", []storage.Record{disable(configure("a", "b"), "b")}, 1},
		{"another view", []storage.Record{viewed("x")}, 1},
		{"the same view", []storage.Record{viewed("x")}, 0},
		{"its condition", []storage.Record{viewed("y")}, 1},
		{"other stories", []storage.Record{poll("a", entry("urn:5", "a", "s5", 3), entry("urn:6", "a", "s6", 3))}, 1},
		{"a fold", []storage.Record{fold("a", "s5", "s6")}, 1},
		{"a judgement", []storage.Record{judge("a", "urn:5", "", "v")}, 1},
		{"the same judgement", []storage.Record{judge("a", "urn:5", "", "v")}, 0},
		{"hidden by a judgement", []storage.Record{judge("a", "urn:5", "a rule", "v")}, 1},
		{"a judgement of none", []storage.Record{judge("a", "urn:none", "", "v")}, 0},
		{"keys remembered", []storage.Record{remember(noon, "k")}, 0},
		{"a checkpoint", []storage.Record{{Checkpoint: &storage.Checkpoint{Data: []byte("x")}}}, 0},
		{"an event", []storage.Record{eventful("a", storage.Event{Source: "a", Time: at(4), Kind: storage.Gone})}, 1},
		{"an edition", []storage.Record{editions(storage.Edition{Path: "feed.rss", Modified: at(5)})}, 0},
		{"no records", nil, 0},
	} {
		s.commit(step.records...)
		stats := s.stats()
		s.equal(step.name, stats.Version-last, step.grows)
		last = stats.Version
	}
	s.equal("changed", s.stats().Changed, at(3))
	settings, err := s.Settings(s.Context())
	s.is("settings", err, nil)
	s.equal("changed of settings", settings.Changed, noon)
	s.reopen()
	s.equal("version after reopening", s.stats().Version, last)
}

func (s *suite) changed() {
	n, ok := s.Store.(storage.Notifier)
	if !ok {
		s.Skip("not a Notifier")
	}
	quiet := func(when string) {
		s.Helper()
		select {
		case v := <-n.Changed():
			s.Errorf("version %d %s", v, when)
		default:
		}
	}
	quiet("at first")
	s.commit(configure("a"))
	s.equal("version", <-n.Changed(), s.stats().Version)
	quiet("twice")
	s.commit(poll("a"))
	quiet("after a poll that brought nothing")
	s.refuse(poll("a", entry("urn:1", "a", "s", 1)), poll("z"))
	quiet("after a commit refused")
	s.commit(poll("a", entry("urn:1", "a", "s", 1)))
	s.commit(prune("urn:1"))
	s.equal("only the newest version", <-n.Changed(), s.stats().Version)
	quiet("after the newest")
	s.commit(configure("b"))
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	if _, open := <-n.Changed(); !open {
		s.Error("the channel is closed")
	}
}
