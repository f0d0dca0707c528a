package storagetest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"newsfeed/storage"
)

// model is a store as it would be written without any thought of speed: a list
// of entries, searched from the start for each question. It expects good
// records.
type model struct {
	base    storage.Settings // without sources
	set     bool
	sources []storage.Source // by id
	entries []storage.Entry  // in order of first commit
	arrived uint64
	numbers map[string]uint64 // of arrival, by id
	stories map[string]*modelStory
	folded  map[string]string // where the ids of stories lead that are no more
	pruned  map[storage.Key]time.Time
	point   storage.Checkpoint
	events  []storage.Event // the last one first
	edition map[string]storage.Edition
	stats   storage.Stats
}

type modelStory struct {
	public  string
	source  string // of the entry that public comes from
	changed time.Time
}

func newModel() *model {
	return &model{
		numbers: map[string]uint64{},
		stories: map[string]*modelStory{},
		folded:  map[string]string{},
		pruned:  map[storage.Key]time.Time{},
		edition: map[string]storage.Edition{},
	}
}

func (m *model) apply(r storage.Record) {
	switch {
	case r.Settings != nil:
		m.settings(*r.Settings)
	case r.Poll != nil:
		m.poll(*r.Poll)
	case r.Prune != nil:
		m.prune(*r.Prune, r.Time)
	case r.Judge != nil:
		m.judge(*r.Judge)
	case r.Checkpoint != nil:
		m.point = storage.Checkpoint{Data: r.Checkpoint.Data, Number: m.arrived}
	}
	for _, e := range r.Editions {
		m.edition[e.Path] = e
	}
	m.stats.Entries, m.stats.Stories, m.stats.Sources = len(m.entries), len(m.stories), len(m.sources)
}

func (m *model) settings(s storage.Settings) {
	differ := !m.set || s.BaseURL != m.base.BaseURL || s.Feed != m.base.Feed || !reflect.DeepEqual(s.Views, m.base.Views)
	configured := map[string]bool{}
	for _, c := range s.Sources {
		configured[c.ID] = true
		src := m.source(c.ID)
		if src == nil {
			differ = true
			m.sources = append(m.sources, storage.Source{SourceSettings: c})
			continue
		}
		if src.Removed || !reflect.DeepEqual(src.SourceSettings, c) {
			differ = true
		}
		src.SourceSettings, src.Removed = c, false
	}
	for i := range m.sources {
		if src := &m.sources[i]; !configured[src.ID] && !src.Removed {
			src.Removed, differ = true, true
		}
	}
	slices.SortFunc(m.sources, func(a, b storage.Source) int { return cmp.Compare(a.ID, b.ID) })
	if differ {
		s.Sources = nil
		m.base, m.set = s, true
		m.published(s.Changed)
		m.stats.Version++
	}
}

func (m *model) poll(p storage.Poll) {
	src := m.source(p.Source)
	if len(p.Entries)+len(p.Folds)+len(p.Events) > 0 || src.State.About.Title != p.State.About.Title {
		m.stats.Version++
	}
	src.State = p.State
	for _, e := range p.Entries {
		m.published(e.Changed)
		if i := m.find(e.ID); i >= 0 {
			was := m.entries[i]
			e.Source, e.Story, e.FirstSeen, e.Effective = was.Source, was.Story, was.FirstSeen, was.Effective
			e.Keys = slices.Clone(e.Keys)
			for _, k := range was.Keys {
				if !slices.Contains(e.Keys, k) {
					e.Keys = append(e.Keys, k)
				}
			}
			m.entries[i] = e
		} else {
			e.Story = m.real(e.Story)
			m.entries = append(m.entries, e)
			m.arrived++
			m.numbers[e.ID] = m.arrived
			src.Entries++
			if m.stories[e.Story] == nil {
				m.stories[e.Story] = &modelStory{public: e.ID, source: e.Source}
			}
		}
		if st := m.stories[e.Story]; st.changed.Before(e.Changed) {
			st.changed = e.Changed
		}
	}
	for _, f := range p.Folds {
		m.fold(f)
	}
	for _, e := range p.Events {
		e.Number = 1
		if len(m.events) > 0 {
			e.Number = m.events[0].Number + 1
		}
		m.events = slices.Insert(m.events, 0, e)
	}
	m.events = m.events[:min(len(m.events), keptEvents)]
}

// real returns the id of the story to which an id leads.
func (m *model) real(story string) string {
	if into := m.folded[story]; into != "" {
		return into
	}
	return story
}

func (m *model) fold(f storage.Fold) {
	from, into := m.real(f.From), m.real(f.Into)
	if from == into || m.stories[from] == nil || m.stories[into] == nil {
		return
	}
	for i := range m.entries {
		e := &m.entries[i]
		if e.Story != from {
			continue
		}
		e.Story = into
		if e.Joined == (storage.Decision{}) {
			e.Joined = f.Why
		}
	}
	if changed := m.stories[from].changed; m.stories[into].changed.Before(changed) {
		m.stories[into].changed = changed
	}
	delete(m.stories, from)
	m.folded[from] = into
	for id, leads := range m.folded {
		if leads == from {
			m.folded[id] = into
		}
	}
}

func (m *model) prune(p storage.Prune, now time.Time) {
	for _, k := range p.Remember {
		m.pruned[k] = now.Truncate(time.Second)
	}
	pruned := false
	for _, id := range p.Entries {
		i := m.find(id)
		if i < 0 {
			continue
		}
		pruned = true
		e := m.entries[i]
		m.source(e.Source).Entries--
		m.entries = slices.Delete(m.entries, i, i+1)
		if !slices.ContainsFunc(m.entries, func(o storage.Entry) bool { return o.Story == e.Story }) {
			delete(m.stories, e.Story)
			maps.DeleteFunc(m.folded, func(_, into string) bool { return into == e.Story })
		}
	}
	if pruned {
		m.stats.Version++
	}
}

func (m *model) judge(j storage.Judge) {
	for _, e := range j.Entries {
		i := m.find(e.ID)
		if i < 0 || m.entries[i].Hidden == e.Hidden && slices.Equal(m.entries[i].Views, e.Views) {
			continue
		}
		m.entries[i].Hidden, m.entries[i].Views = e.Hidden, e.Views
		m.stats.Version++
	}
	if j.Judged != nil {
		m.source(j.Source).Judged = *j.Judged
	}
}

func (m *model) published(changed time.Time) {
	if m.stats.Changed.Before(changed) {
		m.stats.Changed = changed
	}
}

func (m *model) source(id string) *storage.Source {
	for i := range m.sources {
		if m.sources[i].ID == id {
			return &m.sources[i]
		}
	}
	return nil
}

func (m *model) find(id string) int {
	return slices.IndexFunc(m.entries, func(e storage.Entry) bool { return e.ID == id })
}

func (m *model) findKey(k storage.Key) storage.Entry {
	for _, e := range m.entries {
		if slices.Contains(e.Keys, k) {
			return e
		}
	}
	return storage.Entry{}
}

func (m *model) visible(e storage.Entry) bool { return e.Hidden == "" && !m.source(e.Source).Hidden() }

// apart reports whether the entries of a source are stories of their own.
func (m *model) apart(source string) bool {
	return m.source(source).Folding(m.base.Feed) != storage.Merge
}

func (m *model) selects(q storage.Query, e storage.Entry) bool {
	return (q.Hidden || m.visible(e)) &&
		!slices.Contains(q.Except, e.Source) &&
		(q.Source == "" || e.Source == q.Source) &&
		(q.View == "" || slices.Contains(e.Views, q.View)) &&
		(q.Category == "" || slices.ContainsFunc(e.Categories, func(c string) bool {
			return strings.EqualFold(c, q.Category)
		}))
}

func (m *model) selected(q storage.Query) []storage.Entry {
	var out []storage.Entry
	for _, e := range m.entries {
		if m.selects(q, e) && !e.Effective.Before(q.Since) && (q.Until.IsZero() || e.Effective.Before(q.Until)) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b storage.Entry) int { return -comparePlaces(a, b) })
	return out
}

func (m *model) selectedStories(q storage.Query) []storage.Story {
	var out []storage.Story
	q.Hidden = false
	rest := q
	rest.Except = nil
	for _, e := range m.selected(q) {
		if m.apart(e.Source) {
			out = append(out, storage.Story{ID: e.Story, Public: e.ID, Changed: e.Changed, Entries: []storage.Entry{e}})
			continue
		}
		first := slices.IndexFunc(m.entries, func(o storage.Entry) bool {
			return o.Story == e.Story && m.selects(rest, o) && !m.apart(o.Source)
		})
		if m.entries[first].ID == e.ID {
			out = append(out, m.merged(e.Story))
		}
	}
	return out
}

// whole returns the story of that id, or the one that it leads to; the zero
// story: there is none to be seen.
func (m *model) whole(id string) storage.Story {
	id = m.real(id)
	if m.stories[id] == nil {
		return storage.Story{}
	}
	st := m.story(id, m.visible)
	if len(st.Entries) == 0 {
		return storage.Story{}
	}
	return st
}

// merged returns a story without the entries that stand apart.
func (m *model) merged(id string) storage.Story {
	st := m.story(id, func(e storage.Entry) bool { return m.visible(e) && !m.apart(e.Source) })
	if m.apart(m.stories[id].source) {
		first := slices.IndexFunc(m.entries, func(e storage.Entry) bool { return e.Story == id && !m.apart(e.Source) })
		st.Public = m.entries[first].ID
	}
	return st
}

// story returns a story with those of its entries that are wanted.
func (m *model) story(id string, wanted func(storage.Entry) bool) storage.Story {
	st := storage.Story{ID: id, Public: m.stories[id].public, Changed: m.stories[id].changed}
	for _, e := range m.entries {
		if e.Story == id && wanted(e) {
			st.Entries = append(st.Entries, e)
		}
	}
	return st
}

// comparePlaces compares the places of two entries in the order of entries.
func comparePlaces(a, b storage.Entry) int {
	if c := a.Effective.Compare(b.Effective); c != 0 {
		return c
	}
	x, y := sha256.Sum256([]byte(a.ID)), sha256.Sum256([]byte(b.ID))
	return bytes.Compare(x[:], y[:])
}
