package bolt

import "fmt"

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
