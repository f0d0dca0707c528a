package powerloss

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"go.etcd.io/bbolt"
)

// memory returns a folder that costs no waiting for a disk, where there is one.
func memory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "newsfeed")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// verify says what is wrong with the store that a disk has, of which so many
// polls were acknowledged, and returns how many are stored.
func verify(ctx context.Context, d *Disk, dir string, acknowledged int) (stored int, err error) {
	data, ok := d.File(storeName)
	if !ok {
		if acknowledged > 0 {
			err = fmt.Errorf("there is no store, %d polls were acknowledged", acknowledged)
		}
		return 0, err
	}
	path := filepath.Join(dir, storeName)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return 0, err
	}
	s, err := bolt.Open(path, bolt.Options{MustExist: true, MmapSize: small.MmapSize})
	if err != nil {
		return 0, err
	}
	src, err := s.Source(ctx, "a")
	switch stored = int(src.State.Polls); {
	case errors.Is(err, storage.ErrNotFound): // it has no settings yet
		err = nil
	case err == nil:
		err = compare(ctx, s, stored)
	}
	if stored < acknowledged {
		err = errors.Join(err, fmt.Errorf("%d polls are stored, %d were acknowledged", stored, acknowledged))
	}
	return stored, errors.Join(err, s.Close(), checkFile(path))
}

// compare says in what a store differs from one with so many polls.
func compare(ctx context.Context, s storage.Store, polls int) error {
	left := expected(polls)
	want := len(left)
	for q := (storage.Query{Source: "a", Hidden: true, Limit: storage.MaxPage}); ; {
		page, err := s.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			if !reflect.DeepEqual(e, left[e.ID]) {
				return fmt.Errorf("entry %s is there twice, or not what was committed", e.ID)
			}
			delete(left, e.ID)
			found, err := s.Find(ctx, e.Keys)
			if err != nil {
				return err
			}
			if found[0].ID != e.ID {
				return fmt.Errorf("the key of entry %s leads to %q", e.ID, found[0].ID)
			}
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	for id := range left {
		return fmt.Errorf("entry %s and %d more of %d polls are lost", id, len(left)-1, polls)
	}
	stats, err := s.Stats(ctx)
	if err != nil {
		return err
	}
	arrivals, err := s.Arrivals(ctx, 0, storage.MaxPage)
	if err != nil {
		return err
	}
	if stats.Entries != want || stats.Stories != want/2 || len(arrivals) != min(want, storage.MaxPage) {
		return fmt.Errorf("the store says that it has %d entries, %d stories and %d arrivals; it has %d entries",
			stats.Entries, stats.Stories, len(arrivals), want)
	}
	return nil
}

// checkFile lets bbolt check a file.
func checkFile(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return err
	}
	var found []error
	err = db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			found = append(found, err)
		}
		return nil
	})
	return errors.Join(append(found, err, db.Close())...)
}
