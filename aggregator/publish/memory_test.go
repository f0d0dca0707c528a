package publish_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
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
	version  uint64
	reads    int // of pages
	err      error
}

var _ storage.Reader = (*memory)(nil)

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
	return page(m, q, m.visible(q))
}

func (m *memory) Story(_ context.Context, id string) (storage.Story, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.story(id)
	if len(s.Entries) == 0 {
		return s, cmp.Or(m.err, storage.ErrNotFound)
	}
	return s, m.err
}

func (m *memory) Stories(_ context.Context, q storage.Query) (storage.Page[storage.Story], error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	stands := map[string]bool{}
	places := map[string]string{}
	for _, e := range m.entries {
		if places[e.Story] == "" && m.selects(q, e) {
			places[e.Story], stands[e.ID] = e.ID, true
		}
	}
	var stories []storage.Story
	for _, e := range m.visible(q) {
		if stands[e.ID] {
			stories = append(stories, m.story(e.Story))
		}
	}
	return page(m, q, stories)
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

func (m *memory) selects(q storage.Query, e storage.Entry) bool {
	return !m.hidden(e.Source) &&
		(q.Source == "" || q.Source == e.Source) &&
		(q.Category == "" || slices.ContainsFunc(e.Categories, func(c string) bool { return strings.EqualFold(c, q.Category) })) &&
		!e.Effective.Before(q.Since)
}

func (m *memory) visible(q storage.Query) []storage.Entry {
	var found []storage.Entry
	for _, e := range m.entries {
		if m.selects(q, e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b storage.Entry) int {
		return cmp.Or(b.Effective.Compare(a.Effective), cmp.Compare(b.ID, a.ID))
	})
	return found
}

func (m *memory) story(id string) storage.Story {
	s := storage.Story{ID: id}
	for _, e := range m.entries {
		if e.Story != id {
			continue
		}
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

// page cuts a page out of everything; its cursors are numbers.
func page[T any](m *memory, q storage.Query, all []T) (storage.Page[T], error) {
	m.reads++
	start, _ := strconv.Atoi(string(q.Before))
	end := min(start+q.Limit, len(all))
	p := storage.Page[T]{Items: all[start:end]}
	if end < len(all) {
		p.Next = storage.Cursor(strconv.Itoa(end))
	}
	return p, m.err
}

// second is the n-th second of the fixture's time.
func second(n int) time.Time {
	return time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
}
