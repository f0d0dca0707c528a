package bolt

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// selection is a Query in the terms of the indexes: the entries in all of the
// lists, from before one place back to since.
type selection struct {
	lists  []list
	except numbers // of sources
	before place
	since  place
	hidden bool // hidden ones and those of hidden sources too
	limit  int
}

func selectionOf(q storage.Query) (*selection, error) {
	if err := checkLimit(q.Limit); err != nil {
		return nil, err
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
	if q.View != "" {
		sel.lists = append(sel.lists, listOfView(q.View))
	}
	return sel, nil
}

func checkLimit(limit int) error {
	if limit < 1 || limit > storage.MaxPage {
		return fmt.Errorf("limit %d is not in 1 to %d", limit, storage.MaxPage)
	}
	return nil
}

// Entries implements storage.Reader.
func (s *Store) Entries(ctx context.Context, q storage.Query) (storage.Page[storage.Entry], error) {
	page, err := readPage(ctx, s, q,
		func(*tx, *selection, place, ref) (bool, error) { return true, nil },
		(*tx).entryAt)
	if err != nil {
		return page, fmt.Errorf("read entries: %w", err)
	}
	return page, nil
}

// entryAt returns the entry at p.
func (t *tx) entryAt(p place, r ref) (storage.Entry, error) {
	e, err := t.entry(r.seq)
	if err == nil && placeOf(e.Effective, hashOf(e.ID)) != p {
		err = fmt.Errorf("%w: entry %d stands elsewhere", ErrDamaged, r.seq)
	}
	return e, err
}

// Stories implements storage.Reader. Since, Until and Except say at which
// places stories are read; they have no part in where they stand.
func (s *Store) Stories(ctx context.Context, q storage.Query) (storage.Page[storage.Story], error) {
	q.Hidden = false
	page, err := readPage(ctx, s, q,
		(*tx).standsHere,
		(*tx).readAt)
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
	err = s.view(ctx, func(t *tx) (err error) {
		if sel.except, err = t.numbered(q.Except); err != nil {
			return err
		}
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
	index, others := &t.times, sel.lists
	var at []byte // before each place in the keys of the index
	if len(sel.lists) > 0 {
		index, at, others = &t.lists, sel.lists[0][:], sel.lists[1:]
	}
	c := index.Cursor()
	k, v := lastBefore(c, slices.Concat(at, sel.before[:]))
	for n := 0; bytes.HasPrefix(k, at) && k != nil; k, v = c.Prev() {
		if n++; n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p := place(k[len(at):])
		if bytes.Compare(p[:], sel.since[:]) < 0 {
			return nil
		}
		// Most of what is passed over is so for its source: ask nothing else first.
		source := sourceOf(v)
		if sel.except.has(source) || !sel.hidden && t.hidden.has(source) || !t.inAll(others, p) {
			continue
		}
		if index != &t.times {
			v = t.times.Get(p[:])
		}
		r := parseRef(v)
		if r.hidden && !sel.hidden {
			continue
		}
		if more, err := visit(p, r); !more || err != nil {
			return err
		}
	}
	return nil
}

// lastBefore moves a cursor to the last key before the given one.
func lastBefore(c *bbolt.Cursor, key []byte) (k, v []byte) {
	if k, _ := c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
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
