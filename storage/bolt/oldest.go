package bolt

import (
	"context"
	"fmt"

	"newsfeed/storage"
)

// Oldest implements storage.Retainer.
func (s *Store) Oldest(ctx context.Context, limit int) (out []storage.Entry, err error) {
	err = checkLimit(limit)
	if err == nil {
		err = s.view(ctx, func(t *tx) error {
			c := t.times.Cursor()
			for k, v := c.First(); k != nil && len(out) < limit; k, v = c.Next() {
				e, err := t.entryAt(place(k), parseRef(v))
				if err != nil {
					return err
				}
				out = append(out, e)
			}
			return ctx.Err()
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read oldest entries: %w", err)
	}
	return out, nil
}
