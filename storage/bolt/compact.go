package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// ErrNoRoom says that the disk has too little room for what was asked.
var ErrNoRoom = errors.New("bolt: not enough room on the disk")

// Compact replaces the store at path by a copy without free space, once the
// copy has been verified. Nobody else may hold the store. However it ends, a
// whole store is at path. It returns the bytes of the file before and after.
func Compact(ctx context.Context, path string) (before, after int64, err error) {
	s, err := Open(path, Options{MustExist: true})
	if err != nil {
		return 0, 0, err
	}
	before, after, err = s.compact(ctx, target(path))
	if err = errors.Join(err, s.Close()); err != nil {
		return 0, 0, fmt.Errorf("compact store %s: %w", path, err)
	}
	return before, after, nil
}

func (s *Store) compact(ctx context.Context, path string) (before, after int64, err error) {
	if err := errors.Join(sweep(path), s.checkPages(ctx)); err != nil {
		return 0, 0, err
	}
	figures, err := s.Figures(ctx)
	if err != nil {
		return 0, 0, err
	}
	if err := needRoom(filepath.Dir(path), figures.File-figures.Free); err != nil {
		return 0, 0, err
	}
	d, err := newDraft(path, s.file())
	if err != nil {
		return 0, 0, err
	}
	err = s.copyTight(ctx, d.file.Name())
	if err == nil {
		err = tighten(d.file)
	}
	if err == nil {
		err = verifyCopy(ctx, s, d.file.Name())
	}
	if err == nil {
		after, err = lengthOf(d.file)
	}
	return figures.File, after, d.finish(err, d.replace)
}

// checkPages returns the first fault of the pages of the store. What bbolt
// copies of pages that are not sound may be without end.
func (s *Store) checkPages(ctx context.Context) error {
	return s.snapshot(ctx, func(_ *bbolt.Tx, p *pages) error {
		length, err := lengthOf(s.file())
		if err == nil {
			checkPages(p, length, func(fault error) { err = cmp.Or(err, fault) })
		}
		return err
	})
}

// copyTight writes all that is in the store to an empty file.
func (s *Store) copyTight(ctx context.Context, name string) error {
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{
		Timeout:      time.Second,
		FreelistType: bbolt.FreelistMapType,
		NoSync:       true, // finish syncs it, once
	})
	if err != nil {
		return err
	}
	const atOnce = 4 << 20 // bytes in one transaction
	err = guard(func() error {
		if err := bbolt.Compact(db, s.db(), atOnce); err != nil {
			return err
		}
		return db.Update(func(*bbolt.Tx) error { return nil }) // or one of the meta pages leads to a part of it
	})
	return errors.Join(ctx.Err(), err, db.Close())
}

// tighten cuts off what bbolt has taken of the disk for pages to come.
func tighten(f *os.File) error {
	p, err := readPages(f)
	if err != nil {
		return err
	}
	return f.Truncate(p.size())
}

// verifyCopy checks the store at path, and that it has all that s has.
func verifyCopy(ctx context.Context, s storage.Reader, path string) error {
	want, err := s.Stats(ctx)
	if err != nil {
		return err
	}
	got, err := verifyAt(ctx, path, Options{ReadOnly: true})
	want.Bytes, want.Live, got.Bytes, got.Live = 0, 0, 0, 0
	if err == nil && got != want {
		err = fmt.Errorf("the copy has %d entries of %d", got.Entries, want.Entries)
	}
	return err
}

// verifyAt opens a store, checks it and returns its figures. The error is
// ErrDamaged for a fault, and tells of the first.
func verifyAt(ctx context.Context, path string, o Options) (stats storage.Stats, err error) {
	s, err := Open(path, o)
	if err != nil {
		return stats, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var faults []string
	n := 0
	err = s.Verify(ctx, func(fault string) {
		if n++; n == 1 {
			faults = append(faults, fault)
		}
	})
	if err != nil {
		return stats, err
	}
	if n > 0 {
		return stats, fmt.Errorf("%w: faults: %d, the first: %s", ErrDamaged, n, faults[0])
	}
	return s.Stats(ctx)
}

// needRoom returns ErrNoRoom when a folder has not so many bytes of room.
func needRoom(dir string, bytes int64) error {
	disk, err := diskOf(dir)
	if err != nil {
		return fmt.Errorf("measure disk of %s: %w", dir, err)
	}
	const rest = 1 << 20 // for the folder itself, and for others
	if disk.known && disk.free < bytes+rest {
		return fmt.Errorf("%w: %d MiB are needed in %s, %d MiB are free", ErrNoRoom, (bytes+rest)>>20, dir, disk.free>>20)
	}
	return nil
}
