package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"go.etcd.io/bbolt"
)

// snapshot calls fn with a transaction that reads, and with the pages of the
// file as of its commit, which stay as they are while it lasts.
func (s *Store) snapshot(ctx context.Context, fn func(*bbolt.Tx, *pages) error) error {
	return s.unlessStuck(ctx, func(begun func(*bbolt.Tx)) (err error) {
		b, p, err := s.beginSnapshot()
		if err != nil {
			return err
		}
		begun(b)
		defer func() { err = errors.Join(err, b.Rollback()) }()
		return fn(b, p)
	})
}

// beginSnapshot begins a transaction and reads the meta page of its commit, before the
// next one but one takes its place.
func (s *Store) beginSnapshot() (*bbolt.Tx, *pages, error) {
	s.commit.Lock()
	defer s.commit.Unlock()
	b, err := s.db().Begin(false)
	if err != nil {
		return nil, nil, err
	}
	p, err := readPages(s.file())
	if err != nil {
		return nil, nil, errors.Join(err, b.Rollback())
	}
	return b, p, nil
}

// Copy implements storage.Copier.
func (s *Store) Copy(ctx context.Context, w io.Writer) (n int64, err error) {
	err = s.snapshot(ctx, func(b *bbolt.Tx, _ *pages) error {
		to := &cancelled{ctx: ctx, w: w}
		n, err = b.WriteTo(to)
		return cmp.Or(to.err, err) // bbolt tells of the first in words only
	})
	if err != nil {
		return n, fmt.Errorf("copy store: %w", err)
	}
	return n, nil
}

// cancelled is a writer that writes no more once its context has ended.
type cancelled struct {
	ctx context.Context
	w   io.Writer
	err error // the last one
}

func (c *cancelled) Write(b []byte) (n int, err error) {
	if err = c.ctx.Err(); err == nil {
		n, err = c.w.Write(b)
	}
	c.err = err
	return n, err
}
