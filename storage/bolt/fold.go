package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"newsfeed/storage"
)

// maxFolded is the number of stories that lead to one. Of a story that takes in
// others for ever, those that it took in first are forgotten.
const maxFolded = 256

// fold makes one story of two, if they are two and there.
func (t *tx) fold(f storage.Fold) error {
	from, err := t.story(f.From)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("fold story %s: %w", f.From, err)
	}
	into, err := t.story(f.Into)
	if errors.Is(err, storage.ErrNotFound) || from.id == into.id {
		return nil
	}
	if err != nil {
		return fmt.Errorf("fold into story %s: %w", f.Into, err)
	}
	if err := t.complete(&into); err != nil {
		return fmt.Errorf("fold into story %s: %w", f.Into, err)
	}
	for _, m := range from.members {
		if err := t.moved(m.seq, into.id, f.Why); err != nil {
			return err
		}
	}
	led := into.members[0]
	into.members = append(into.members, from.members...)
	slices.SortFunc(into.members, func(a, b member) int { return cmp.Compare(a.seq, b.seq) })
	leads := into.members[0]
	for _, m := range append(from.members, led) {
		t.mark(into.id, m, m == leads)
	}
	into.changed = later(into.changed, from.changed)
	t.lead(append(from.folded, from.id), &into)
	t.putStory(&into)
	t.counts.stories--
	return nil
}

// moved makes an entry one of another story. Where it began its own, why is
// the reason.
func (t *tx) moved(seq uint64, story string, why storage.Decision) error {
	e, err := t.entry(seq)
	if err != nil {
		return err
	}
	e.Story = story
	if e.Joined == (storage.Decision{}) {
		e.Joined = why
	}
	t.putEntry(seq, e)
	return nil
}

// lead makes stories lead to another.
func (t *tx) lead(ids []string, into *story) {
	for _, id := range ids {
		t.putStory(&story{id: id, into: into.id})
	}
	into.folded = append(into.folded, ids...)
	for len(into.folded) > maxFolded {
		t.remove(&t.stories, []byte(into.folded[0]))
		into.folded = into.folded[1:]
	}
}
