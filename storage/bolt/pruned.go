package bolt

import (
	"encoding/binary"
	"time"

	"newsfeed/storage"
)

// maxPruned is the number of keys that are remembered, some 80 MB of them.
const maxPruned = 1 << 19

// shorten returns as much of a key as is remembered: the kind and 8 bytes of the
// hash.
func shorten(k storage.Key) []byte { return append(k[:1:1], k[5:13]...) }

// lengthen returns a key of which that much is remembered.
func lengthen(short []byte) storage.Key {
	k := storage.Key{short[0]}
	copy(k[5:], short[1:])
	return k
}

func (t *tx) prunedRing() ring {
	return ring{tx: t, values: &t.pruned, turns: &t.turns, count: &t.counts.pruned, most: t.maxPruned}
}

// remember notes that keys are pruned, and forgets those remembered longest
// ago that are too many.
func (t *tx) remember(keys []storage.Key, now time.Time) error {
	r := t.prunedRing()
	second := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
	for _, k := range keys {
		if err := r.set(shorten(k), second); err != nil {
			return err
		}
	}
	r.trim()
	return nil
}

// prunedAt returns when a key was last remembered, or the zero time.
func (t *tx) prunedAt(k storage.Key) time.Time {
	v := t.prunedRing().get(shorten(k))
	if v == nil {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(v)), 0).UTC()
}
