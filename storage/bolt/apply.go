package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"newsfeed/storage"
)

// maxKeys is the number of keys an entry keeps when keys that it no longer
// has are counted in: a title that changes at every poll must not make it
// grow for ever.
const maxKeys = 64

// apply changes the store as r says. It reads nothing but r and the store.
func (t *tx) apply(r *storage.Record) error {
	parts := 0
	for _, is := range []bool{r.Settings != nil, r.Poll != nil, r.Prune != nil, r.Judge != nil, r.Checkpoint != nil, len(r.Editions) > 0} {
		if is {
			parts++
		}
	}
	switch {
	case parts != 1:
		return errors.New("not exactly one of settings, poll, prune, judge, checkpoint and editions")
	case r.Settings != nil:
		return t.settings(r.Settings)
	case r.Poll != nil:
		return t.poll(r.Poll)
	case r.Prune != nil:
		return t.prune(r.Prune, r.Time)
	case r.Judge != nil:
		return t.judge(r.Judge)
	case r.Checkpoint != nil:
		return t.checkpoint(*r.Checkpoint)
	}
	return t.setEditions(r.Editions)
}

// settings makes the sources what s says. Those no longer configured are kept
// as removed. Settings equal to the present ones but for Changed do nothing.
func (t *tx) settings(s *storage.Settings) error {
	sources := map[string]*source{}
	if err := checkViews(s.Views); err != nil {
		return err
	}
	err := t.eachSource(func(src *source) error {
		src.Removed = true
		sources[src.ID] = src
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range s.Sources {
		if n := len(c.Categories); n > maxList {
			return fmt.Errorf("source %s has %d categories", c.ID, n)
		}
		src := sources[c.ID]
		switch {
		case src == nil:
			n, err := t.sources.NextSequence()
			if err != nil {
				return err
			}
			src = &source{number: uint32(n)}
			sources[c.ID] = src
		case !src.Removed:
			return fmt.Errorf("source %s is configured twice", c.ID)
		}
		src.SourceSettings, src.Removed = c, false
	}

	differ := false
	var hidden, apart []uint32
	for _, id := range slices.Sorted(maps.Keys(sources)) {
		src := sources[id]
		if src.Hidden() {
			hidden = append(hidden, src.number)
		}
		if src.Folding(s.Feed) != storage.Merge {
			apart = append(apart, src.number)
		}
		if row := encode(sourceFields, src); !bytes.Equal(row, t.sources.Get([]byte(id))) {
			differ = true
			t.put(&t.sources, []byte(id), row)
		}
	}
	t.hidden, t.apart = numbersOf(hidden), numbersOf(apart)
	t.put(&t.meta, []byte("hidden"), t.hidden)
	t.put(&t.meta, []byte("apart"), t.apart)

	was, err := t.storedSettings()
	if err != nil {
		return err
	}
	same := *s
	same.Changed = was.Changed
	if differ || !bytes.Equal(encode(settingsFields, &same), t.meta.Get([]byte("settings"))) {
		t.put(&t.meta, []byte("settings"), encode(settingsFields, s))
		t.counts.changed = later(t.counts.changed, s.Changed)
		t.counts.version++
	}
	return nil
}

func checkViews(views []storage.View) error {
	if n := len(views); n > maxList {
		return fmt.Errorf("%d views", n)
	}
	for _, v := range views {
		if n := max(len(v.Sources), len(v.Categories)); n > maxList {
			return fmt.Errorf("view %s: a list of %d", v.Name, n)
		}
	}
	return nil
}

// poll replaces the state of a source, adds or replaces entries, folds stories
// and then adds events.
func (t *tx) poll(p *storage.Poll) error {
	src, err := t.source(p.Source, standingFields)
	if err != nil {
		return fmt.Errorf("poll of source %s: %w", p.Source, err)
	}
	if len(p.Entries)+len(p.Folds)+len(p.Events) > 0 || published(src.State.About) != published(p.State.About) {
		t.counts.version++
	}
	if n := max(len(p.State.Parts), len(p.State.Articles)); n > maxList {
		return fmt.Errorf("poll of source %s: a list of %d", p.Source, n)
	}
	src.State = p.State
	for i := range p.Entries {
		if err := t.entered(src, p.Entries[i]); err != nil {
			return fmt.Errorf("poll of source %s: entry %.200q: %w", p.Source, p.Entries[i].ID, err)
		}
	}
	t.putState(src)
	for _, f := range p.Folds {
		if err := t.fold(f); err != nil {
			return fmt.Errorf("poll of source %s: %w", p.Source, err)
		}
	}
	if err := t.happened(p.Source, p.Events); err != nil {
		return fmt.Errorf("poll of source %s: %w", p.Source, err)
	}
	return nil
}

// published returns what is published of a, that is all but the time, which
// many sources move whenever they are asked.
func published(a storage.About) storage.About {
	return storage.About{
		ID: a.ID, Title: a.Title, Description: a.Description, Link: a.Link, Self: a.Self, Hub: a.Hub,
		Image: a.Image, Language: a.Language, Rights: a.Rights, Format: a.Format,
	}
}

// entered adds an entry, or replaces the one with its id.
func (t *tx) entered(src *source, e storage.Entry) error {
	if e.ID == "" || e.Story == "" {
		return errors.New("no id or no story")
	}
	n := max(len(e.Authors), len(e.Categories), len(e.Media), len(e.Aliases), len(e.History), len(e.Views))
	if n > maxList {
		return fmt.Errorf("a list of %d", n)
	}
	var was storage.Entry
	var seq uint64
	number := src.number
	h := hashOf(e.ID)
	id := idKeyOf(e.ID, h)
	if v := t.ids.Get(id[:]); v != nil {
		var err error
		seq = binary.BigEndian.Uint64(v)
		if was, err = t.entry(seq); err != nil {
			return err
		}
		e.Source, e.Story = was.Source, was.Story
		e.FirstSeen, e.Effective = was.FirstSeen, was.Effective
		number = t.sourceAt(placeOf(e.Effective, h))
		if err := t.revised(&e, seq); err != nil {
			return err
		}
	} else {
		var err error
		if e.Source != src.ID {
			return fmt.Errorf("is of source %s", e.Source)
		}
		if seq, err = t.entries.NextSequence(); err != nil {
			return err
		}
		t.put(&t.ids, id[:], seqKey(seq))
		if err := t.join(&e, member{seq, src.number, e.Hidden != "", placeOf(e.Effective, h)}); err != nil {
			return err
		}
		src.Entries++
		t.counts.entries++
	}
	t.counts.filtered += filtered(&e) - filtered(&was)
	e.Keys = mergeKeys(e.Keys, was.Keys)
	t.index(seq, number, placeOf(e.Effective, h), &was, &e)
	t.counts.changed = later(t.counts.changed, e.Changed)
	t.putEntry(seq, e)
	return nil
}

// prune removes entries with all that points to them, and remembers keys.
func (t *tx) prune(p *storage.Prune, now time.Time) error {
	gone := map[string]int{} // by source
	for _, id := range p.Entries {
		key := idKey(id)
		v := t.ids.Get(key[:])
		if v == nil {
			continue
		}
		seq := binary.BigEndian.Uint64(v)
		e, err := t.entry(seq)
		if err != nil {
			return fmt.Errorf("prune entry %.200q: %w", id, err)
		}
		at := placeOf(e.Effective, hashOf(id))
		t.index(seq, t.sourceAt(at), at, &e, &storage.Entry{})
		t.remove(&t.times, at[:])
		t.remove(&t.ids, key[:])
		t.remove(&t.entries, seqKey(seq))
		if err := t.leave(e.Story, seq); err != nil {
			return fmt.Errorf("prune entry %.200q: %w", id, err)
		}
		t.counts.filtered -= filtered(&e)
		gone[e.Source]++
		t.counts.entries--
	}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		src, err := t.source(id, stateFields)
		if err != nil {
			return fmt.Errorf("prune source %s: %w", id, err)
		}
		src.Entries -= gone[id]
		t.putState(src)
	}
	if len(gone) > 0 {
		t.counts.version++
	}
	return t.remember(p.Remember, now)
}

// checkpoint replaces the checkpoint.
func (t *tx) checkpoint(c storage.Checkpoint) error {
	c.Number = t.entries.Sequence()
	row, err := compress(t.packer, checkpointFields, &c)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	t.put(&t.resolver, []byte("checkpoint"), row)
	return nil
}

// judge hides entries of a source, or shows them again, and says in which views
// they are.
func (t *tx) judge(j *storage.Judge) error {
	src, err := t.source(j.Source, stateFields)
	if err != nil {
		return fmt.Errorf("judge entries of source %s: %w", j.Source, err)
	}
	for _, e := range j.Entries {
		if err := t.judged(e); err != nil {
			return fmt.Errorf("judge entry %.200q of source %s: %w", e.ID, j.Source, err)
		}
	}
	if j.Judged != nil && src.Judged != *j.Judged {
		src.Judged = *j.Judged
		t.putState(src)
	}
	return nil
}

func (t *tx) judged(j storage.Judgement) error {
	if n := len(j.Views); n > maxList {
		return fmt.Errorf("a list of %d", n)
	}
	key := idKey(j.ID)
	v := t.ids.Get(key[:])
	if v == nil {
		return nil // removed meanwhile
	}
	seq := binary.BigEndian.Uint64(v)
	was, err := t.entry(seq)
	if err != nil || was.Hidden == j.Hidden && slices.Equal(was.Views, j.Views) {
		return err
	}
	e := was
	e.Hidden, e.Views = j.Hidden, j.Views
	if err := t.revised(&e, seq); err != nil {
		return err
	}
	at := placeOf(e.Effective, hashOf(j.ID))
	t.index(seq, t.sourceAt(at), at, &was, &e)
	t.counts.filtered += filtered(&e) - filtered(&was)
	t.counts.version++
	t.putEntry(seq, e)
	return nil
}

// filtered counts an entry that a filter hides.
func filtered(e *storage.Entry) int {
	if e.Hidden == "" {
		return 0
	}
	return 1
}

// sourceAt returns the number of the source of the entry at p.
func (t *tx) sourceAt(p place) uint32 { return sourceOf(t.times.Get(p[:])) }

// index moves an entry of a source from the lists and keys it was under to those
// it is under now. The zero entry is under none.
func (t *tx) index(seq uint64, number uint32, p place, was, now *storage.Entry) {
	before, after := listsOf(was), listsOf(now)
	source := binary.BigEndian.AppendUint32(nil, number)
	for _, l := range before {
		if !slices.Contains(after, l) {
			t.remove(&t.lists, slices.Concat(l[:], p[:]))
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			t.put(&t.lists, slices.Concat(l[:], p[:]), source)
		}
	}
	for _, k := range was.Keys {
		if !slices.Contains(now.Keys, k) {
			t.remove(&t.keys, binary.BigEndian.AppendUint64(k[:], seq))
		}
	}
	for _, k := range now.Keys {
		if !slices.Contains(was.Keys, k) {
			t.put(&t.keys, binary.BigEndian.AppendUint64(k[:], seq), nil)
		}
	}
}

// mergeKeys returns the keys an entry has, each once, and behind them those it
// had before.
func mergeKeys(has, had []storage.Key) []storage.Key {
	var keys []storage.Key
	for _, k := range has {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	most := max(len(keys), maxKeys)
	for _, k := range had {
		if len(keys) < most && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}
