package storagetest

import (
	"fmt"
	"slices"

	"newsfeed/storage"
)

// How many events are kept, and of how many paths the edition.
const (
	keptEvents   = 1000
	keptEditions = 10_000
)

// eventsBefore returns the events before that number, read in pages.
func (s *suite) eventsBefore(before uint64, limit int) []storage.Event {
	s.Helper()
	var list []storage.Event
	for {
		page, err := s.Events(s.Context(), before, limit)
		s.is("events", err, nil)
		list = append(list, page...)
		if len(page) < limit {
			return list
		}
		before = page[len(page)-1].Number
	}
}

func (s *suite) events() {
	numbers := func(before uint64, limit int) []uint64 {
		s.Helper()
		out := []uint64{}
		for _, e := range s.eventsBefore(before, limit) {
			out = append(out, e.Number)
		}
		return out
	}
	first, second, third := filled[storage.Event](), filled[storage.Event](), filled[storage.Event]()
	first.Source, second.Source, third.Source = "a", "a", "b"
	third.Detail = ""
	given := first
	s.commit(configure("a", "b"), eventful("a", first, second), eventful("b", third), poll("a"))
	s.equal("number in the record", first, given)
	first.Number, second.Number, third.Number = 1, 2, 3
	s.commit(configure("a"))
	for range 2 {
		s.equal("all, of removed sources too", s.eventsBefore(0, 10), []storage.Event{third, second, first})
		s.reopen()
	}
	for limit := 1; limit < 5; limit++ {
		s.equal("in pages", numbers(0, limit), []uint64{3, 2, 1})
	}
	s.equal("before the second", numbers(2, 10), []uint64{1})
	s.equal("before the first", numbers(1, 10), []uint64{})
	s.equal("before one to come", numbers(100, 10), []uint64{3, 2, 1})
	for _, limit := range []int{-1, 0, storage.MaxPage + 1} {
		if _, err := s.Events(s.Context(), 0, limit); err == nil {
			s.Errorf("a page of %d: no error", limit)
		}
	}

	many := eventful("a", slices.Repeat([]storage.Event{first}, 300)...)
	s.commit(many, many)
	s.commit(many, many)
	s.reopen()
	kept := numbers(0, 300)
	s.equal("kept", len(kept), keptEvents)
	s.equal("the last", kept[0], uint64(1203))
	s.equal("the first", kept[len(kept)-1], uint64(204))
}

func (s *suite) editions() {
	edition := func(path string) storage.Edition {
		s.Helper()
		e, err := s.Edition(s.Context(), path)
		s.is("edition", err, nil)
		return e
	}
	numbered := func(from, n int) storage.Record {
		var list []storage.Edition
		for i := range n {
			list = append(list, storage.Edition{Path: fmt.Sprint("feeds/", from+i), Modified: at(i)})
		}
		return editions(list...)
	}
	full := filled[storage.Edition]()
	s.commit(editions(full, storage.Edition{Path: "feed.rss", Modified: at(1)}))
	s.reopen()
	s.equal("every field", edition(full.Path), full)
	s.commit(editions(storage.Edition{Path: "feed.rss", Modified: at(3)}, storage.Edition{Path: "feed.rss", Modified: at(2)}))
	s.equal("the last recorded", edition("feed.rss"), storage.Edition{Path: "feed.rss", Modified: at(2)})
	_, err := s.Edition(s.Context(), "feed.atom")
	s.is("of another path", err, storage.ErrNotFound)

	s.commit(numbered(0, keptEditions-2))
	s.equal("as many as are kept", edition(full.Path), full)
	s.commit(editions(full), numbered(keptEditions, 2))
	s.reopen()
	s.equal("recorded anew", edition(full.Path), full)
	for path, kept := range map[string]bool{"feed.rss": false, "feeds/0": false, "feeds/1": true, fmt.Sprint("feeds/", keptEditions+1): true} {
		want := storage.ErrNotFound
		if kept {
			want = nil
		}
		_, err := s.Edition(s.Context(), path)
		s.is(path, err, want)
	}
}
