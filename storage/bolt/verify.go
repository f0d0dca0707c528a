package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

var (
	_ storage.Verifier = (*Store)(nil)
	_ storage.Copier   = (*Store)(nil)
	_ storage.Measurer = (*Store)(nil)
)

// Verify implements storage.Verifier. Of a file whose pages are not sound it
// says that, and does not look at what they hold. It needs memory for a few
// bits of each page and a number of each source.
func (s *Store) Verify(ctx context.Context, found func(fault string)) error {
	err := s.snapshot(ctx, func(b *bbolt.Tx, p *pages) error {
		sound := true
		fault := func(err error) {
			sound = false
			found(err.Error())
		}
		length, err := lengthOf(s.file())
		if err != nil {
			return err
		}
		checkPages(p, length, fault)
		// What bbolt itself checks is right only while nobody writes.
		if sound && b.DB().IsReadOnly() {
			for err := range b.Check() {
				fault(err)
			}
		}
		if !sound {
			return nil
		}
		t, err := begin(b, s.packer)
		if err != nil {
			return err
		}
		return newAudit(ctx, t, found).run()
	})
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	return nil
}

// audit checks what the buckets say of each other. That all of one is in
// another, once, and that both are of one size, is that they are alike.
type audit struct {
	*tx
	ctx   context.Context
	fault func(fault string)
	looks int

	known   map[uint32]*audited // sources
	numbers map[string]uint32   // of sources, by id
	have    struct{ entries, filtered, stories, members, lists, keys int }
}

// audited is a source, and how many entries of it were counted.
type audited struct {
	id      string
	says    int
	entries int
}

func newAudit(ctx context.Context, t *tx, fault func(string)) *audit {
	return &audit{tx: t, ctx: ctx, fault: fault, known: map[uint32]*audited{}, numbers: map[string]uint32{}}
}

func (a *audit) found(format string, args ...any) { a.fault(fmt.Sprintf(format, args...)) }

func (a *audit) run() error {
	for _, check := range []func() error{
		a.checkMeta, a.checkSources, a.checkEntries, a.checkIDs, a.checkTimes, a.checkLists, a.checkKeys, a.checkStories,
		a.checkPruned, a.checkEditions, a.checkEvents, a.checkCheckpoint, a.checkLearned,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	a.checkCounts()
	return nil
}

// each calls fn for each key of a bucket.
func (a *audit) each(b *bucket, fn func(k, v []byte)) error {
	return b.ForEach(func(k, v []byte) error {
		if a.looks++; a.looks%256 == 0 && a.ctx.Err() != nil {
			return a.ctx.Err()
		}
		fn(k, v)
		return nil
	})
}

// sized reports whether a key or value has the length that it must have.
func (a *audit) sized(bucket string, k []byte, got, want int) bool {
	if got != want {
		a.found("%s: key %.64x: %d bytes instead of %d", bucket, k, got, want)
	}
	return got == want
}

func (a *audit) checkMeta() error {
	_, err := a.storedSettings()
	if err != nil {
		a.found("settings: %v", err)
	}
	for name, set := range map[string]numbers{"hidden": a.hidden, "apart": a.apart} {
		if len(set)%4 != 0 {
			a.found("meta: %s has %d bytes", name, len(set))
		}
	}
	return nil
}

func (a *audit) checkSources() error {
	settings, err := a.storedSettings()
	if err != nil {
		return nil // said already
	}
	err = a.each(&a.sources, func(id, v []byte) {
		src := source{Source: storage.Source{SourceSettings: storage.SourceSettings{ID: string(id)}}}
		if err := decode(a.packer, v, sourceFields, &src); err != nil {
			a.found("source %s: %v", id, err)
			return
		}
		if err := a.readState(&src, stateFields); err != nil {
			a.found("%v", err)
		}
		n := src.number
		if other := a.known[n]; other != nil || n == 0 || uint64(n) > a.sources.Sequence() {
			a.found("source %s has the number %d, which is not its own", id, n)
			return
		}
		if a.hidden.has(n) != src.Hidden() {
			a.found("source %s: whether it is hidden is not noted", id)
		}
		if a.apart.has(n) != (src.Folding(settings.Feed) != storage.Merge) {
			a.found("source %s: whether it stands apart is not noted", id)
		}
		a.known[n] = &audited{id: src.ID, says: src.Entries}
		a.numbers[src.ID] = n
	})
	if err != nil {
		return err
	}
	return a.each(&a.states, func(id, _ []byte) {
		if _, ok := a.numbers[string(id)]; !ok {
			a.found("the state of source %s has no source", id)
		}
	})
}

// checkEntries checks that each entry is in all indexes.
func (a *audit) checkEntries() error {
	return a.each(&a.entries, func(k, v []byte) {
		if !a.sized("entries", k, len(k), 8) {
			return
		}
		seq := binary.BigEndian.Uint64(k)
		var e storage.Entry
		if err := unpackEntry(a.packer, v, &e); err != nil {
			a.found("entry %d: %v", seq, err)
			return
		}
		a.have.entries++
		a.have.filtered += filtered(&e)
		if seq == 0 || seq > a.entries.Sequence() {
			a.found("entry %d is beyond the last, %d", seq, a.entries.Sequence())
		}
		a.checkEntry(seq, &e)
	})
}

func (a *audit) checkEntry(seq uint64, e *storage.Entry) {
	h, id := hashOf(e.ID), idKey(e.ID)
	if v := a.ids.Get(id[:]); string(v) != string(seqKey(seq)) {
		a.found("entry %d: its id %.200q leads to entry %x", seq, e.ID, v)
	}
	n := a.numbers[e.Source]
	if src := a.known[n]; src == nil {
		a.found("entry %d is of source %.200q, which is not there", seq, e.Source)
	} else {
		src.entries++
	}
	at := placeOf(e.Effective, h)
	for _, l := range listsOf(e) {
		a.have.lists++
		if v := a.lists.Get(slices.Concat(l[:], at[:])); len(v) != 4 || sourceOf(v) != n {
			a.found("entry %d is missing in a list", seq)
		}
	}
	for i, key := range e.Keys {
		if slices.Contains(e.Keys[:i], key) {
			continue
		}
		a.have.keys++
		if a.keys.Get(binary.BigEndian.AppendUint64(key[:], seq)) == nil {
			a.found("entry %d is missing under its key %x", seq, key)
		}
	}
	a.checkPlace(seq, e, member{seq, n, e.Hidden != "", at})
}

// checkPlace checks what the story of an entry and the index of times say of it.
func (a *audit) checkPlace(seq uint64, e *storage.Entry, m member) {
	s, err := a.storyRow(e.Story)
	if err != nil {
		a.found("entry %d: story %.64q: %v", seq, e.Story, err)
		return
	}
	i := slices.Index(s.members, m)
	if i < 0 {
		a.found("entry %d is missing in story %.64q", seq, e.Story)
	}
	want := ref{seq: seq, source: m.source, leads: i == 0, hidden: m.hidden, story: e.Story}
	if v := a.times.Get(m.place[:]); string(v) != string(want.append(nil)) {
		a.found("entry %d is missing in the index of times", seq)
	}
}

// checkIDs and those that follow check that each index has only what is there.
func (a *audit) checkIDs() error {
	n := 0
	err := a.each(&a.ids, func(k, v []byte) {
		n++
		if a.entries.Get(v) == nil {
			a.found("ids: key %.64x leads to entry %x, which is not there", k, v)
		}
	})
	a.alike("ids", n, a.have.entries)
	return err
}

func (a *audit) checkTimes() error {
	n := 0
	err := a.each(&a.times, func(k, v []byte) {
		n++
		if !a.sized("times", k, len(k), len(place{})) || len(v) < 13 {
			return
		}
		if a.entries.Get(v[4:12]) == nil {
			a.found("times: key %.64x leads to entry %x, which is not there", k, v[4:12])
		}
	})
	a.alike("times", n, a.have.entries)
	return err
}

func (a *audit) checkLists() error {
	n := 0
	err := a.each(&a.lists, func(k, _ []byte) {
		n++
		if a.sized("lists", k, len(k), len(list{})+len(place{})) && a.times.Get(k[len(list{}):]) == nil {
			a.found("lists: key %.64x is of an entry that is not there", k)
		}
	})
	a.alike("lists", n, a.have.lists)
	return err
}

func (a *audit) checkKeys() error {
	n := 0
	err := a.each(&a.keys, func(k, _ []byte) {
		n++
		if a.sized("keys", k, len(k), len(storage.Key{})+8) && a.entries.Get(k[len(storage.Key{}):]) == nil {
			a.found("keys: key %.64x is of an entry that is not there", k)
		}
	})
	a.alike("keys", n, a.have.keys)
	return err
}

func (a *audit) checkStories() error {
	err := a.each(&a.stories, func(id, _ []byte) {
		s, err := a.storyRow(string(id))
		switch {
		case err != nil:
			a.found("%v", err)
		case s.into != "":
			into, err := a.storyRow(s.into)
			if err != nil || into.into != "" || !slices.Contains(into.folded, s.id) {
				a.found("story %.64q leads nowhere", id)
			}
		default:
			a.checkStory(&s)
		}
	})
	a.alike("the entries of all stories", a.have.members, a.have.entries)
	return err
}

func (a *audit) checkStory(s *story) {
	a.have.stories++
	a.have.members += len(s.members)
	switch {
	case len(s.members) == 0:
		a.found("story %.64q is empty", s.id)
	case s.public == "" && (len(s.members) > 1 || len(s.folded) > 0):
		a.found("story %.64q does not say its public id", s.id)
	}
	for i, m := range s.members {
		if i > 0 && m.seq <= s.members[i-1].seq {
			a.found("story %.64q: entry %d is out of order", s.id, m.seq)
		}
		if v := a.times.Get(m.place[:]); len(v) < 13 || parseRef(v).seq != m.seq || parseRef(v).story != s.id {
			a.found("story %.64q: entry %d is not there", s.id, m.seq)
		}
	}
	for _, id := range s.folded {
		if from, err := a.storyRow(id); err != nil || from.into != s.id {
			a.found("story %.64q: story %.64q does not lead to it", s.id, id)
		}
	}
}

func (a *audit) checkLearned() error {
	return a.each(&a.learned, func(k, v []byte) {
		if a.sized("learned", k, len(k), 5) && a.dictionary(v) == nil {
			a.found("dictionary %x cannot be read", k)
		}
	})
}

func (a *audit) checkPruned() error {
	return a.checkRing("pruned", a.prunedRing(), func(k, v []byte) {
		if a.sized("pruned", k, len(k), 9) {
			a.sized("pruned", k, len(v), 8)
		}
	})
}

func (a *audit) checkEditions() error {
	return a.checkRing("editions", a.editionRing(), func(path, v []byte) {
		if err := decode(a.packer, v, editionFields, new(storage.Edition)); err != nil {
			a.found("edition of %.200q: %v", path, err)
		}
	})
}

func (a *audit) checkRing(name string, r ring, value func(k, v []byte)) error {
	values, turns := 0, 0
	err := a.each(r.values, func(k, v []byte) {
		values++
		if len(v) < 8 || string(r.turns.Get(v[:8])) != string(k) {
			a.found("%s: key %.64x has no turn", name, k)
			return
		}
		value(k, v[8:])
	})
	a.alike(name, values, *r.count)
	return errors.Join(err, a.each(r.turns, func(turn, k []byte) {
		turns++
		if v := r.values.Get(k); len(v) < 8 || string(v[:8]) != string(turn) {
			a.found("%s: the turn %x has no key", name, turn)
		}
	}))
}

func (a *audit) checkEvents() error {
	n := 0
	err := a.each(&a.events, func(k, v []byte) {
		n++
		if err := decode(a.packer, v, eventFields, new(storage.Event)); err != nil || len(k) != 8 {
			a.found("event %x: %v", k, err)
		}
	})
	if n > maxEvents {
		a.found("%d events are kept, which is more than %d", n, maxEvents)
	}
	return err
}

func (a *audit) checkCheckpoint() error {
	if v := a.resolver.Get([]byte("checkpoint")); v != nil {
		var c storage.Checkpoint
		if err := decode(a.packer, v, checkpointFields, &c); err != nil || c.Number > a.entries.Sequence() {
			a.found("checkpoint up to entry %d of %d: %v", c.Number, a.entries.Sequence(), err)
		}
	}
	return nil
}

func (a *audit) checkCounts() {
	a.alike("entries", a.have.entries, a.counts.entries)
	a.alike("stories", a.have.stories, a.counts.stories)
	a.alike("filtered entries", a.have.filtered, a.counts.filtered)
	for _, src := range a.known {
		a.alike("entries of source "+src.id, src.entries, src.says)
	}
}

func (a *audit) alike(what string, got, want int) {
	if got != want {
		a.found("%s: there are %d where there must be %d", what, got, want)
	}
}
