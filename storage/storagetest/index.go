package storagetest

import (
	"bytes"
	"time"

	"newsfeed/storage"
)

func (s *suite) pruned() {
	pruned := func(keys ...storage.Key) []time.Time {
		s.Helper()
		out, err := s.Pruned(s.Context(), keys)
		s.is("pruned", err, nil)
		return out
	}
	otherKind := key("1")
	otherKind[0]++
	e := entry("urn:1", "a", "s", 1)
	e.Keys = []storage.Key{key("entry")}
	s.commit(configure("a"), poll("a", e), prune("urn:1"))
	s.commit(remember(at(1).Add(999*time.Millisecond), "1", "2", "1"))
	s.equal("each key", pruned(key("2"), key("none"), key("1"), otherKind, key("2"), key("entry")),
		[]time.Time{at(1), {}, at(1), {}, at(1), {}})
	s.equal("no key", len(pruned()), 0)

	s.commit(remember(at(3), "1"), remember(at(2), "3"), prune())
	s.reopen()
	s.equal("remembered anew", pruned(key("1"), key("2"), key("3")), []time.Time{at(3), at(1), at(2)})
	s.commit(remember(at(2), "1"))
	s.equal("the last time counts", pruned(key("1")), []time.Time{at(2)})
}

// arrived returns the ids of arrivals before that number, read in pages.
func (s *suite) arrived(before uint64, limit int) []string {
	s.Helper()
	ids := []string{}
	for {
		page, err := s.Arrivals(s.Context(), before, limit)
		s.is("arrivals", err, nil)
		for _, a := range page {
			if before != 0 && a.Number >= before || a.Number == 0 {
				s.Fatalf("arrival %d before %d", a.Number, before)
			}
			before = a.Number
			ids = append(ids, a.Entry.ID)
			s.equal("entry", a.Entry, s.entry(a.Entry.ID))
		}
		if len(page) < limit {
			return ids
		}
	}
}

func (s *suite) arrivals() {
	s.commit(disable(configure("a", "b"), "b"),
		poll("a", entry("1", "a", "s", 30), entry("2", "a", "s", 10)),
		poll("b", entry("3", "b", "s", 20)))
	s.commit(poll("a", entry("1", "a", "s", 40), entry("4", "a", "s4", 0)))
	want := []string{"4", "3", "2", "1"}
	for limit := 1; limit < 6; limit++ {
		s.equal("all, hidden ones too", s.arrived(0, limit), want)
	}
	s.equal("before the third", s.arrived(3, 10), []string{"2", "1"})
	s.equal("before one to come", s.arrived(100, 10), want)
	s.equal("before the first", s.arrived(1, 10), []string{})

	s.commit(prune("4", "2"), poll("a", entry("5", "a", "s", 0), entry("2", "a", "s", 0)))
	s.reopen()
	s.equal("with gaps", s.arrived(0, 2), []string{"2", "5", "3", "1"})
	page, err := s.Arrivals(s.Context(), 0, 10)
	s.is("arrivals", err, nil)
	var numbers []uint64
	for _, a := range page {
		numbers = append(numbers, a.Number)
	}
	s.equal("numbers are not given again", numbers, []uint64{6, 5, 3, 1})
}

func (s *suite) oldest() {
	oldest := func(limit int) []string {
		s.Helper()
		list, err := s.Oldest(s.Context(), limit)
		s.is("oldest", err, nil)
		ids := []string{}
		for _, e := range list {
			ids = append(ids, e.ID)
			s.equal("entry", e, s.entry(e.ID))
		}
		return ids
	}
	s.equal("of none", oldest(1), []string{})
	filtered := entry("4", "a", "s4", 0)
	filtered.Hidden = "a rule"
	s.commit(disable(configure("a", "b"), "b"),
		poll("a", entry("1", "a", "s", 30), entry("2", "a", "s", 10), filtered),
		poll("b", entry("3", "b", "s", 20)))
	s.equal("all, hidden ones too", oldest(10), []string{"4", "2", "3", "1"})
	s.equal("some", oldest(2), []string{"4", "2"})
	s.commit(prune("4", "3"))
	s.equal("those left", oldest(2), []string{"2", "1"})
	for _, limit := range []int{-1, 0, storage.MaxPage + 1} {
		if _, err := s.Oldest(s.Context(), limit); err == nil {
			s.Errorf("%d oldest: no error", limit)
		}
	}
}

func (s *suite) checkpoint() {
	last := func() storage.Checkpoint {
		s.Helper()
		c, err := s.Checkpoint(s.Context())
		s.is("checkpoint", err, nil)
		return c
	}
	save := func(data []byte) storage.Record {
		return storage.Record{Time: noon, Checkpoint: &storage.Checkpoint{Data: data, Number: 77}}
	}
	s.commit(configure("a"), save(nil))
	s.equal("before all entries", last(), storage.Checkpoint{})

	large := make([]byte, 4<<20+1<<18)
	large[len(large)-1] = 1
	s.commit(poll("a", entry("1", "a", "s", 1), entry("2", "a", "s", 2)), save(large), poll("a", entry("3", "a", "s", 3)))
	s.reopen()
	s.equal("number, where it was committed", last().Number, uint64(2))
	s.equal("data come back", bytes.Equal(last().Data, large), true)

	s.commit(prune("3"), save([]byte("small")))
	s.equal("replaced", last(), storage.Checkpoint{Data: []byte("small"), Number: 3})
	s.equal("entries", s.entryIDs(storage.Query{}), []string{"2", "1"})
}
