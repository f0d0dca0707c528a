package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
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
		return fmt.Errorf("sync meta pages: %w", err)
	}
	return nil
}

// pairMetas makes both meta pages lead to the last commit, so that it is not lost
// with one of them. Where that fails nothing else is lost.
func (s *Store) pairMetas() {
	s.commit.Lock()
	defer s.commit.Unlock()
	if s.single && !s.faulty {
		_ = s.run(context.Background(), (*bbolt.DB).Update, func(*tx) error { return nil })
	}
}
