package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"newsfeed/storage"
)

// Restore puts a copy of the store at from in the place of the one at path,
// once the copy has been verified, and migrated if it is of an older schema.
// Nobody else may hold the store at path, which need not be there, nor be
// whole: it stays beside it under the name returned; empty: there was none.
func Restore(ctx context.Context, from, path string) (kept string, stats storage.Stats, err error) {
	kept, stats, err = restore(ctx, from, target(path))
	if err != nil {
		return "", storage.Stats{}, fmt.Errorf("restore store %s: %w", path, err)
	}
	return kept, stats, nil
}

func restore(ctx context.Context, from, path string) (kept string, stats storage.Stats, err error) {
	old, err := hold(path)
	if err != nil {
		return "", stats, err
	}
	if old != nil {
		defer old.Close()
		if err := sweep(path); err != nil {
			return "", stats, err
		}
	}
	d, err := copyFile(ctx, from, path, old)
	if err != nil {
		return "", stats, err
	}
	if stats, err = verifyAt(ctx, d.file.Name(), Options{MustExist: true, discardOld: true}); err != nil {
		return "", stats, d.finish(fmt.Errorf("verify %s: %w", from, err), nil)
	}
	return kept, stats, d.finish(nil, func() (err error) {
		if old == nil {
			return d.place()
		}
		if kept, err = beside(path, path+".before-restore"); err != nil {
			return err
		}
		return d.replace()
	})
}

// hold opens the file at path and takes its lock; nil: there is none.
func hold(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := lock(f, false); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// copyFile copies the store at from, which nobody may write to meanwhile, into a
// draft of the one at path.
func copyFile(ctx context.Context, from, path string, like *os.File) (*draft, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if there, err := os.Stat(path); err == nil {
		if info, err := f.Stat(); err == nil && os.SameFile(info, there) {
			return nil, fmt.Errorf("%s is that store itself", from)
		}
	}
	if err := lock(f, true); err != nil {
		return nil, fmt.Errorf("read %s: %w", from, err)
	}
	length, err := lengthOf(f)
	if err == nil {
		err = needRoom(filepath.Dir(path), length)
	}
	if err != nil {
		return nil, err
	}
	d, err := newDraft(path, like)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(&cancelled{ctx: ctx, w: d.file}, f); err != nil {
		return nil, fmt.Errorf("copy %s: %w", from, errors.Join(err, d.discard()))
	}
	return d, nil
}
