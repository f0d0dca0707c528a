package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// Settings implements storage.Reader. Before the first settings they are zero.
func (s *Store) Settings(ctx context.Context) (out storage.Settings, err error) {
	err = s.view(ctx, func(t *tx) error {
		if out, err = t.storedSettings(); err != nil {
			return err
		}
		return t.eachSource(func(src *source) error {
			if !src.Removed {
				out.Sources = append(out.Sources, src.SourceSettings)
			}
			return ctx.Err()
		})
	})
	if err != nil {
		return storage.Settings{}, fmt.Errorf("read settings: %w", err)
	}
	return out, nil
}

// Sources implements storage.Reader.
func (s *Store) Sources(ctx context.Context) (out []storage.Source, err error) {
	err = s.view(ctx, func(t *tx) error {
		return t.eachSource(func(src *source) error {
			if err := t.readState(src, stateFields); err != nil {
				return err
			}
			out = append(out, src.Source)
			return ctx.Err()
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	return out, nil
}

// Source implements storage.Reader.
func (s *Store) Source(ctx context.Context, id string) (storage.Source, error) {
	var src *source
	err := s.look(ctx, (*bbolt.DB).View, func(t *tx) (err error) {
		src, err = t.source(id, stateFields)
		return err
	})
	if err != nil {
		return storage.Source{}, fmt.Errorf("read source %s: %w", id, err)
	}
	return src.Source, nil
}

// Entry implements storage.Reader. It also returns entries of hidden sources.
func (s *Store) Entry(ctx context.Context, id string) (out storage.Entry, err error) {
	err = s.view(ctx, func(t *tx) error {
		key := idKey(id)
		v := t.ids.Get(key[:])
		if v == nil {
			return storage.ErrNotFound
		}
		if out, err = t.entry(binary.BigEndian.Uint64(v)); err == nil && out.ID != id {
			err = fmt.Errorf("%w: it is entry %s", ErrDamaged, out.ID)
		}
		return err
	})
	if err != nil {
		return storage.Entry{}, fmt.Errorf("read entry %.200q: %w", id, err)
	}
	return out, nil
}

// Story implements storage.Reader.
func (s *Store) Story(ctx context.Context, id string) (out storage.Story, err error) {
	err = s.view(ctx, func(t *tx) error {
		s, err := t.story(id)
		if err == nil {
			out, err = t.readStory(&s)
		}
		return err
	})
	if err != nil {
		return storage.Story{}, fmt.Errorf("read story %s: %w", id, err)
	}
	return out, nil
}

// StorySize implements storage.Index.
func (s *Store) StorySize(ctx context.Context, id string) (n int, err error) {
	err = s.view(ctx, func(t *tx) error {
		s, err := t.story(id)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		n = len(s.members)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read story %s: %w", id, err)
	}
	return n, nil
}

// Find implements storage.Index.
func (s *Store) Find(ctx context.Context, keys []storage.Key) (out []storage.Entry, err error) {
	out = make([]storage.Entry, len(keys))
	err = s.view(ctx, func(t *tx) error {
		c := t.keys.Cursor()
		var last uint64 // what was read: keys of one entry mostly come together
		var e storage.Entry
		for i, key := range keys {
			k, _ := c.Seek(key[:])
			if !bytes.HasPrefix(k, key[:]) {
				continue
			}
			if n := binary.BigEndian.Uint64(k[len(key):]); n != last {
				if e, err = t.entry(n); err != nil {
					return err
				}
				last = n
			}
			if !slices.Contains(e.Keys, key) {
				return fmt.Errorf("%w: entry %.200q lacks key %x", ErrDamaged, e.ID, key)
			}
			out[i] = e
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find keys: %w", err)
	}
	return out, nil
}

// Pruned implements storage.Index.
func (s *Store) Pruned(ctx context.Context, keys []storage.Key) (out []time.Time, err error) {
	out = make([]time.Time, len(keys))
	err = s.view(ctx, func(t *tx) error {
		for i, k := range keys {
			out[i] = t.prunedAt(k)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read pruned keys: %w", err)
	}
	return out, nil
}

// Arrivals implements storage.Index.
func (s *Store) Arrivals(ctx context.Context, before uint64, limit int) (out []storage.Arrival, err error) {
	err = checkLimit(limit)
	if err == nil {
		err = s.view(ctx, func(t *tx) error {
			c := t.entries.Cursor()
			k, _ := c.Last()
			if before > 0 {
				k, _ = lastBefore(c, seqKey(before))
			}
			for ; k != nil && len(out) < limit; k, _ = c.Prev() {
				n := binary.BigEndian.Uint64(k)
				e, err := t.entry(n)
				if err != nil {
					return err
				}
				out = append(out, storage.Arrival{Number: n, Entry: e})
			}
			return ctx.Err()
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read arrivals: %w", err)
	}
	return out, nil
}

// Checkpoint implements storage.Index.
func (s *Store) Checkpoint(ctx context.Context) (out storage.Checkpoint, err error) {
	err = s.view(ctx, func(t *tx) error {
		if v := t.resolver.Get([]byte("checkpoint")); v != nil {
			return decode(t.packer, v, checkpointFields, &out)
		}
		return nil
	})
	if err != nil {
		return storage.Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return out, nil
}

// Events implements storage.Reader.
func (s *Store) Events(ctx context.Context, before uint64, limit int) (out []storage.Event, err error) {
	err = checkLimit(limit)
	if err == nil {
		err = s.view(ctx, func(t *tx) error {
			out, err = t.lastEvents(before, limit)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

// Edition implements storage.Reader.
func (s *Store) Edition(ctx context.Context, path string) (out storage.Edition, err error) {
	err = s.view(ctx, func(t *tx) error {
		out, err = t.edition(path)
		return err
	})
	if err != nil {
		return storage.Edition{}, fmt.Errorf("read edition of %.200q: %w", path, err)
	}
	return out, nil
}

// Stats implements storage.Reader. Its Sources counts those no longer
// configured too.
func (s *Store) Stats(ctx context.Context) (out storage.Stats, err error) {
	err = s.view(ctx, func(t *tx) error {
		out = storage.Stats{
			Version: t.counts.version,
			Changed: t.counts.changed,
			Entries: t.counts.entries,
			Stories: t.counts.stories,
			Sources: int(t.sources.Sequence()),
			Bytes:   t.size,
			Live:    s.live(t),
		}
		return nil
	})
	if err != nil {
		return storage.Stats{}, fmt.Errorf("read stats: %w", err)
	}
	return out, nil
}
