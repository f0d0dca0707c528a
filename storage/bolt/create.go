package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// create makes an empty store at path. A power loss can spoil a bbolt file
// only while it is made, so it is made under another name. The finished file is linked,
// not renamed: of two processes that create the same store, the second must
// not replace what the first has already opened.
func create(path string) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new")
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	name := f.Name()
	err = f.Close()
	if err == nil {
		err = layOut(name)
	}
	if err == nil {
		err = os.Link(name, path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err = errors.Join(err, os.Remove(name)); err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	return nil
}

func layOut(name string) error {
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{
		Timeout:      time.Second,
		FreelistType: bbolt.FreelistMapType,
	})
	if err != nil {
		return err
	}
	return errors.Join(db.Update(writeSchema), db.Close())
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
