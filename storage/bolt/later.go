package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"newsfeed/storage"
)

// reopening is how to open a file anew, and why that has to be: it could only be
// read (storage.ErrReadOnly), or bbolt may know what is not so (ErrFaulty).
type reopening struct {
	Options
	cause error
}

// reopenLater lets the file be opened anew before the next commit. After one that
// bbolt could not finish, what it has in memory may be of that commit and what is
// read of the file from then on of the one before, or the reverse: it would use
// pages again that are in use. The caller holds the mutex.
func (s *Store) reopenLater() {
	if s.later.Load() != nil {
		return
	}
	o, l := s.writing, s.limits.Load()
	o.MaxBytes, o.MinFree = l.size, l.free
	s.retired = nil
	s.later.Store(&reopening{o, storage.ErrFaulty})
}

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

// becomeWritable opens the file anew if that is to be done, so that the store takes
// commits. Reads go on meanwhile. Those in progress keep the file as it was
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
		if err := guard(func() error { return s.reopen(later.Options) }); err != nil {
			err = fmt.Errorf("open store %s: %w", s.db().Path(), err)
			if s.stuck.Load() != nil || storage.Refused(err) {
				return err
			}
			return fmt.Errorf("%w: %w", later.cause, err)
		}
	}
	select {
	case <-s.retired:
		s.later.Store(nil)
		return nil
	case <-time.After(longestRead):
		return fmt.Errorf("%w: it is read since before it could be changed", later.cause)
	}
}

// reopen opens the file once more, to be written to. What was open gives its lock
// up, which would keep us off as it does others, and is closed when its reads have
// ended.
func (s *Store) reopen(o Options) error {
	old := s.at.Load()
	path := old.db.Path()
	if s.faulty {
		if err := s.syncMetas(); err != nil { // lest one is read now, and the other one after it
			return err
		}
	}
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
		_ = old.db.Close() // nothing is written by it any more
	}()
	return nil
}
