package storagetest

import (
	"strings"

	"newsfeed/storage"
)

// published returns the stories that q selects as "public id: their entries".
func (s *suite) published(q storage.Query) []string {
	s.Helper()
	out := []string{}
	for _, st := range all(s, s.Stories, q) {
		line := st.Public + ":"
		for _, e := range st.Entries {
			line += " " + e.ID
		}
		out = append(out, line)
	}
	return out
}

func (s *suite) apart() {
	s.commit(configure("a", "b", "c"),
		poll("a", entry("1", "a", "s", 10)), poll("b", entry("2", "b", "s", 20)),
		poll("c", entry("3", "c", "s", 30), entry("4", "c", "s", 40)))
	feed := func(a storage.Across) storage.Record {
		r := configure("a", "b", "c")
		r.Settings.Feed.Across = a
		return r
	}
	whole := []string{"1: 1 2 3 4"}
	each := []string{"4: 4", "3: 3", "2: 2", "1: 1"}
	for _, step := range []struct {
		name     string
		settings storage.Record
		want     []string
	}{
		{"nobody", configure("a", "b", "c"), whole},
		{"nothing said", feed(""), whole},
		{"the last", across(configure("a", "b", "c"), "c", storage.Mark), []string{"4: 4", "3: 3", "1: 1 2"}},
		{"the first", across(configure("a", "b", "c"), "a", storage.Off), []string{"2: 2 3 4", "1: 1"}},
		{"the feed", feed(storage.Mark), each},
		{"all but one", across(feed(storage.Off), "c", storage.Merge), []string{"3: 3 4", "2: 2", "1: 1"}},
		{"all but two", across(across(feed(storage.Off), "c", storage.Merge), "a", storage.Merge), []string{"2: 2", "1: 1 3 4"}},
		{"one of them hidden", disable(across(feed(storage.Off), "c", storage.Merge), "a"), []string{"3: 3 4", "2: 2"}},
		{"nobody again", configure("a", "b", "c"), whole},
	} {
		s.commit(step.settings)
		for _, limit := range []int{1, 2, 10} {
			s.equal(step.name, s.published(storage.Query{Limit: limit}), step.want)
		}
		s.reopen()
		st, err := s.Story(s.Context(), "s")
		s.is(step.name, err, nil)
		s.equal(step.name+": public id of the whole story", st.Public, "1")
		if !strings.Contains(step.name, "hidden") {
			s.equal(step.name+": entries of the whole story", len(st.Entries), 4)
		}
	}

	s.commit(feed(storage.Mark))
	page, err := s.Stories(s.Context(), storage.Query{Limit: 1})
	s.is("stories", err, nil)
	s.equal("an entry apart", page.Items, []storage.Story{
		{ID: "s", Public: "4", Changed: at(40), Entries: []storage.Entry{s.entry("4")}},
	})
	s.commit(poll("c", entry("3", "c", "s", 90)))
	page, err = s.Stories(s.Context(), storage.Query{Limit: 1})
	s.is("stories", err, nil)
	s.equal("changed of another entry", page.Items[0].Changed, at(40))
}

func (s *suite) apartPlaces() {
	lead, second, third := entry("1", "a", "s", 10), entry("2", "b", "s", 30), entry("3", "c", "s", 50)
	second.Categories, third.Categories = []string{"Y"}, []string{"Y"}
	s.commit(across(configure("a", "b", "c"), "a", storage.Mark), poll("a", lead), poll("b", second), poll("c", third),
		poll("a", entry("4", "a", "s4", 20)), poll("a", entry("5", "a", "s5", 40)))
	s.equal("the first of the others", s.published(storage.Query{}), []string{"5: 5", "2: 2 3", "4: 4", "1: 1"})
	s.equal("of a category", s.published(storage.Query{Category: "Y"}), []string{"2: 2 3"})
	s.equal("of the source apart", s.published(storage.Query{Source: "a"}), []string{"5: 5", "4: 4", "1: 1"})
	s.equal("of another", s.published(storage.Query{Source: "c"}), []string{"2: 2 3"})
	s.equal("window", s.published(storage.Query{Since: at(35)}), []string{"5: 5"})
	s.equal("but of the source apart", s.published(storage.Query{Except: []string{"a"}}), []string{"2: 2 3"})
	s.equal("but of the source that leads", s.published(storage.Query{Except: []string{"b"}}), []string{"5: 5", "4: 4", "1: 1"})
	s.commit(judge("b", "2", "a rule"))
	s.equal("the first of the others hidden", s.published(storage.Query{}), []string{"2: 3", "5: 5", "4: 4", "1: 1"})
}

// The id of stories does not change with what is hidden, or is gone from among
// those apart.
func (s *suite) apartPublic() {
	settings := func() storage.Record { return across(configure("a", "b", "c"), "a", storage.Off) }
	s.commit(settings(),
		poll("a", entry("1", "a", "s", 1)), poll("b", entry("2", "b", "s", 2)), poll("c", entry("3", "c", "s", 3)))
	for _, step := range []struct {
		name   string
		record storage.Record
		want   []string
	}{
		{"all visible", settings(), []string{"2: 2 3", "1: 1"}},
		{"its source hidden", disable(settings(), "b"), []string{"2: 3", "1: 1"}},
		{"visible again", settings(), []string{"2: 2 3", "1: 1"}},
		{"hidden by a filter", judge("b", "2", "a rule"), []string{"2: 3", "1: 1"}},
		{"the one apart hidden", judge("a", "1", "a rule"), []string{"2: 3"}},
		{"the one apart gone", prune("1"), []string{"2: 3"}},
		{"gone as well", prune("2"), []string{"3: 3"}},
		{"nobody apart", configure("a", "b", "c"), []string{"1: 3"}},
	} {
		s.commit(step.record)
		s.equal(step.name, s.published(storage.Query{}), step.want)
	}
}
