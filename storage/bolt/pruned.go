package bolt

import (
	"encoding/binary"
	"time"

	"newsfeed/storage"
)

// maxPruned is the number of keys that are remembered, some 80 MB of them.
const maxPruned = 1 << 19

// shortKey is as much of a key as is remembered: the kind and half of the hash.
type shortKey [9]byte

func shorten(k storage.Key) shortKey { return shortKey(k[:]) }

// remember notes that a key is pruned. A key noted before takes a new turn.
func (t *tx) remember(k shortKey, now time.Time) error {
	turn, err := t.turns.NextSequence()
	if err != nil {
		return err
	}
	if v := t.pruned.Get(k[:]); v != nil {
		t.remove(t.turns, v[:8])
	} else {
		t.counts.pruned++
	}
	t.put(t.turns, seqKey(turn), k[:])
	t.put(t.pruned, k[:], binary.BigEndian.AppendUint64(seqKey(turn), uint64(now.Unix())))
	return nil
}

// forget forgets the keys remembered longest ago that are too many.
func (t *tx) forget() {
	type memory struct {
		turn []byte
		key  shortKey
	}
	var oldest []memory
	c := t.turns.Cursor()
	for turn, k := c.First(); turn != nil && t.counts.pruned > t.maxPruned; turn, k = c.Next() {
		oldest = append(oldest, memory{turn, shortKey(k)})
		t.counts.pruned--
	}
	for _, m := range oldest {
		t.remove(t.turns, m.turn)
		t.remove(t.pruned, m.key[:])
	}
}

// prunedAt returns when a key was last remembered, or the zero time.
func (t *tx) prunedAt(k shortKey) time.Time {
	v := t.pruned.Get(k[:])
	if v == nil {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(v[8:])), 0).UTC()
}
