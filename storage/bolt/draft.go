package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// draft is a file in the making beside the one that it is to become, so that
// under the name of that one there is never a part of a file.
type draft struct {
	file *os.File
	path string // that it is to have
}

// draftMark stands between the name that a draft is to have and a number.
const draftMark = ".draft-"

// newDraft begins a draft that only its owner can read. It gets the owner of
// like, if that is not nil: who cares for a store need not be who runs it.
func newDraft(path string, like *os.File) (*draft, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+draftMark+"*")
	if err != nil {
		return nil, err
	}
	d := &draft{f, path}
	if like != nil {
		if err := chown(f, like); err != nil {
			return nil, errors.Join(err, d.discard())
		}
	}
	return d, nil
}

// finish makes the draft durable and gives it its name by place or replace.
// After an error, also that of the caller, the draft is gone.
func (d *draft) finish(err error, name func() error) error {
	if err == nil {
		err = d.file.Sync()
	}
	if err == nil {
		err = name()
	}
	if err != nil {
		return errors.Join(err, d.discard())
	}
	return errors.Join(d.file.Close(), syncFolder(filepath.Dir(d.path)))
}

func (d *draft) discard() error {
	return errors.Join(d.file.Close(), os.Remove(d.file.Name()))
}

// place names the draft; a file that has the name already is os.ErrExist.
func (d *draft) place() error {
	if err := os.Link(d.file.Name(), d.path); err != nil {
		return err
	}
	return os.Remove(d.file.Name())
}

// replace names the draft, in place of a file that has the name.
func (d *draft) replace() error { return os.Rename(d.file.Name(), d.path) }

// sweep removes the drafts of the file at path that a process left when it was
// killed. Only who holds the lock on the store knows that nobody is at one.
func sweep(path string) error {
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, f := range files {
		number, is := strings.CutPrefix(f.Name(), filepath.Base(path)+draftMark)
		if _, err := strconv.ParseUint(number, 10, 64); !is || err != nil {
			continue
		}
		if err := os.Remove(filepath.Join(filepath.Dir(path), f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// target returns the path of the file that a path of links leads to, so that it
// is not a link that is replaced.
func target(path string) string {
	if end, err := filepath.EvalSymlinks(path); err == nil {
		return end
	}
	return path
}

// beside gives a file a second name, the first that is free of name, name.2
// and so on, and returns it.
func beside(file, name string) (string, error) {
	free := name
	for n := 2; ; n++ {
		err := os.Link(file, free)
		if !errors.Is(err, os.ErrExist) {
			return free, err
		}
		free = fmt.Sprintf("%s.%d", name, n)
	}
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
