//go:build linux || darwin || freebsd

package bolt

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock takes the lock that bbolt takes on a file, and ErrLocked if another has
// it: shared by all who read, or of one who writes. It lasts until f is closed.
func lock(f *os.File, shared bool) error {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("%w%s", ErrLocked, holder(f.Name()))
	}
	return err
}

// unlock gives a lock back: to close a file does not while it is mapped.
func unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// chown gives a file the owner and the group of another.
func chown(f, like *os.File) error {
	want, err := like.Stat()
	if err != nil {
		return err
	}
	have, err := f.Stat()
	if err != nil {
		return err
	}
	w, h := want.Sys().(*syscall.Stat_t), have.Sys().(*syscall.Stat_t)
	if w.Uid == h.Uid && w.Gid == h.Gid {
		return nil
	}
	return f.Chown(int(w.Uid), int(w.Gid))
}
