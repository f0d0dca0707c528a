package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"newsfeed/storage"

	"github.com/dustin/go-humanize"
	"go.etcd.io/bbolt"
)

// limits are the bounds of the file and of its disk, in bytes; 0: none.
type limits struct {
	size int64 // of the file
	free int64 // left on the disk
}

const (
	mostGrowth  = 4 << 20 // bytes by which bbolt makes a file larger at a time
	leastGrowth = 64 << 10
	mostKept    = 64 << 20 // bytes kept for what is no poll, and for polls under way
)

// growth is by how much the file is made larger at a time, so that what is
// given away of a small limit is small.
func (l limits) growth() int64 {
	return min(max(l.size/32/leastGrowth*leastGrowth, leastGrowth), mostGrowth)
}

// kept is the part of the limit at which polls pause: those under way are still
// to be kept, and to remove entries takes room before it gives some.
func (l limits) kept() int64 { return min(l.size/4, mostKept) }

// apply bounds the file, of which so much is in use. One that is over its limit
// already can still be pruned.
func (l limits) apply(db *bbolt.DB, used int64) {
	db.AllocSize, db.MaxSize = mostGrowth, 0
	if l.size > 0 {
		db.AllocSize = int(l.growth())
		db.MaxSize = int(max(l.size, used+l.kept()+l.growth()))
	}
}

// Limit sets Options.MaxBytes and Options.MinFree anew.
func (s *Store) Limit(ctx context.Context, maxBytes, minFree int64) error {
	s.commit.Lock()
	defer s.commit.Unlock()
	l := &limits{size: maxBytes, free: minFree}
	if later := s.later.Load(); later != nil && s.retired == nil { // it is opened by them then
		next := *later
		next.MaxBytes, next.MinFree = maxBytes, minFree
		s.later.Store(&next)
		s.limits.Store(l)
		return nil
	}
	// bbolt looks at its bounds while it writes.
	alone := func(db *bbolt.DB, fn func(*bbolt.Tx) error) error {
		b, err := db.Begin(true)
		if err != nil {
			return err
		}
		return errors.Join(fn(b), b.Rollback())
	}
	err := s.run(ctx, alone, func(t *tx) error {
		l.apply(s.db(), t.size)
		s.limits.Store(l)
		return nil
	})
	if err != nil {
		return fmt.Errorf("limit store: %w", err)
	}
	return nil
}

// Room implements storage.Limited. It is that of the limit which is nearer.
func (s *Store) Room(ctx context.Context) (storage.Room, error) {
	var used int64
	if err := s.view(ctx, func(t *tx) error { used = t.size; return nil }); err != nil {
		return storage.Room{}, fmt.Errorf("measure store: %w", err)
	}
	if err := s.writable(); err != nil {
		return storage.Room{}, err
	}
	free := s.reusable()
	reusable := free / 2 // it lies scattered, and what is large takes pages in a row
	var rooms []storage.Room
	l := s.limits.Load()
	if l.size > 0 {
		rooms = append(rooms, storage.Room{
			Free:  min(max(0, l.size-l.growth()-used)+reusable, l.size-used+free), // the file may be over its limit
			Least: l.kept(),
			Limit: "its limit of " + humanize.IBytes(uint64(l.size)),
		})
	}
	if l.free > 0 {
		folder := filepath.Dir(s.db().Path())
		disk, err := diskOf(folder)
		switch {
		case err != nil:
			return storage.Room{}, fmt.Errorf("measure disk of %s: %w", folder, err)
		case disk.readOnly:
			return storage.Room{}, fmt.Errorf("%w: the file system of %s", storage.ErrReadOnly, folder)
		case disk.known:
			rooms = append(rooms, storage.Room{Free: disk.free + reusable, Least: l.free, Limit: "the disk of " + folder})
		}
	}
	var nearest storage.Room
	for _, r := range rooms {
		if nearest.Limit == "" || r.Free-r.Least < nearest.Free-nearest.Least {
			nearest = r
		}
	}
	return nearest, nil
}

// reusable returns how many bytes of the file are free for reuse.
func (s *Store) reusable() int64 {
	stats := s.db().Stats()
	return int64(stats.FreePageN+stats.PendingPageN) * s.page
}

// rememberedBytes is what a key that is remembered takes in the file, as measured.
const rememberedBytes = 95

// live returns how much of a file of that size entries take.
func (s *Store) live(t *tx) int64 {
	return max(0, t.size-s.reusable()-int64(t.counts.pruned)*rememberedBytes)
}
