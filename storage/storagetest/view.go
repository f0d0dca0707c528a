package storagetest

import "newsfeed/storage"

func (s *suite) views() {
	seen := func(e storage.Entry, views ...string) storage.Entry {
		e.Views = views
		return e
	}
	one, two := entry("urn:1", "a", "s1", 1), entry("urn:2", "b", "s2", 2)
	three := entry("urn:3", "b", "s1", 3)
	s.commit(configure("a", "b"),
		poll("a", seen(one, "v", "w")), poll("b", seen(two, "w", "w", "V"), seen(three, "v", "v\x00w")))
	check := func(name string, q storage.Query, entries, stories []string) {
		s.Helper()
		for _, q.Limit = range []int{1, 10} {
			s.equal(name+": entries", s.entryIDs(q), entries)
			s.equal(name+": stories", s.storyIDs(q), stories)
		}
	}
	none := []string{}
	check("first view", storage.Query{View: "v"}, []string{"urn:3", "urn:1"}, []string{"s1"})
	check("second view", storage.Query{View: "w"}, []string{"urn:2", "urn:1"}, []string{"s2", "s1"})
	check("another case", storage.Query{View: "V"}, []string{"urn:2"}, []string{"s2"})
	check("no view", storage.Query{View: "none"}, none, none)
	check("of a source", storage.Query{View: "v", Source: "b"}, []string{"urn:3"}, []string{"s1"})
	check("a window", storage.Query{View: "w", Since: at(2)}, []string{"urn:2"}, []string{"s2"})

	s.commit(poll("a", one))
	check("left by an update", storage.Query{View: "w"}, []string{"urn:2"}, []string{"s2"})
	s.commit(judge("a", "urn:1", "", "w", "x"), judge("b", "urn:2", "a rule", "w"))
	check("entered by a judgement, and hidden", storage.Query{View: "w"}, []string{"urn:1"}, []string{"s1"})
	check("hidden on demand", storage.Query{View: "w", Hidden: true}, []string{"urn:2", "urn:1"}, []string{"s1"})
	s.equal("views of the entry", s.entry("urn:1").Views, []string{"w", "x"})
	s.commit(judge("a", "urn:1", ""), judge("b", "urn:2", ""))
	check("left by a judgement", storage.Query{View: "w"}, none, none)
	s.commit(prune("urn:3"))
	check("pruned", storage.Query{View: "v"}, none, none)
}

func (s *suite) except() {
	lead, follower := entry("urn:1", "a", "s1", 1), entry("urn:2", "b", "s1", 2)
	lead.Categories, follower.Categories = []string{"X"}, []string{"X", "Y"}
	s.commit(configure("a", "b", "c"), poll("a", lead), poll("b", follower),
		poll("c", entry("urn:3", "c", "s3", 3)), poll("a", entry("urn:4", "a", "s4", 4)))
	none := []string{}
	for _, test := range []struct {
		name             string
		query            storage.Query
		entries, stories []string
	}{
		{"no source", storage.Query{Except: []string{"none"}}, []string{"urn:4", "urn:3", "urn:2", "urn:1"}, []string{"s4", "s3", "s1"}},
		{"one source", storage.Query{Except: []string{"c"}}, []string{"urn:4", "urn:2", "urn:1"}, []string{"s4", "s1"}},
		{"of the lead", storage.Query{Except: []string{"a"}}, []string{"urn:3", "urn:2"}, []string{"s3"}},
		{"of a follower", storage.Query{Except: []string{"b"}}, []string{"urn:4", "urn:3", "urn:1"}, []string{"s4", "s3", "s1"}},
		{"of the lead, which is not selected", storage.Query{Category: "Y", Except: []string{"a"}}, []string{"urn:2"}, []string{"s1"}},
		{"of the lead, which is selected", storage.Query{Category: "X", Except: []string{"a"}}, []string{"urn:2"}, none},
		{"of the source asked for", storage.Query{Source: "a", Except: []string{"a"}}, none, none},
		{"all", storage.Query{Except: []string{"c", "a", "b", "a"}}, none, none},
	} {
		for _, test.query.Limit = range []int{1, 10} {
			s.equal(test.name+": entries", s.entryIDs(test.query), test.entries)
			s.equal(test.name+": stories", s.storyIDs(test.query), test.stories)
		}
	}
	s.commit(disable(configure("a", "b", "c"), "a"))
	s.equal("of the lead, which is hidden", s.storyIDs(storage.Query{Except: []string{"a"}}), []string{"s3", "s1"})
}
