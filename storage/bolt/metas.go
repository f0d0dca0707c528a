package bolt

import (
	"context"
	"errors"
	"fmt"

	"newsfeed/storage"
)

// checkMetas tells when only one of the meta pages can be read. bbolt does not:
// it takes the other.
func (s *Store) checkMetas(tell func()) error {
	p, err := readPages(s.file())
	if err == nil && p.metas < 2 && tell != nil {
		tell()
	}
	return err
}

// syncMetas writes the two meta pages, as they are read, once more and syncs
// them. A system that could not sync a page takes it to be on the disk
// nevertheless, and never tries again. The next commit would then use again what
// the meta page that is on the disk leads to.
func (s *Store) syncMetas() error {
	b := make([]byte, 2*s.page)
	if _, err := s.file().ReadAt(b, 0); err != nil {
		return fmt.Errorf("read meta pages: %w", err)
	}
	if _, err := s.file().WriteAt(b, 0); err != nil {
		return fmt.Errorf("write meta pages again: %w", err)
	}
	if err := s.file().Sync(); err != nil {
		return fmt.Errorf("%w: sync meta pages: %w", storage.ErrFaulty, err)
	}
	return nil
}

// pairMetas commits once more what the last commit did, so that each meta page
// leads to it and it is lost neither with one of them nor with the page at which
// its tree begins: finish writes a row, by which bbolt writes that page anew, at
// another place. Where there is no room for that nothing else is lost.
func (s *Store) pairMetas() error {
	s.commit.Lock()
	defer s.commit.Unlock()
	if !s.single || s.faulty {
		return nil
	}
	s.single = false // or it cannot be had
	err := s.run(context.Background(), durable, (*tx).finish)
	if errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrReadOnly) {
		return nil
	}
	return err
}
