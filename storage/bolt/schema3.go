package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// In schema 2 a key was its kind and 16 bytes of hash, and the bucket of ids had
// 16 bytes of hash too, so that everything a document brought was on pages of its
// own.
var schema3 = migration{
	prepare: func(*bbolt.Tx) (first int, err error) { return 0, nil },
	steps:   []step{relocateEntries, relocateSightings},
}

func relocateEntries(t *tx, behind []byte) (rows int, last []byte, err error) {
	keys := following(&t.entries, behind)
	entries := make([]storage.Entry, len(keys))
	for i, k := range keys { // all first: what is to be read is not moved yet
		if entries[i], err = t.entry(binary.BigEndian.Uint64(k)); err != nil {
			return 0, nil, err
		}
	}
	for i, k := range keys {
		t.relocateEntry(binary.BigEndian.Uint64(k), entries[i])
	}
	return len(keys), lastOf(keys), nil
}

func (t *tx) relocateEntry(seq uint64, e storage.Entry) {
	was, is := hashOf(e.ID), idKey(e.ID)
	t.remove(&t.ids, was[:])
	t.put(&t.ids, is[:], seqKey(seq))
	for _, k := range e.Keys {
		t.remove(&t.keys, binary.BigEndian.AppendUint64(k[:], seq))
	}
	e.Keys = relocate(&e)
	for _, k := range e.Keys {
		t.put(&t.keys, binary.BigEndian.AppendUint64(k[:], seq), nil)
	}
	t.putEntry(seq, e)
}

// relocate returns the keys of an entry in the present form, each once.
func relocate(e *storage.Entry) []storage.Key {
	var keys []storage.Key
	for _, k := range e.Keys {
		keys = append(keys, relocated(e, k)...)
	}
	return mergeKeys(keys, nil)
}

// relocated returns a key of an entry in the present form, which it may have. A
// key of an address was nobody's, and may be of any of the addresses of the entry:
// it becomes one of each site, of which one is right.
func relocated(e *storage.Entry, k storage.Key) []storage.Key {
	names := []string{e.Source}
	if k[0] == 's' {
		names = slices.Concat([]string{e.CanonicalURL, e.GUID}, e.Aliases)
	}
	var keys []storage.Key
	for _, name := range names {
		if name == "" {
			continue
		}
		is := placed(k, name)
		if is == k {
			return []storage.Key{k}
		}
		if !slices.Contains(keys, is) {
			keys = append(keys, is)
		}
	}
	return keys
}

// placed returns a key in the present form, as one of name.
func placed(k storage.Key, name string) storage.Key {
	near := storage.Near(name)
	if [4]byte(k[1:5]) == near {
		return k
	}
	is := storage.Key{k[0]}
	copy(is[1+copy(is[1:], near[:]):], k[1:])
	return is
}

// relocateSightings does the same with the keys by which sources know the items
// of their last documents.
func relocateSightings(t *tx, behind []byte) (rows int, last []byte, err error) {
	ids := following(&t.sources, behind)
	for _, id := range ids {
		src, err := t.source(string(id), stateFields)
		if err != nil {
			return 0, nil, fmt.Errorf("source %s: %w", id, err)
		}
		relocateSeen(&src.State, src.ID)
		t.putState(src)
	}
	return len(ids), lastOf(ids), nil
}

func relocateSeen(s *storage.State, source string) {
	for i, seen := range s.Seen {
		s.Seen[i].Key = placed(seen.Key, source)
	}
}
