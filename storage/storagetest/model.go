package storagetest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
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
	stories map[string]*modelStory
	stats   storage.Stats
}

type modelStory struct {
	public  string
	changed time.Time
}

func (m *model) apply(r storage.Record) {
	switch {
	case r.Settings != nil:
		m.settings(*r.Settings)
	case r.Poll != nil:
		m.poll(*r.Poll)
	case r.Prune != nil:
		m.prune(*r.Prune)
	case r.Judge != nil:
		m.judge(*r.Judge)
	}
	m.stats.Entries, m.stats.Stories, m.stats.Sources = len(m.entries), len(m.stories), len(m.sources)
}

func (m *model) settings(s storage.Settings) {
	differ := !m.set || s.BaseURL != m.base.BaseURL || s.Feed != m.base.Feed
	configured := map[string]bool{}
	for _, c := range s.Sources {
		configured[c.ID] = true
		src := m.source(c.ID)
		if src == nil {
			differ = true
			m.sources = append(m.sources, storage.Source{SourceSettings: c})
			continue
		}
		was := src.SourceSettings
		if src.Removed || was.URL != c.URL || was.Title != c.Title || was.Disabled != c.Disabled ||
			!slices.Equal(was.Categories, c.Categories) {
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
	if len(p.Entries) > 0 || src.State.About.Title != p.State.About.Title {
		m.stats.Version++
	}
	src.State = p.State
	for _, e := range p.Entries {
		m.published(e.Changed)
		if m.stories == nil {
			m.stories = map[string]*modelStory{}
		}
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
			m.entries = append(m.entries, e)
			src.Entries++
			if m.stories[e.Story] == nil {
				m.stories[e.Story] = &modelStory{public: e.ID}
			}
		}
		if st := m.stories[e.Story]; st.changed.Before(e.Changed) {
			st.changed = e.Changed
		}
	}
}

func (m *model) prune(p storage.Prune) {
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
		}
	}
	if pruned {
		m.stats.Version++
	}
}

func (m *model) judge(j storage.Judge) {
	for _, e := range j.Entries {
		if i := m.find(e.ID); i >= 0 && m.entries[i].Hidden != e.Hidden {
			m.entries[i].Hidden = e.Hidden
			m.stats.Version++
		}
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

func (m *model) selects(q storage.Query, e storage.Entry) bool {
	return (q.Hidden || m.visible(e)) &&
		(q.Source == "" || e.Source == q.Source) &&
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
	for _, e := range m.selected(q) {
		first := slices.IndexFunc(m.entries, func(o storage.Entry) bool {
			return o.Story == e.Story && m.selects(q, o)
		})
		if m.entries[first].ID == e.ID {
			out = append(out, m.story(e.Story))
		}
	}
	return out
}

func (m *model) story(id string) storage.Story {
	st := storage.Story{ID: id, Public: m.stories[id].public, Changed: m.stories[id].changed}
	for _, e := range m.entries {
		if e.Story == id && m.visible(e) {
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
