package bolt

import (
	"fmt"
	"slices"
	"time"

	"newsfeed/storage"
)

// story is the row of a story. public and changed outlive the entries that
// they come from.
type story struct {
	public  string
	changed time.Time
	members []member // in order of first commit
}

// member is an entry of a story.
type member struct {
	seq    uint64
	source uint32
	hidden bool // by a filter
	place  place
}

func (t *tx) story(id string) (story, error) {
	var s story
	v := t.stories.Get([]byte(id))
	if v == nil {
		return s, storage.ErrNotFound
	}
	if err := decode(t.packer, v, storyFields, &s); err != nil {
		return s, fmt.Errorf("read story %s: %w", id, err)
	}
	return s, nil
}

func (t *tx) putStory(id string, s *story) {
	t.put(t.stories, []byte(id), encode(storyFields, s))
}

// join adds a new entry to its story, which begins with it if there is none.
func (t *tx) join(e *storage.Entry, m member) error {
	var s story
	if v := t.stories.Get([]byte(e.Story)); v == nil {
		s.public = e.ID
		t.counts.stories++
	} else if err := decode(t.packer, v, storyFields, &s); err != nil {
		return fmt.Errorf("read story %s: %w", e.Story, err)
	}
	s.members = append(s.members, m)
	s.changed = later(s.changed, e.Changed)
	t.putStory(e.Story, &s)
	t.mark(e.Story, m, len(s.members) == 1)
	return nil
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
		t.putStory(e.Story, &s)
		t.mark(e.Story, *m, i == 0)
	}
	return nil
}

// leave takes an entry out of its story. The next one leads.
func (t *tx) leave(id string, seq uint64) error {
	s, err := t.story(id)
	if err != nil {
		return err
	}
	led := s.members[0].seq == seq
	s.members = slices.DeleteFunc(s.members, func(m member) bool { return m.seq == seq })
	if len(s.members) == 0 {
		t.counts.stories--
		t.remove(t.stories, []byte(id))
		return nil
	}
	t.putStory(id, &s)
	if led {
		t.mark(id, s.members[0], true)
	}
	return nil
}

// mark writes the ref of an entry.
func (t *tx) mark(story string, m member, leads bool) {
	r := ref{seq: m.seq, source: m.source, leads: leads, hidden: m.hidden, story: story}
	t.put(t.times, m.place[:], r.append(nil))
}

// standsHere reports whether a story stands at the place of this entry of it,
// which is visible and selected: whether it is the first such entry.
func (t *tx) standsHere(sel *selection, p place, r ref) (bool, error) {
	switch {
	case r.leads:
		return true, nil
	case len(sel.lists) == 0 && len(t.hidden) == 0 && t.counts.filtered == 0:
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
		if !m.hidden && !t.isHidden(m.source) && t.inAll(sel.lists, m.place) {
			return false, nil
		}
	}
	return false, fmt.Errorf("%w: story %s lacks entry %d", ErrDamaged, r.story, r.seq)
}

// read returns a story with its visible entries, or storage.ErrNotFound.
func (t *tx) readStory(id string) (storage.Story, error) {
	s, err := t.story(id)
	if err != nil {
		return storage.Story{}, err
	}
	out := storage.Story{ID: id, Public: s.public, Changed: s.changed}
	for _, m := range s.members {
		if m.hidden || t.isHidden(m.source) {
			continue
		}
		e, err := t.entry(m.seq)
		if err != nil {
			return storage.Story{}, err
		}
		if e.Story != id {
			return storage.Story{}, fmt.Errorf("%w: entry %d is not of story %s", ErrDamaged, m.seq, id)
		}
		out.Entries = append(out.Entries, e)
	}
	if len(out.Entries) == 0 {
		return storage.Story{}, storage.ErrNotFound
	}
	return out, nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
