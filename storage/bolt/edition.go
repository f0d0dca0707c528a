package bolt

import (
	"fmt"

	"newsfeed/storage"
)

// maxEditions is the number of paths of which the edition is kept.
const maxEditions = 10_000

func (t *tx) editionRing() ring {
	return ring{tx: t, values: &t.editions, turns: &t.printed, count: &t.counts.editions, most: maxEditions}
}

// setEditions replaces the editions of some paths, and drops those recorded
// longest ago that are too many.
func (t *tx) setEditions(list []storage.Edition) error {
	r := t.editionRing()
	for i := range list {
		if err := r.set([]byte(list[i].Path), encode(editionFields, &list[i])); err != nil {
			return fmt.Errorf("edition of %.200q: %w", list[i].Path, err)
		}
	}
	r.trim()
	return nil
}

func (t *tx) edition(path string) (storage.Edition, error) {
	v := t.editionRing().get([]byte(path))
	if v == nil {
		return storage.Edition{}, storage.ErrNotFound
	}
	e := storage.Edition{Path: path}
	return e, decode(t.packer, v, editionFields, &e)
}
