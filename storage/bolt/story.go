package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"newsfeed/storage"
)

// story is the row of a story, without its id, which is the key. What public,
// source and changed say outlives the entries that it comes from. The row of a
// story that never had more than one leaves public and source out: they are that
// one's.
type story struct {
	id      string
	public  string
	source  uint32 // of the entry that public comes from
	changed time.Time
	members []member // in order of first commit
	folded  []string // ids of stories that lead to this one, the last to do so last

	into string // id of the story that this one leads to; then nothing else is set
}

// member is an entry of a story.
type member struct {
	seq    uint64
	source uint32
	hidden bool // by a filter
	place  place
}

// story returns the story of that id, or the one that it leads to.
func (t *tx) story(id string) (story, error) {
	s, err := t.storyRow(id)
	if err != nil || s.into == "" {
		return s, err
	}
	s, err = t.storyRow(s.into)
	if errors.Is(err, storage.ErrNotFound) || s.into != "" {
		return s, fmt.Errorf("%w: story %s leads nowhere", ErrDamaged, id)
	}
	return s, err
}

func (t *tx) storyRow(id string) (story, error) {
	s := story{id: id}
	v := t.stories.Get([]byte(id))
	if v == nil {
		return s, storage.ErrNotFound
	}
	if err := decode(t.packer, v, storyFields, &s); err != nil {
		return s, fmt.Errorf("read story %s: %w", id, err)
	}
	return s, nil
}

func (t *tx) putStory(s *story) {
	t.put(&t.stories, []byte(s.id), encode(storyFields, s))
}

// join adds a new entry to its story, which begins with it if there is none.
func (t *tx) join(e *storage.Entry, m member) error {
	s, err := t.story(e.Story)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		s = story{id: e.Story}
		t.counts.stories++
	case err != nil:
		return err
	default:
		if err := t.complete(&s); err != nil {
			return err
		}
	}
	e.Story = s.id
	s.members = append(s.members, m)
	s.changed = later(s.changed, e.Changed)
	t.putStory(&s)
	t.mark(s.id, m, len(s.members) == 1)
	return nil
}

// complete puts in what the row of a story leaves out while it has one entry.
func (t *tx) complete(s *story) error {
	if s.public != "" {
		return nil
	}
	if len(s.members) == 0 {
		return fmt.Errorf("%w: story %s has no entry", ErrDamaged, s.id)
	}
	first := s.members[0]
	id, err := t.idOf(first.seq)
	s.public, s.source = id, first.source
	return err
}

// revised notes in its story that an entry has changed.
func (t *tx) revised(e *storage.Entry, seq uint64) error {
	s, err := t.story(e.Story)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.members, func(m member) bool { return m.seq == seq })
	if i < 0 {
		return fmt.Errorf("%w: story %s lacks entry %d", ErrDamaged, e.Story, seq)
	}
	m, hidden := &s.members[i], e.Hidden != ""
	if s.changed.Before(e.Changed) || m.hidden != hidden {
		s.changed = later(s.changed, e.Changed)
		m.hidden = hidden
		t.putStory(&s)
		t.mark(s.id, *m, i == 0)
	}
	return nil
}

// leave takes an entry out of its story. The next one leads; after the last one
// the story is gone, with those that led to it.
func (t *tx) leave(id string, seq uint64) error {
	s, err := t.story(id)
	if err != nil {
		return err
	}
	led := s.members[0].seq == seq
	s.members = slices.DeleteFunc(s.members, func(m member) bool { return m.seq == seq })
	if len(s.members) == 0 {
		t.counts.stories--
		for _, id := range append(s.folded, s.id) {
			t.remove(&t.stories, []byte(id))
		}
		return nil
	}
	t.putStory(&s)
	if led {
		t.mark(s.id, s.members[0], true)
	}
	return nil
}

// mark writes the ref of an entry.
func (t *tx) mark(story string, m member, leads bool) {
	r := ref{seq: m.seq, source: m.source, leads: leads, hidden: m.hidden, story: story}
	t.put(&t.times, m.place[:], r.append(nil))
}

// standsHere reports whether a story stands at the place of this entry, which
// is visible and selected: it stands apart, or is the first such entry of its
// story that does not.
func (t *tx) standsHere(sel *selection, p place, r ref) (bool, error) {
	switch {
	case r.leads || t.apart.has(r.source):
		return true, nil
	case len(sel.lists) == 0 && len(t.hidden) == 0 && len(t.apart) == 0 && t.counts.filtered == 0:
		return false, nil
	}
	s, err := t.story(r.story)
	if err != nil {
		return false, err
	}
	for _, m := range s.members {
		if m.place == p {
			return true, nil
		}
		if t.isVisible(m) && !t.apart.has(m.source) && t.inAll(sel.lists, m.place) {
			return false, nil
		}
	}
	return false, fmt.Errorf("%w: story %s lacks entry %d", ErrDamaged, r.story, r.seq)
}

func (t *tx) isVisible(m member) bool { return !m.hidden && !t.hidden.has(m.source) }

// readAt returns the story that stands at p, the place of an entry.
func (t *tx) readAt(p place, r ref) (storage.Story, error) {
	if t.apart.has(r.source) {
		e, err := t.entryAt(p, r)
		return storage.Story{ID: e.Story, Public: e.ID, Changed: e.Changed, Entries: []storage.Entry{e}}, err
	}
	s, err := t.story(r.story)
	if err == nil && len(t.apart) > 0 {
		err = t.withoutApart(&s)
	}
	if err != nil {
		return storage.Story{}, err
	}
	return t.readStory(&s)
}

// withoutApart takes the entries that stand apart out of a story.
func (t *tx) withoutApart(s *story) error {
	s.members = slices.DeleteFunc(s.members, func(m member) bool { return t.apart.has(m.source) })
	if !t.apart.has(s.source) {
		return nil
	}
	e, err := t.entry(s.members[0].seq)
	s.public = e.ID
	return err
}

// readStory returns a story with its visible entries, or storage.ErrNotFound.
func (t *tx) readStory(s *story) (storage.Story, error) {
	out := storage.Story{ID: s.id, Public: s.public, Changed: s.changed}
	for _, m := range s.members {
		if !t.isVisible(m) {
			continue
		}
		e, err := t.entry(m.seq)
		if err != nil {
			return storage.Story{}, err
		}
		if e.Story != s.id {
			return storage.Story{}, fmt.Errorf("%w: entry %d is not of story %s", ErrDamaged, m.seq, s.id)
		}
		out.Entries = append(out.Entries, e)
	}
	if len(out.Entries) == 0 {
		return storage.Story{}, storage.ErrNotFound
	}
	out.Public = cmp.Or(out.Public, out.Entries[0].ID)
	return out, nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
