package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"newsfeed/storage"
)

// rarityHalfLife is how long it takes to forget half of what is rare.
const rarityHalfLife = 14 * 24 * time.Hour

// recent knows the entries of the last days by what they tell, and what is
// rare in them. It is read from the store when it is first needed.
type recent struct {
	off    bool // nothing is to be found by what it tells
	loaded bool
	window Window
	rarity Rarity
	is     times
	was    times  // at the last keep
	counts bool   // the rarity has changed since the last checkpoint
	sketch Sketch // of the entry at hand
}

// times are those of the rarity.
type times struct {
	halved     time.Time // last, for its age
	checkpoint time.Time // the last one
}

func (r *recent) keep() {
	r.window.Keep()
	r.rarity.Keep()
	r.was = r.is
}

func (r *recent) undo() {
	r.window.Undo()
	r.rarity.Undo()
	r.is = r.was
	r.counts = true
}

// meet makes a new entry the one at hand.
func (r *recent) meet(e storage.Entry) {
	if r.off {
		return
	}
	r.age(e.FirstSeen)
	if len(e.Sketch) == 0 || r.sketch.unmarshal(e.Sketch) != nil {
		r.sketch = SketchOf(e)
	}
}

// like returns the entry that the one at hand is most like, if a rule holds.
func (r *recent) like(e storage.Entry) (Match, bool) {
	if r.off {
		return Match{}, false
	}
	matches := r.window.Matches(memberOf(e), &r.sketch, &r.rarity)
	if len(matches) == 0 {
		return Match{}, false
	}
	return matches[0], true
}

// add takes in the entry at hand. One that is like no other tells what is rare.
func (r *recent) add(e storage.Entry, founder bool) {
	if r.off {
		return
	}
	if founder {
		r.rarity.Add(r.sketch)
		r.counts = true
	}
	r.window.Add(memberOf(e), &r.sketch)
}

// age lets the rarity forget with time.
func (r *recent) age(now time.Time) {
	if r.is.halved.IsZero() {
		r.is.halved = now
	}
	for now.Sub(r.is.halved) >= rarityHalfLife {
		r.rarity.Halve()
		r.is.halved = r.is.halved.Add(rarityHalfLife)
	}
}

// load reads the last checkpoint, and what came after it and in the last days,
// in the order in which it came.
func (r *recent) load(ctx context.Context, store storage.Index) error {
	if r.loaded || r.off {
		return nil
	}
	point, err := store.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if err := r.restore(point.Data); err != nil {
		r.rarity, point.Number = Rarity{}, 0 // what is rare is learned anew
	}
	arrivals, err := arrivalsSince(ctx, store, point.Number)
	if err != nil {
		return err
	}
	var sketch Sketch
	for i := len(arrivals) - 1; i >= 0; i-- {
		a := &arrivals[i]
		if err := sketch.UnmarshalBinary(a.sketch); err != nil {
			return err
		}
		if a.number > point.Number {
			r.age(a.member.Seen)
			if a.founder {
				r.rarity.Add(sketch)
			}
		}
		r.window.Add(a.member, &sketch)
		r.keep()
	}
	r.loaded = true
	return nil
}

// arrival is an entry as it was when it came.
type arrival struct {
	number  uint64
	member  Member
	sketch  []byte
	founder bool // nothing was like it
}

// loadPage is how many entries are read at a time.
const loadPage = 500

// arrivalsSince returns the entries of the last days, and those after a number,
// the last one first.
func arrivalsSince(ctx context.Context, store storage.Index, number uint64) ([]arrival, error) {
	var list []arrival
	before := uint64(0)
	for len(list) < windowLimit {
		page, err := store.Arrivals(ctx, before, loadPage)
		if err != nil {
			return nil, err
		}
		recent := false
		for _, a := range page {
			list = append(list, newArrival(a))
			recent = recent || a.Number > number || list[0].member.Seen.Sub(a.Entry.FirstSeen) <= windowAge
			before = a.Number
		}
		if !recent || len(page) < loadPage {
			break
		}
	}
	return list, nil
}

// newArrival keeps nothing else of the entry in memory.
func newArrival(a storage.Arrival) arrival {
	m := memberOf(a.Entry)
	m.ID, m.Source, m.Story = strings.Clone(m.ID), strings.Clone(m.Source), strings.Clone(m.Story)
	sketch := sketchOf(a.Entry)
	b, _ := sketch.AppendBinary(nil)
	return arrival{a.Number, m, b, isFounder(a.Entry)}
}

// isFounder reports whether an entry was like no other when it came.
func isFounder(e storage.Entry) bool { return e.Joined.Rule == "" || e.Joined.Rule == RuleLinked }

func memberOf(e storage.Entry) Member {
	return Member{ID: e.ID, Source: e.Source, Story: e.Story, Time: e.Effective, Seen: e.FirstSeen}
}

// sketchOf returns the sketch that an entry carries, or makes it.
func sketchOf(e storage.Entry) Sketch {
	var s Sketch
	if len(e.Sketch) == 0 || s.UnmarshalBinary(e.Sketch) != nil {
		return SketchOf(e)
	}
	return s
}

// recentVersion is the first byte of the binary form.
const recentVersion = 1

var errRecent = errors.New("dedup: checkpoint is in no known form")

// checkpoint returns what the entries of the last days do not tell.
func (r *recent) checkpoint() []byte {
	b := []byte{recentVersion}
	b = binary.BigEndian.AppendUint64(b, uint64(r.is.checkpoint.Unix()))
	b = binary.BigEndian.AppendUint64(b, uint64(r.is.halved.Unix()))
	b, _ = r.rarity.AppendBinary(b)
	return b
}

func (r *recent) restore(b []byte) error {
	switch {
	case len(b) == 0:
		return nil
	case b[0] != recentVersion || len(b) < 1+8+8:
		return errRecent
	}
	r.is.checkpoint = time.Unix(int64(binary.BigEndian.Uint64(b[1:])), 0).UTC()
	r.is.halved = time.Unix(int64(binary.BigEndian.Uint64(b[9:])), 0).UTC()
	return r.rarity.UnmarshalBinary(b[17:])
}

// checkpointEvery is how much of what is rare may have to be counted anew when
// the store is opened.
const checkpointEvery = time.Hour

// Checkpoint returns what is to be kept in the store, in the commit of what was
// resolved before it, when that is due.
func (r *Resolver) Checkpoint(now time.Time) (storage.Checkpoint, bool) {
	if !r.recent.counts || now.Sub(r.recent.is.checkpoint).Abs() < checkpointEvery {
		return storage.Checkpoint{}, false
	}
	r.recent.counts, r.recent.is.checkpoint = false, now
	return storage.Checkpoint{Data: r.recent.checkpoint()}, true
}
