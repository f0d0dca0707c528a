package storagetest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"newsfeed/storage"
)

func (s *suite) order() {
	var entries []storage.Entry
	for i, effective := range []time.Time{
		at(0), at(1), at(-1), at(0), at(0), at(0).Add(time.Microsecond),
		time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC),
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		id := "urn:" + strconv.Itoa(i)
		e := entry(id, "a", "story "+id, 0)
		e.Effective = effective
		entries = append(entries, e)
	}
	var want []string
	for _, e := range slices.SortedFunc(slices.Values(entries), comparePlaces) {
		want = append(want, e.ID)
	}
	slices.Reverse(want)

	s.commit(configure("a"), poll("a", entries...))
	s.equal("order", s.entryIDs(storage.Query{}), want)

	// Whatever the order of arrival.
	slices.Reverse(entries)
	s.dir = s.TempDir()
	s.reopen()
	s.commit(configure("a"))
	for _, e := range entries {
		s.commit(poll("a", e))
	}
	s.equal("order of other arrivals", s.entryIDs(storage.Query{}), want)
}

func (s *suite) window() {
	s.commit(configure("a"), poll("a",
		entry("urn:1", "a", "s1", 1), entry("urn:2", "a", "s2", 2), entry("urn:3", "a", "s3", 3),
		entry("urn:4", "a", "s1", 4), // after the place of its story
	))
	s.equal("entries", s.entryIDs(storage.Query{Since: at(2)}), []string{"urn:4", "urn:3", "urn:2"})
	s.equal("entries in pages", s.entryIDs(storage.Query{Since: at(2), Limit: 1}), []string{"urn:4", "urn:3", "urn:2"})
	s.equal("later", s.entryIDs(storage.Query{Since: at(5)}), []string{})
	s.equal("of a source", s.entryIDs(storage.Query{Since: at(3), Source: "a"}), []string{"urn:4", "urn:3"})
	s.equal("stories", s.storyIDs(storage.Query{Since: at(2)}), []string{"s3", "s2"})
	s.equal("until", s.entryIDs(storage.Query{Until: at(3)}), []string{"urn:2", "urn:1"})
	s.equal("until, in pages", s.entryIDs(storage.Query{Until: at(4), Limit: 1}), []string{"urn:3", "urn:2", "urn:1"})
	s.equal("stories until", s.storyIDs(storage.Query{Until: at(3)}), []string{"s2", "s1"})
	s.equal("since and until", s.entryIDs(storage.Query{Since: at(2), Until: at(3)}), []string{"urn:2"})
	s.equal("nothing between", s.entryIDs(storage.Query{Since: at(3), Until: at(3)}), []string{})
}

func (s *suite) category() {
	spellings := map[string][]string{
		"urn:1": {"World", "Politics"},
		"urn:2": {"WORLD", "world"},
		"urn:3": {"Worldly"},
		"urn:4": {"Écologie", "ΣΊΣΥΦΟΣ"},
		"urn:5": {"écologie", "Σίσυφος", ""},
	}
	s.commit(configure("a", "b"))
	for i := range 5 {
		id := "urn:" + strconv.Itoa(i+1)
		src := []string{"a", "b"}[i%2]
		e := entry(id, src, "story of "+id, i)
		e.Categories = spellings[id]
		s.commit(poll(src, e))
	}
	for _, test := range []struct {
		query storage.Query
		want  []string
	}{
		{storage.Query{Category: "world"}, []string{"urn:2", "urn:1"}},
		{storage.Query{Category: "wOrLd", Limit: 1}, []string{"urn:2", "urn:1"}},
		{storage.Query{Category: "POLITICS"}, []string{"urn:1"}},
		{storage.Query{Category: "wor"}, []string{}},
		{storage.Query{Category: "ÉCOLOGIE"}, []string{"urn:5", "urn:4"}},
		{storage.Query{Category: "σίσυφοσ"}, []string{"urn:5", "urn:4"}},
		{storage.Query{Category: "World", Source: "a"}, []string{"urn:1"}},
		{storage.Query{Category: "World", Source: "b"}, []string{"urn:2"}},
		{storage.Query{Category: "World", Source: "z"}, []string{}},
		{storage.Query{Source: "b"}, []string{"urn:4", "urn:2"}},
	} {
		s.equal(fmt.Sprintf("%+v", test.query), s.entryIDs(test.query), test.want)
	}
}

func (s *suite) pages() {
	const n = 23
	var want []string
	var entries []storage.Entry
	for i := range n {
		id := "urn:" + strconv.Itoa(i)
		entries = append(entries, entry(id, "a", "story "+id, i))
		want = append([]string{id}, want...)
	}
	s.commit(configure("a"), poll("a", entries...))
	for limit := 1; limit <= n+1; limit++ {
		s.equal(fmt.Sprint("entries, limit ", limit), s.entryIDs(storage.Query{Limit: limit}), want)
		s.equal(fmt.Sprint("stories, limit ", limit), len(s.storyIDs(storage.Query{Limit: limit})), n)
	}

	// What comes and goes between two pages moves nothing else.
	first, err := s.Entries(s.Context(), storage.Query{Limit: 5})
	s.is("first page", err, nil)
	s.commit(prune(first.Items[4].ID), poll("a", entry("urn:newer", "a", "s", n)))
	s.reopen()
	rest := s.entryIDs(storage.Query{Limit: 5, Before: first.Next})
	s.equal("rest", rest, want[5:])
}

// fullPages checks that a page may have as many as the contract says, and no
// more although there are more.
func (s *suite) fullPages() {
	var entries []storage.Entry
	for i := range storage.MaxPage + 1 {
		id := "urn:" + strconv.Itoa(i)
		entries = append(entries, entry(id, "a", "story "+id, i))
	}
	s.commit(configure("a"), poll("a", entries...))
	q := storage.Query{Limit: storage.MaxPage}
	page, err := s.Entries(s.Context(), q)
	if s.is("entries", err, nil); len(page.Items) != storage.MaxPage || page.Next == "" {
		s.Errorf("a page of %d entries, next %q", len(page.Items), page.Next)
	}
	stories, err := s.Stories(s.Context(), q)
	if s.is("stories", err, nil); len(stories.Items) != storage.MaxPage || stories.Next == "" {
		s.Errorf("a page of %d stories, next %q", len(stories.Items), stories.Next)
	}
	arrivals, err := s.Arrivals(s.Context(), 0, storage.MaxPage)
	if s.is("arrivals", err, nil); len(arrivals) != storage.MaxPage {
		s.Errorf("a page of %d arrivals", len(arrivals))
	}
	oldest, err := s.Oldest(s.Context(), storage.MaxPage)
	if s.is("oldest", err, nil); len(oldest) != storage.MaxPage {
		s.Errorf("a page of the %d oldest", len(oldest))
	}
}

func (s *suite) badQueries() {
	for _, q := range []storage.Query{
		{},
		{Limit: -1},
		{Limit: storage.MaxPage + 1},
		{Limit: 1, Before: "?"},
		{Limit: 1, Before: "00"},
	} {
		if _, err := s.Entries(s.Context(), q); err == nil {
			s.Errorf("entries %+v: no error", q)
		}
		if _, err := s.Stories(s.Context(), q); err == nil {
			s.Errorf("stories %+v: no error", q)
		}
	}
	for _, nowhere := range []storage.Cursor{"?", "00"} {
		_, err := s.Entries(s.Context(), storage.Query{Limit: 1, Before: nowhere})
		s.is("where no page ended", err, storage.ErrNotFound)
	}
	for _, limit := range []int{-1, 0, storage.MaxPage + 1} {
		if _, err := s.Arrivals(s.Context(), 0, limit); err == nil {
			s.Errorf("%d arrivals: no error", limit)
		}
	}
}

func (s *suite) story() {
	ctx := s.Context()
	late := entry("urn:late", "a", "s", 60) // first to come, latest by its time
	s.commit(configure("a", "b", "c"), poll("a", late))
	s.commit(poll("c", entry("urn:c", "c", "s", 20)), poll("b", entry("urn:b", "b", "s", 10)))
	read := func() (string, string, []string) {
		s.Helper()
		st, err := s.Story(ctx, "s")
		s.is("story", err, nil)
		s.equal("changed", st.Changed, at(60))
		var ids []string
		for _, e := range st.Entries {
			ids = append(ids, e.ID)
		}
		page, err := s.Stories(ctx, storage.Query{Limit: 2})
		s.is("stories", err, nil)
		s.equal("the only story", page, storage.Page[storage.Story]{Items: []storage.Story{st}})
		return st.Public, st.Lead().ID, ids
	}
	for _, step := range []struct {
		name     string
		settings storage.Record
		lead     string
		entries  []string
	}{
		{"all visible", configure("a", "b", "c"), "urn:late", []string{"urn:late", "urn:c", "urn:b"}},
		{"lead hidden", disable(configure("a", "b", "c"), "a"), "urn:c", []string{"urn:c", "urn:b"}},
		{"two hidden", configure("b"), "urn:b", []string{"urn:b"}},
		{"follower hidden", configure("a", "b"), "urn:late", []string{"urn:late", "urn:b"}},
	} {
		s.commit(step.settings)
		public, lead, entries := read()
		s.equal(step.name+": published id", public, "urn:late")
		s.equal(step.name+": lead", lead, step.lead)
		s.equal(step.name+": entries", entries, step.entries)
	}
	s.commit(configure())
	_, err := s.Story(ctx, "s")
	s.is("all hidden", err, storage.ErrNotFound)
}

func (s *suite) storyPlaces() {
	lead, second, third := entry("urn:1", "a", "s", 10), entry("urn:2", "b", "s", 30), entry("urn:3", "a", "s", 50)
	lead.Categories, third.Categories = []string{"X"}, []string{"Y"}
	second.Categories = []string{"Y", "X"}
	s.commit(configure("a", "b"), poll("a", lead), poll("b", second), poll("a", third))
	// Stories of one entry between them show where it stands.
	for _, minutes := range []int{0, 20, 40, 60} {
		e := entry(fmt.Sprint("urn:at", minutes), "a", strconv.Itoa(minutes), minutes)
		if minutes < 60 {
			e.Categories = []string{"x", "y"}
		}
		s.commit(poll("a", e))
	}
	check := func(name string, q storage.Query, want ...string) {
		s.Helper()
		for _, limit := range []int{1, 2, 10} {
			q.Limit = limit
			s.equal(fmt.Sprint(name, ", limit ", limit), s.storyIDs(q), want)
		}
	}
	check("where its lead stands", storage.Query{}, "60", "40", "20", "s", "0")
	check("of the lead's source", storage.Query{Source: "a"}, "60", "40", "20", "s", "0")
	check("of a follower's source", storage.Query{Source: "b"}, "s")
	check("of the lead's category", storage.Query{Category: "X"}, "40", "20", "s", "0")
	check("of the followers' category", storage.Query{Category: "Y"}, "40", "s", "20", "0")
	check("of source and category", storage.Query{Source: "a", Category: "Y"}, "s", "40", "20", "0")
	s.commit(disable(configure("a", "b"), "b"))
	check("a follower hidden", storage.Query{Category: "Y"}, "s", "40", "20", "0")
	s.commit(configure("b"))
	check("the lead hidden", storage.Query{}, "s")
	s.commit(configure("a", "b"), prune("urn:1"))
	check("the lead gone", storage.Query{}, "60", "40", "s", "20", "0")
}
