package bolt_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"newsfeed/storage/bolt"

	"go.etcd.io/bbolt"
)

func TestF13_CompactRestoreAndMigrationNeedRoom(t *testing.T) { runOnSmallDisk(t, "crowd") }

// crowd compacts, restores and migrates a store on a file system with too little room,
// and after that with enough.
func crowd(dir string) {
	if !mountSmallDisk(dir) {
		return
	}
	ctx := context.Background()
	ballast, path := filepath.Join(dir, "ballast"), filepath.Join(dir, "newsfeed.db")
	s, err := bolt.Open(path, small)
	fatal(err)
	fatal(s.Commit(ctx, configure("a"), pollOf("a", 1)))
	fatal(s.Close())
	fatal(os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	try := func(want error) {
		if _, _, err := bolt.Compact(ctx, path); !errors.Is(err, want) {
			fatal(fmt.Errorf("compact: error %w, want %w", err, want))
		}
		if _, _, err := bolt.Restore(ctx, path, filepath.Join(dir, "other.db")); !errors.Is(err, want) {
			fatal(fmt.Errorf("restore: error %w, want %w", err, want))
		}
		files, err := os.ReadDir(dir)
		fatal(err)
		if want != nil && len(files) != 2 {
			fatal(fmt.Errorf("folder holds %v", files))
		}
	}
	try(bolt.ErrNoRoom)
	fatal(age(path))
	if _, err := bolt.Open(path, small); !errors.Is(err, bolt.ErrNoRoom) {
		fatal(fmt.Errorf("migrate: error %w, want %w", err, bolt.ErrNoRoom))
	}
	fatal(os.Remove(ballast))
	s, err = bolt.Open(path, small)
	fatal(err)
	fatal(s.Close())
	try(nil)
	fmt.Println("good")
}

// age gives a store the number of the schema before.
func age(path string) error {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), binary.BigEndian.AppendUint64(nil, 2))
	})
	return errors.Join(err, db.Close())
}
