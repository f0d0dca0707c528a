package bolt

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"newsfeed/storage"
)

// selection is a Query in the terms of the indexes: the entries in all of the
// lists, from before one place back to since.
type selection struct {
	lists  []list
	before place
	since  place
	hidden bool // hidden ones and those of hidden sources too
	limit  int
}

func selectionOf(q storage.Query) (*selection, error) {
	if q.Limit < 1 || q.Limit > storage.MaxPage {
		return nil, fmt.Errorf("limit %d is not in 1 to %d", q.Limit, storage.MaxPage)
	}
	before, err := parseCursor(q.Before)
	if err != nil {
		return nil, err
	}
	sel := &selection{before: before, hidden: q.Hidden, limit: q.Limit}
	if !q.Since.IsZero() {
		sel.since = placeOf(q.Since, hash{})
	}
	if !q.Until.IsZero() {
		if until := placeOf(q.Until, hash{}); bytes.Compare(until[:], before[:]) < 0 {
			sel.before = until
		}
	}
	if q.Source != "" {
		sel.lists = append(sel.lists, listOfSource(q.Source))
	}
	if q.Category != "" {
		sel.lists = append(sel.lists, listOfCategory(q.Category))
	}
	return sel, nil
}

// Entries implements storage.Reader.
func (s *Store) Entries(ctx context.Context, q storage.Query) (storage.Page[storage.Entry], error) {
	page, err := readPage(ctx, s, q,
		func(*tx, *selection, place, ref) (bool, error) { return true, nil },
		func(t *tx, p place, r ref) (storage.Entry, error) {
			e, err := t.entry(r.seq)
			if err == nil && placeOf(e.Effective, hashOf(e.ID)) != p {
				err = fmt.Errorf("%w: entry %d stands elsewhere", ErrDamaged, r.seq)
			}
			return e, err
		})
	if err != nil {
		return page, fmt.Errorf("read entries: %w", err)
	}
	return page, nil
}

// Stories implements storage.Reader. Since and Until bound the places at which
// stories stand; they have no part in where they stand.
func (s *Store) Stories(ctx context.Context, q storage.Query) (storage.Page[storage.Story], error) {
	q.Hidden = false
	page, err := readPage(ctx, s, q,
		(*tx).standsHere,
		func(t *tx, _ place, r ref) (storage.Story, error) { return t.readStory(r.story) })
	if err != nil {
		return page, fmt.Errorf("read stories: %w", err)
	}
	return page, nil
}

// readPage reads, for each selected place at which something stands, what
// stands there. Whether that is so depends on the place alone, not on earlier
// ones, so that pages need to remember nothing but where they ended.
func readPage[T any](ctx context.Context, s *Store, q storage.Query,
	stands func(*tx, *selection, place, ref) (bool, error), read func(*tx, place, ref) (T, error),
) (storage.Page[T], error) {
	var page storage.Page[T]
	sel, err := selectionOf(q)
	if err != nil {
		return page, err
	}
	err = s.view(ctx, func(t *tx) error {
		var last place
		return t.walk(ctx, sel, func(p place, r ref) (more bool, err error) {
			if ok, err := stands(t, sel, p, r); !ok || err != nil {
				return true, err
			}
			if len(page.Items) == sel.limit {
				page.Next = last.cursor()
				return false, nil
			}
			item, err := read(t, p, r)
			page.Items = append(page.Items, item)
			last = p
			return true, err
		})
	})
	if err != nil {
		return storage.Page[T]{}, err
	}
	return page, nil
}

// walk visits the entries that sel selects, newest first, for as long
// as visit wants more.
func (t *tx) walk(ctx context.Context, sel *selection, visit func(place, ref) (bool, error)) error {
	index, others := t.times, sel.lists
	var at []byte // before each place in the keys of the index
	if len(sel.lists) > 0 {
		index, at, others = t.lists, sel.lists[0][:], sel.lists[1:]
	}
	c := index.Cursor()
	var v []byte
	k, _ := c.Seek(slices.Concat(at, sel.before[:]))
	if k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	for n := 0; bytes.HasPrefix(k, at) && k != nil; k, v = c.Prev() {
		if n++; n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p := place(k[len(at):])
		if bytes.Compare(p[:], sel.since[:]) < 0 {
			return nil
		}
		if !t.inAll(others, p) {
			continue
		}
		if index != t.times {
			v = t.times.Get(p[:])
		}
		r := parseRef(v)
		if !sel.hidden && (r.hidden || t.isHidden(r.source)) {
			continue
		}
		if more, err := visit(p, r); !more || err != nil {
			return err
		}
	}
	return nil
}

// inAll reports whether the entry at p is in all of the lists.
func (t *tx) inAll(lists []list, p place) bool {
	for _, l := range lists {
		if t.lists.Get(slices.Concat(l[:], p[:])) == nil {
			return false
		}
	}
	return true
}
