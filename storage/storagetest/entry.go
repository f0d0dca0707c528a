package storagetest

import (
	"encoding/json"
	"reflect"

	"newsfeed/storage"
)

func (s *suite) roundTrip() {
	ctx := s.Context()
	settings := filled[storage.Settings]()
	settings.Sources[0].Disabled = false
	src := settings.Sources[0].ID
	full, bare := filled[storage.Entry](), storage.Entry{ID: "urn:bare", Source: src, Story: "bare"}
	full.Source = src
	hidden := full
	hidden.ID, hidden.Story = "urn:hidden", "hidden"
	full.Hidden = ""
	state := filled[storage.State]()
	checkpoint := filled[storage.Checkpoint]()
	s.commit(
		storage.Record{Settings: &settings},
		storage.Record{Poll: &storage.Poll{Source: src, State: state, Entries: []storage.Entry{full, bare, hidden}}},
		storage.Record{Checkpoint: &checkpoint},
	)
	s.equal("number in the record", checkpoint, filled[storage.Checkpoint]())
	checkpoint.Number = 3
	for range 2 {
		got, err := s.Settings(ctx)
		s.is("settings", err, nil)
		s.equal("settings", got, settings)
		source, err := s.Source(ctx, src)
		s.is("source", err, nil)
		s.equal("source", source, storage.Source{SourceSettings: settings.Sources[0], State: state, Entries: 3})
		s.equal("hidden entry", s.entry(hidden.ID), hidden)
		s.equal("full entry", s.entry(full.ID), full)
		s.equal("bare entry", s.entry(bare.ID), bare)
		st, err := s.Story(ctx, full.Story)
		s.is("story", err, nil)
		s.equal("story", st, storage.Story{
			ID: full.Story, Public: full.ID, Changed: full.Changed, Entries: []storage.Entry{full},
		})
		last, err := s.Checkpoint(ctx)
		s.is("checkpoint", err, nil)
		s.equal("checkpoint", last, checkpoint)
		s.reopen()
	}
}

func (s *suite) copies() {
	e := entry("urn:1", "a", "s", 0)
	e.Categories = []string{"World"}
	e.Keys = []storage.Key{key("k")}
	s.commit(configure("a"), poll("a", e))
	e.Categories[0], e.Keys[0] = "changed after the commit", key("other")

	read := s.entry("urn:1")
	read.Categories[0] = "changed after the read"
	s.equal("categories", s.entry("urn:1").Categories, []string{"World"})
	s.equal("keys", s.entry("urn:1").Keys, []storage.Key{key("k")})

	// All that a record, and all that an answer consists of.
	settings, checkpoint, state := filled[storage.Settings](), filled[storage.Checkpoint](), filled[storage.State]()
	settings.Sources[0].ID, settings.Sources[1].ID = "a", "b"
	settings.Sources[0].Disabled, settings.Sources[1].Disabled = false, false
	full := filled[storage.Entry]()
	full.Source, full.Hidden, full.Story = "a", "", "story 1"
	records := []storage.Record{
		{Settings: &settings},
		{Poll: &storage.Poll{Source: "a", State: state, Entries: []storage.Entry{full}, Events: []storage.Event{{Source: "a", Kind: storage.Gone}}}},
		{Checkpoint: &checkpoint},
		remember(noon, "1"),
		{Editions: []storage.Edition{{Path: pathNames[0], Modified: at(1)}}},
	}
	s.commit(records...)
	said := func(a answers) string { // which nothing changes
		s.Helper()
		text, err := json.Marshal(a)
		s.is("write answers", err, nil)
		return string(text)
	}
	want := said(look(s))
	scribble(reflect.ValueOf(records))
	s.equal("after the records have changed", said(look(s)), want)
	kept := look(s)
	scribble(reflect.ValueOf(look(s)))
	s.equal("after the answers have changed", said(look(s)), want)
	s.equal("other answers", said(kept), want)
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	s.equal("answers of a store that is closed", said(kept), want)
}

// scribble makes zero of all that can be reached through a value.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scribble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scribble(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			scribble(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			scribble(v.MapIndex(k))
		}
	}
}

func (s *suite) poll() {
	ctx := s.Context()
	s.commit(configure("a", "b"))
	state := filled[storage.State]()
	s.commit(storage.Record{Poll: &storage.Poll{
		Source: "a", State: state,
		Entries: []storage.Entry{entry("urn:1", "a", "s1", 1), entry("urn:2", "a", "s2", 2)},
	}})
	src, err := s.Source(ctx, "a")
	s.is("source", err, nil)
	s.equal("state", src.State, state)
	s.equal("entries of a", src.Entries, 2)
	stats := s.stats()
	s.equal("entries", stats.Entries, 2)
	s.equal("stories", stats.Stories, 2)

	s.commit(poll("a"))
	src, err = s.Source(ctx, "a")
	s.is("source", err, nil)
	s.equal("state after a poll that found nothing", src.State, storage.State{})
	s.equal("entries of a", src.Entries, 2)
}

func (s *suite) update() {
	first := entry("urn:1", "a", "s1", 1)
	first.Published, first.Keys, first.Categories = at(0), []storage.Key{key("old"), key("both")}, []string{"World", "Europe"}
	s.commit(configure("a", "b"), poll("a", first), poll("b", entry("urn:2", "b", "s2", 2)))

	second := entry("urn:1", "a", "elsewhere", 30)
	second.Title, second.Revision, second.Updated = "Corrected", 2, at(29)
	second.Keys, second.Categories = []storage.Key{key("new"), key("both")}, []string{"europe", "Asia"}
	s.commit(poll("a", second))

	want := second
	want.Story, want.FirstSeen, want.Effective = "s1", at(1), at(1)
	want.Keys = []storage.Key{key("new"), key("both"), key("old")}
	s.equal("entry", s.entry("urn:1"), want)
	s.equal("order", s.entryIDs(storage.Query{}), []string{"urn:2", "urn:1"})
	s.equal("in a category it left", s.entryIDs(storage.Query{Category: "World"}), []string{})
	s.equal("in a category it kept", s.entryIDs(storage.Query{Category: "Europe"}), []string{"urn:1"})
	s.equal("in a category it entered", s.entryIDs(storage.Query{Category: "Asia"}), []string{"urn:1"})
	st, err := s.Story(s.Context(), "s1")
	s.is("story", err, nil)
	s.equal("story", st, storage.Story{ID: "s1", Public: "urn:1", Changed: at(30), Entries: []storage.Entry{want}})
	_, err = s.Story(s.Context(), "elsewhere")
	s.is("the story it did not move to", err, storage.ErrNotFound)

	// Also when another source brings it, and twice in one poll.
	third, fourth := second, second
	third.Source, third.Title = "b", "Third"
	fourth.Source, fourth.Title = "b", "Fourth"
	s.commit(poll("b", third, fourth))
	got := s.entry("urn:1")
	s.equal("source", got.Source, "a")
	s.equal("title", got.Title, "Fourth")
	stats := s.stats()
	s.equal("entries", stats.Entries, 2)
	s.equal("stories", stats.Stories, 2)
}

func (s *suite) keys() {
	one, two := entry("urn:1", "a", "s1", 5), entry("urn:2", "a", "s2", 1)
	one.Keys, two.Keys = []storage.Key{key("1"), key("shared")}, []storage.Key{key("2"), key("shared")}
	s.commit(configure("a"), poll("a", one, two))
	find := func(names ...string) []string {
		s.Helper()
		var keys []storage.Key
		for _, n := range names {
			keys = append(keys, key(n))
		}
		found, err := s.Find(s.Context(), keys)
		s.is("find", err, nil)
		ids := []string{}
		for _, e := range found {
			ids = append(ids, e.ID)
		}
		return ids
	}
	s.equal("each key", find("2", "none", "1", "shared", "2"), []string{"urn:2", "", "urn:1", "urn:1", "urn:2"})
	s.equal("no key", find(), []string{})

	s.commit(disable(configure("a"), "a"))
	s.equal("key of a hidden entry", find("1"), []string{"urn:1"})

	one.Keys = []storage.Key{key("1 anew")}
	s.commit(poll("a", one))
	s.equal("after an update", find("1", "1 anew", "shared"), []string{"urn:1", "urn:1", "urn:1"})

	s.commit(prune("urn:1"))
	s.equal("after its first entry is gone", find("1", "1 anew", "shared"), []string{"", "", "urn:2"})

	s.commit(poll("a", one))
	one.Keys = []storage.Key{key("shared")}
	s.commit(poll("a", one))
	s.equal("the first committed still", find("shared"), []string{"urn:2"})
}

func (s *suite) prune() {
	a, b, c := entry("urn:a", "x", "s", 1), entry("urn:b", "x", "s", 2), entry("urn:c", "x", "s", 3)
	a.Categories, a.Keys = []string{"World"}, []storage.Key{key("a")}
	s.commit(configure("x"), poll("x", a, b, c, entry("urn:d", "x", "other", 4)))
	s.commit(prune("urn:a", "urn:none", "urn:a"))

	_, err := s.Entry(s.Context(), "urn:a")
	s.is("pruned entry", err, storage.ErrNotFound)
	s.equal("entries", s.entryIDs(storage.Query{}), []string{"urn:d", "urn:c", "urn:b"})
	s.equal("of the source", s.entryIDs(storage.Query{Source: "x"}), []string{"urn:d", "urn:c", "urn:b"})
	s.equal("of its category", s.entryIDs(storage.Query{Category: "World"}), []string{})
	s.equal("stories", s.storyIDs(storage.Query{}), []string{"other", "s"})
	st, err := s.Story(s.Context(), "s")
	s.is("story", err, nil)
	s.equal("lead", st.Lead().ID, "urn:b")
	s.equal("published id", st.Public, "urn:a")

	s.commit(prune("urn:b", "urn:c"))
	_, err = s.Story(s.Context(), "s")
	s.is("story without entries", err, storage.ErrNotFound)
	s.equal("stories", s.storyIDs(storage.Query{}), []string{"other"})
	src, err := s.Source(s.Context(), "x")
	s.is("source", err, nil)
	s.equal("entries of the source", src.Entries, 1)
	stats := s.stats()
	s.equal("entries", stats.Entries, 1)
	s.equal("stories", stats.Stories, 1)

	s.commit(poll("x", a))
	s.equal("come anew", s.entry("urn:a"), a)
}
