package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"newsfeed/storage"
)

// The names that random records and the questions about them are made of.
// They are few, so that they meet.
var (
	sourceNames   = []string{"a", "b", "c", "d"}
	categoryNames = []string{"World", "WORLD", "Écologie", "écologie", "Kelvin", "\u212aelvin", ""}
	viewNames     = []string{"v", "w", "x"}
	pathNames     = []string{"feed.rss", "feed.atom", "feeds/v.json"}
	eventKinds    = []storage.EventKind{storage.Broken, storage.Moved, storage.Resumed}
	storyNames    = 25
	entryNames    = 60
	keyNames      = 40
)

// look asks a store everything, in pages of a few sizes.
func look(s *suite) answers {
	s.Helper()
	a := answers{Entries: map[string][]storage.Entry{}, Stories: map[string][]storage.Story{}}
	var err error
	a.Settings, err = s.Settings(s.Context())
	s.is("settings", err, nil)
	a.Sources, err = s.Sources(s.Context())
	s.is("sources", err, nil)
	a.Found, err = s.Find(s.Context(), allKeys())
	s.is("find", err, nil)
	a.Pruned, err = s.Pruned(s.Context(), allKeys())
	s.is("pruned", err, nil)
	a.Arrivals, err = s.Arrivals(s.Context(), 0, storage.MaxPage)
	s.is("arrivals", err, nil)
	a.Checkpoint, err = s.Checkpoint(s.Context())
	s.is("checkpoint", err, nil)
	a.Events = s.eventsBefore(0, 7)
	a.Editions = map[string]storage.Edition{}
	for _, path := range pathNames {
		e, err := s.Edition(s.Context(), path)
		if !errors.Is(err, storage.ErrNotFound) {
			s.is("edition", err, nil)
			a.Editions[path] = e
		}
	}
	for _, id := range allStories() {
		st, err := s.Story(s.Context(), id)
		if !errors.Is(err, storage.ErrNotFound) {
			s.is("story", err, nil)
		}
		a.Whole = append(a.Whole, st)
	}
	for _, id := range allStories() {
		n, err := s.StorySize(s.Context(), id)
		s.is("story size", err, nil)
		a.Sizes = append(a.Sizes, n)
	}
	for i, q := range queries() {
		name := fmt.Sprintf("%+v", q)
		q.Limit = []int{1, 3, 7, storage.MaxPage}[i%4]
		a.Entries[name] = all(s, s.Entries, q)
		a.Stories[name] = all(s, s.Stories, q)
	}
	a.Stats = s.stats()
	a.Stats.Bytes, a.Stats.Live = 0, 0
	return a
}

// answers are what a store says to all questions.
type answers struct {
	Settings storage.Settings
	Sources  []storage.Source
	Stats    storage.Stats
	Found    []storage.Entry
	Pruned   []time.Time
	Arrivals []storage.Arrival
	Whole    []storage.Story
	Sizes    []int                      // of stories
	Entries  map[string][]storage.Entry // by query
	Stories  map[string][]storage.Story

	Checkpoint storage.Checkpoint
	Events     []storage.Event
	Editions   map[string]storage.Edition // by path
}

func (m *model) look() answers {
	a := answers{
		Settings: m.base, Sources: slices.Clone(m.sources), Stats: m.stats,
		Entries: map[string][]storage.Entry{}, Stories: map[string][]storage.Story{},
		Checkpoint: m.point, Events: slices.Clone(m.events), Editions: maps.Clone(m.edition),
	}
	for _, src := range m.sources {
		if !src.Removed {
			a.Settings.Sources = append(a.Settings.Sources, src.SourceSettings)
		}
	}
	for _, k := range allKeys() {
		a.Found = append(a.Found, m.findKey(k))
		a.Pruned = append(a.Pruned, m.pruned[k])
	}
	for _, e := range slices.Backward(m.entries) {
		a.Arrivals = append(a.Arrivals, storage.Arrival{Number: m.numbers[e.ID], Entry: e})
	}
	for _, id := range allStories() {
		a.Whole = append(a.Whole, m.whole(id))
	}
	for _, id := range allStories() {
		n := 0
		for _, e := range m.entries {
			if e.Story == m.real(id) {
				n++
			}
		}
		a.Sizes = append(a.Sizes, n)
	}
	for _, q := range queries() {
		name := fmt.Sprintf("%+v", q)
		a.Entries[name] = m.selected(q)
		a.Stories[name] = m.selectedStories(q)
	}
	return a
}

func allKeys() []storage.Key {
	var keys []storage.Key
	for i := range keyNames {
		keys = append(keys, key(strconv.Itoa(i)))
	}
	return keys
}

func allStories() []string {
	var ids []string
	for i := range storyNames {
		ids = append(ids, fmt.Sprint("story ", i))
	}
	return ids
}

func queries() []storage.Query {
	qs := []storage.Query{
		{},
		{Hidden: true},
		{Since: at(30)},
		{Until: at(30)},
		{Since: at(20), Until: at(40), Hidden: true},
		{Category: "world", Since: at(10), Until: at(50)},
		{Category: "world", Hidden: true},
		{View: "v", Except: []string{"c"}, Since: at(10)},
		{View: "w", Source: "a"},
		{View: "x", Category: "kelvin"},
		{Source: "a", Except: []string{"a"}},
		{Except: []string{"d", "none", "a"}},
		{Except: []string{"b"}, Category: "world", Hidden: true},
	}
	for _, v := range viewNames {
		qs = append(qs, storage.Query{View: v})
	}
	for _, src := range sourceNames {
		qs = append(qs, storage.Query{Source: src}, storage.Query{Source: src, Category: "kelvin"})
	}
	for _, c := range []string{"world", "ÉCOLOGIE", "KELVIN", "none"} {
		qs = append(qs, storage.Query{Category: c})
	}
	return qs
}

// randomRecord is a good record.
func randomRecord(r *rand.Rand, m *model) storage.Record {
	switch n := r.IntN(20); {
	case n == 0 || !m.set:
		set := configure()
		set.Settings.Changed = at(r.IntN(90))
		set.Settings.Feed.Limit = 100 + r.IntN(2)
		set.Settings.Feed.Across = pick(r, []storage.Across{"", storage.Merge, storage.Merge, storage.Off})
		for range r.IntN(2) {
			set.Settings.Views = append(set.Settings.Views, storage.View{Name: "v", Limit: r.IntN(2)})
		}
		for _, id := range sourceNames {
			if r.IntN(4) > 0 {
				set.Settings.Sources = append(set.Settings.Sources, storage.SourceSettings{
					ID: id, Disabled: r.IntN(4) == 0,
					Across: pick(r, []storage.Across{"", "", "", storage.Merge, storage.Mark}),
				})
			}
		}
		if len(m.sources) == 0 && len(set.Settings.Sources) == 0 {
			return configure(sourceNames...)
		}
		r.Shuffle(len(set.Settings.Sources), func(i, j int) {
			sources := set.Settings.Sources
			sources[i], sources[j] = sources[j], sources[i]
		})
		return set
	case n == 1:
		p := prune()
		for range r.IntN(8) {
			p.Prune.Entries = append(p.Prune.Entries, fmt.Sprint("urn:", r.IntN(entryNames)))
		}
		for range r.IntN(4) {
			p.Prune.Remember = append(p.Prune.Remember, randomKey(r))
		}
		p.Time = at(r.IntN(90)).Add(time.Duration(r.IntN(1e6)) * time.Microsecond)
		return p
	case n == 2:
		j := &storage.Judge{Source: m.sources[r.IntN(len(m.sources))].ID}
		for range r.IntN(8) {
			j.Entries = append(j.Entries, storage.Judgement{
				ID:     fmt.Sprint("urn:", r.IntN(entryNames)),
				Hidden: pick(r, []string{"", "a rule", "another"}),
				Views:  randomViews(r),
			})
		}
		if rule := pick(r, []string{"", "a rule"}); r.IntN(2) == 0 {
			j.Judged = &rule
		}
		return storage.Record{Judge: j}
	case n == 3:
		return storage.Record{Checkpoint: &storage.Checkpoint{Data: []byte(strconv.Itoa(r.Int()))}}
	case n == 4:
		var list []storage.Edition
		for range 1 + r.IntN(3) {
			list = append(list, storage.Edition{Path: pick(r, pathNames), Hash: storage.Digest{byte(r.IntN(4))}, Modified: at(r.IntN(90))})
		}
		return editions(list...)
	}
	p := poll(m.sources[r.IntN(len(m.sources))].ID)
	for range max(0, r.IntN(6)-3) {
		p.Poll.Events = append(p.Poll.Events, storage.Event{
			Number: r.Uint64(), Source: p.Poll.Source, Time: at(r.IntN(90)), Kind: pick(r, eventKinds), Detail: pick(r, []string{"", "404 Not Found"}),
		})
	}
	p.Poll.State.About.Title = pick(r, []string{"", "One", "Two"})
	p.Poll.State.Polls = r.Uint64() >> r.IntN(64)
	for range r.IntN(4) {
		p.Poll.Entries = append(p.Poll.Entries, randomEntry(r, p.Poll.Source))
	}
	if r.IntN(4) == 0 {
		p.Poll.Folds = randomFolds(r, m)
	}
	return p
}

// randomFolds are folds of stories that are there: none or one.
func randomFolds(r *rand.Rand, m *model) []storage.Fold {
	ids := slices.Sorted(maps.Keys(m.stories))
	ids = append(ids, slices.Sorted(maps.Keys(m.folded))...)
	ids = append(ids, "nothing")
	return []storage.Fold{{From: pick(r, ids), Into: pick(r, ids), Why: storage.Decision{Rule: "alike", Score: r.Float64()}}}
}

func randomEntry(r *rand.Rand, src string) storage.Entry {
	e := entry(fmt.Sprint("urn:", r.IntN(entryNames)), src, fmt.Sprint("story ", r.IntN(storyNames)), r.IntN(60))
	e.Changed = at(r.IntN(120))
	e.Hidden = pick(r, []string{"", "", "", "", "a rule"})
	for range r.IntN(3) {
		e.Categories = append(e.Categories, pick(r, categoryNames))
	}
	for range r.IntN(3) {
		if k := randomKey(r); !slices.Contains(e.Keys, k) {
			e.Keys = append(e.Keys, k)
		}
	}
	e.Views = randomViews(r)
	e.Joined.Rule = pick(r, []string{"", "url"})
	return e
}

func randomViews(r *rand.Rand) []string {
	var views []string
	for range r.IntN(3) {
		views = append(views, pick(r, viewNames))
	}
	return views
}

func randomKey(r *rand.Rand) storage.Key { return key(strconv.Itoa(r.IntN(keyNames))) }

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (s *suite) random() {
	seed := uint64(time.Now().UnixNano())
	s.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	m := newModel()
	for round := range 10 {
		var records []storage.Record
		for range 1 + r.IntN(20) {
			rec := randomRecord(r, m)
			m.apply(rec)
			records = append(records, rec)
		}
		s.commit(records...)
		s.equal(fmt.Sprint("after round ", round), look(s), m.look())
		if s.Failed() {
			return
		}
	}
	s.reopen()
	s.equal("after reopening", look(s), m.look())
}

func (s *suite) replay() {
	seed := uint64(time.Now().UnixNano())
	s.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	m := newModel()
	var records []storage.Record
	for range 100 {
		rec := randomRecord(r, m)
		m.apply(rec)
		records = append(records, rec)
	}
	s.commit(records...)
	together := look(s)
	s.dir = s.TempDir()
	s.reopen()
	for _, rec := range records {
		s.commit(rec)
	}
	s.equal("the same records one by one", look(s), together)
}

func (s *suite) concurrent() {
	const polls = 20
	s.commit(configure(sourceNames...))
	last := func() uint64 { return s.stats().Version }
	if n, ok := s.Store.(storage.Notifier); ok {
		last = watched(s.T, n)
	}
	ctx, cancel := context.WithCancel(s.Context())
	var writers, readers sync.WaitGroup
	for _, src := range sourceNames {
		writers.Go(func() {
			for i := range polls {
				// Each commit brings a story of two, so that a reader who sees one sees both.
				name := fmt.Sprint(src, i)
				err := s.Commit(ctx, poll(src,
					entry("urn:first:"+name, src, name, i),
					entry("urn:second:"+name, src, name, i+1)))
				if err != nil {
					s.Error(err)
				}
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			for seen := 0; ctx.Err() == nil; {
				page, err := s.Stories(s.Context(), storage.Query{Limit: storage.MaxPage})
				if err != nil {
					s.Error(err)
					return
				}
				if len(page.Items) < seen {
					s.Errorf("%d stories after %d", len(page.Items), seen)
				}
				seen = len(page.Items)
				for _, st := range page.Items {
					if len(st.Entries) != 2 {
						s.Errorf("story %s has %d entries", st.ID, len(st.Entries))
					}
				}
			}
		})
	}
	writers.Wait()
	cancel()
	readers.Wait()
	s.equal("the last version told", last(), s.stats().Version)
	s.equal("stories", s.stats().Stories, polls*len(sourceNames))
	s.equal("entries", len(s.entryIDs(storage.Query{})), 2*polls*len(sourceNames))
}
