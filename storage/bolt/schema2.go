package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// Three layouts were written as schema 1: the third is schema 2 but for the
// number, the second is without the buckets of younger, the first without
// those of young, too, and has its stories and the indexes of times and lists
// in another form.
var (
	young   = []string{"pruned", "turns", "resolver"}
	younger = []string{"events", "editions", "printed"}
)

var schema2 = migration{prepare: completeBuckets, steps: []step{rewriteStories}}

// completeBuckets makes the buckets that a store of schema 1 may be without.
func completeBuckets(b *bbolt.Tx) (first int, err error) {
	without := func(name string) bool { return b.Bucket([]byte(name)) == nil }
	var missing []string
	switch {
	case !without("pruned"):
		first = 1
		if without("events") {
			missing = younger
		}
	default:
		missing = slices.Concat(young, younger)
	}
	for _, name := range missing {
		if _, err := b.CreateBucket([]byte(name)); err != nil {
			return 0, fmt.Errorf("%w: bucket %s: %w", ErrDamaged, name, err)
		}
	}
	if _, err := b.CreateBucketIfNotExists([]byte("learned")); err != nil { // none had it
		return 0, err
	}
	// What is missing beyond that was lost.
	return first, checkBuckets(b)
}

// rewriteStories gives stories and what the indexes of times and lists say of
// their entries the form that they have in schema 2.
func rewriteStories(t *tx, behind []byte) (rows int, last []byte, err error) {
	ids := following(&t.stories, behind)
	for _, id := range ids {
		s := story{id: string(id)}
		if err := decode(t.packer, t.stories.Get(id), oldStoryFields, &s); err != nil {
			return 0, nil, fmt.Errorf("read story %s: %w", id, err)
		}
		if err := t.rewriteStory(&s); err != nil {
			return 0, nil, fmt.Errorf("story %s: %w", id, err)
		}
	}
	if last = lastOf(ids); last == nil {
		return len(ids), nil, t.noteApart()
	}
	return len(ids), last, nil
}

// oldStoryFields are those of the two forms that stories had.
var oldStoryFields = append(slices.Clone(storyFields),
	packed("members", func(s *story) *[]member { return &s.members }, 8+4+len(place{}),
		func([]byte, *member) []byte { panic("written no more") },
		func(b []byte, m *member) {
			m.seq = binary.BigEndian.Uint64(b)
			m.source = binary.BigEndian.Uint32(b[8:])
			m.place = place(b[12:])
		}))

func (t *tx) rewriteStory(s *story) error {
	if len(s.members) == 0 {
		return fmt.Errorf("%w: it is empty", ErrDamaged)
	}
	s.source = s.members[0].source
	for i := range s.members {
		m := &s.members[i]
		e, err := t.entry(m.seq)
		if err != nil {
			return err
		}
		m.hidden = e.Hidden != ""
		if e.ID == s.public {
			s.source = m.source
		}
		t.mark(s.id, *m, i == 0)
		for _, l := range listsOf(&e) {
			t.put(&t.lists, slices.Concat(l[:], m.place[:]), binary.BigEndian.AppendUint32(nil, m.source))
		}
	}
	t.putStory(s)
	return nil
}

// noteApart notes which sources stand apart.
func (t *tx) noteApart() error {
	settings, err := t.storedSettings()
	if err != nil {
		return err
	}
	var apart []uint32
	err = t.eachSource(func(src *source) error {
		if src.Folding(settings.Feed) != storage.Merge {
			apart = append(apart, src.number)
		}
		return nil
	})
	t.apart = numbersOf(apart)
	t.put(&t.meta, []byte("apart"), t.apart)
	return errors.Join(err, t.err)
}
