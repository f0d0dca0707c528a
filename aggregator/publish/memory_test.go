package publish_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"newsfeed/storage"
)

// memory is a storage.Reader on slices, for what is not about a real store.
type memory struct {
	mu       sync.Mutex // guards the fields below
	settings storage.Settings
	sources  []storage.Source
	entries  []storage.Entry // in order of first commit
	events   []storage.Event // in order of commit
	editions map[string]storage.Edition
	records  int    // of editions
	gap      uint64 // between the numbers of entries; 0: 1
	version  uint64
	reads    int // of pages
	read     int // entries and stories in them
	err      error
	full     error // of Commit
}

var (
	_ storage.Reader = (*memory)(nil)
	_ storage.Writer = (*memory)(nil)
)

// Commit keeps editions; it knows no other records.
func (m *memory) Commit(_ context.Context, records ...storage.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full != nil {
		return m.full
	}
	if m.editions == nil {
		m.editions = map[string]storage.Edition{}
	}
	for _, r := range records {
		for _, e := range r.Editions {
			m.editions[e.Path] = e
			m.records++
		}
	}
	return nil
}

func (m *memory) Edition(_ context.Context, path string) (storage.Edition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.editions[path]; ok {
		return e, m.err
	}
	return storage.Edition{}, cmp.Or(m.err, storage.ErrNotFound)
}

func (m *memory) Events(_ context.Context, before uint64, limit int) ([]storage.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []storage.Event
	for _, e := range slices.Backward(m.events) {
		if len(out) < limit && (before == 0 || e.Number < before) {
			out = append(out, e)
		}
	}
	return out, m.err
}

// change applies one commit.
func (m *memory) change(commit func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	commit(m)
	m.version++
}

// put adds an entry, or replaces the one with its id.
func (m *memory) put(e storage.Entry) {
	for i := range m.entries {
		if m.entries[i].ID == e.ID {
			m.entries[i] = e
			return
		}
	}
	m.entries = append(m.entries, e)
}

func (m *memory) Settings(context.Context) (storage.Settings, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settings, m.err
}

func (m *memory) Sources(context.Context) ([]storage.Source, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sources), m.err
}

func (m *memory) Source(_ context.Context, id string) (storage.Source, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.sources {
		if s.ID == id {
			return s, m.err
		}
	}
	return storage.Source{}, cmp.Or(m.err, storage.ErrNotFound)
}

func (m *memory) Entry(_ context.Context, id string) (storage.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		if e.ID == id {
			return e, m.err
		}
	}
	return storage.Entry{}, cmp.Or(m.err, storage.ErrNotFound)
}

func (m *memory) Entries(_ context.Context, q storage.Query) (storage.Page[storage.Entry], error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.page(q, m.visible(q))
}

func (m *memory) Story(_ context.Context, id string) (storage.Story, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var members []storage.Entry
	for _, e := range m.entries {
		if e.Story == id {
			members = append(members, e)
		}
	}
	s := m.story(id, members)
	if len(s.Entries) == 0 {
		return s, cmp.Or(m.err, storage.ErrNotFound)
	}
	return s, m.err
}

func (m *memory) Stories(_ context.Context, q storage.Query) (storage.Page[storage.Story], error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	members := map[string][]storage.Entry{} // by what they are folded into
	for _, e := range m.entries {
		members[m.fold(e)] = append(members[m.fold(e)], e)
	}
	var standing []storage.Entry
	for _, e := range m.visible(q) {
		folded := members[m.fold(e)]
		first := slices.IndexFunc(folded, func(o storage.Entry) bool { return m.selects(q, o) })
		if folded[first].ID == e.ID {
			standing = append(standing, e)
		}
	}
	page, err := m.page(q, standing)
	stories := storage.Page[storage.Story]{Next: page.Next}
	for _, e := range page.Items {
		stories.Items = append(stories.Items, m.story(e.Story, members[m.fold(e)]))
	}
	return stories, err
}

func (m *memory) Stats(context.Context) (storage.Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := storage.Stats{Version: m.version, Changed: m.settings.Changed, Entries: len(m.entries)}
	for _, e := range m.entries {
		if e.Changed.After(stats.Changed) {
			stats.Changed = e.Changed
		}
	}
	return stats, m.err
}

func (m *memory) hidden(source string) bool {
	return slices.ContainsFunc(m.sources, func(s storage.Source) bool { return s.ID == source && s.Hidden() })
}

// fold names what an entry is folded into: its story, or itself where its
// source is not merged.
func (m *memory) fold(e storage.Entry) string {
	across := m.settings.Feed.Across
	for _, s := range m.sources {
		if s.ID == e.Source {
			across = cmp.Or(s.Across, across)
		}
	}
	if cmp.Or(across, storage.Merge) != storage.Merge {
		return e.ID
	}
	return e.Story
}

// selects reports whether the query is about the entry, whatever its place.
func (m *memory) selects(q storage.Query, e storage.Entry) bool {
	return !m.hidden(e.Source) &&
		(q.Source == "" || q.Source == e.Source) &&
		(q.View == "" || slices.Contains(e.Views, q.View)) &&
		(q.Category == "" || slices.ContainsFunc(e.Categories, func(c string) bool { return strings.EqualFold(c, q.Category) }))
}

func (m *memory) visible(q storage.Query) []storage.Entry {
	var found []storage.Entry
	for _, e := range m.entries {
		if m.selects(q, e) && !slices.Contains(q.Except, e.Source) && !e.Effective.Before(q.Since) &&
			(q.Before == "" || place(e) < q.Before) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b storage.Entry) int {
		return cmp.Or(b.Effective.Compare(a.Effective), cmp.Compare(b.ID, a.ID))
	})
	return found
}

// place is where an entry stands in the order of entries.
func place(e storage.Entry) storage.Cursor {
	return storage.Cursor(fmt.Sprintf("%020d %s", e.Effective.UnixNano(), e.ID))
}

// story makes a story of its members.
func (m *memory) story(id string, members []storage.Entry) storage.Story {
	s := storage.Story{ID: id}
	for _, e := range members {
		s.Public = cmp.Or(s.Public, e.ID)
		if m.hidden(e.Source) {
			continue
		}
		s.Entries = append(s.Entries, e)
		if e.Changed.After(s.Changed) {
			s.Changed = e.Changed
		}
	}
	return s
}

// page cuts a page out of everything.
func (m *memory) page(q storage.Query, all []storage.Entry) (storage.Page[storage.Entry], error) {
	m.reads++
	end := min(q.Limit, len(all))
	m.read += end
	p := storage.Page[storage.Entry]{Items: all[:end]}
	if end < len(all) {
		p.Next = place(all[end-1])
	}
	return p, m.err
}

// second is the n-th second of the fixture's time.
func second(n int) time.Time {
	return time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
}
