package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.etcd.io/bbolt"
)

// create makes an empty store at path. A power loss can spoil a bbolt file
// only while it is made, so it is made under another name. The finished file is
// placed, not renamed: of two processes that create the same store, the second
// must not replace what the first has already opened.
func create(path string) error {
	d, err := newDraft(path, nil)
	if err == nil {
		err = d.finish(layOut(d.file.Name()), d.place)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
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
