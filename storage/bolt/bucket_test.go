package bolt

import (
	"errors"
	"path/filepath"
	"testing"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

func (b *bucket) Stats() bbolt.BucketStats { return b.in().Stats() }

// A bucket that is gone since the store was opened is damage for what uses it, and
// nothing else.
func TestF04_ABucketIsGone(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "newsfeed.db"), Options{MmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db().Update(func(b *bbolt.Tx) error { return b.DeleteBucket([]byte("keys")) }); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first has left no lock
		if _, err := s.Find(t.Context(), make([]storage.Key, 1)); !errors.Is(err, ErrDamaged) {
			t.Errorf("find: error %v, want ErrDamaged", err)
		}
	}
	if _, err := s.Stats(t.Context()); err != nil {
		t.Error(err)
	}
	path := s.db().Path()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("open: error %v, want ErrDamaged", err)
	}
}
