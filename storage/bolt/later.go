package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"newsfeed/storage"
)

// longestRead is how long a call waits for reads in progress before it says that
// the store takes no commits yet.
const longestRead = time.Second

// writable returns ErrReadOnly for a store that takes no commits, or not yet.
func (s *Store) writable() error {
	if s.later.Load() != nil {
		s.commit.Lock()
		defer s.commit.Unlock()
		return s.becomeWritable()
	}
	if s.db().IsReadOnly() {
		return storage.ErrReadOnly
	}
	return nil
}

// becomeWritable lets a store take commits that was to do so as soon as it can,
// if it can now. Reads go on meanwhile. Those in progress keep the file as it was
// opened for them, and no commit is made before they have ended: it would not know
// of them, and might use their pages again. The caller holds the mutex. A store
// that is being closed is not opened any more.
func (s *Store) becomeWritable() error {
	if s.closing {
		return storage.ErrClosed
	}
	if stuck := s.stuck.Load(); stuck != nil {
		return *stuck
	}
	later := s.later.Load()
	if later == nil {
		return nil
	}
	if s.retired == nil {
		if err := guard(func() error { return s.reopen(*later) }); err != nil {
			err = fmt.Errorf("open store %s: %w", s.db().Path(), err)
			if s.stuck.Load() != nil || storage.Refused(err) {
				return err
			}
			return fmt.Errorf("%w: %w", storage.ErrReadOnly, err)
		}
	}
	select {
	case <-s.retired:
		s.later.Store(nil)
		return nil
	case <-time.After(longestRead):
		return fmt.Errorf("%w: it is read since before it could be changed", storage.ErrReadOnly)
	}
}

// reopen opens the file once more, to be written to. What was open gives its lock
// up, which would keep us off as it does others, and is closed when its reads have
// ended.
func (s *Store) reopen(o Options) error {
	old := s.at.Load()
	path := old.db.Path()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := unlock(old.file); err != nil {
		return err
	}
	next, err := open(path, o)
	if err != nil {
		lost := lock(old.file, true)
		if lost == nil {
			return err
		}
		// Who was quicker uses again the pages that are read here.
		lost = fmt.Errorf("%w: it may change what is read here; the store cannot be used until the program is started anew", lost)
		s.stuck.Store(&lost)
		return lost
	}
	s.packer.codec.Store(next.packer.codec.Load())
	s.at.Store(next.at.Load())
	s.faulty = next.faulty
	retired := make(chan struct{})
	s.retired = retired
	go func() { // Close waits for it
		defer close(retired)
		_ = old.db.Close() // nothing was written to it
	}()
	return nil
}
