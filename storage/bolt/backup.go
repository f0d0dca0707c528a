package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"newsfeed/storage"
)

// Save makes a file at path of the bytes of a store, such as Copy writes, that
// fill writes, once they can be opened as one. Until then nothing is at path, or
// what was there before. A file that is there is fs.ErrExist, or ErrLocked if it is
// to be replaced and is a store that is held.
func Save(ctx context.Context, path string, replace bool, fill func(io.Writer) error) (storage.Stats, error) {
	stats, err := save(ctx, target(path), replace, fill)
	if err != nil {
		return storage.Stats{}, fmt.Errorf("save store %s: %w", path, err)
	}
	return stats, nil
}

func save(ctx context.Context, path string, replace bool, fill func(io.Writer) error) (stats storage.Stats, err error) {
	if _, err := os.Lstat(path); err == nil && !replace {
		return stats, fs.ErrExist
	}
	old, err := hold(path)
	if err != nil {
		return stats, err
	}
	if old != nil {
		defer old.Close()
	}
	d, err := newDraft(path, nil)
	if err != nil {
		return stats, err
	}
	if err = fill(&cancelled{ctx: ctx, w: d.file}); err == nil {
		stats, err = look(ctx, d.file.Name())
	}
	if replace {
		return stats, d.finish(err, d.replace)
	}
	return stats, d.finish(err, d.place)
}

// look opens a store and returns its figures.
func look(ctx context.Context, path string) (stats storage.Stats, err error) {
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return stats, err
	}
	stats, err = s.Stats(ctx)
	return stats, errors.Join(err, s.Close())
}
