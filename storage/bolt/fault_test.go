package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// Where pages cannot be read any more bbolt panics in a commit, and again when
// it takes that back, and never releases its lock. Who comes next must not wait
// for it.
func TestF20_ACommitOverUnreadablePagesStopsNobody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	commit(t, s, configure("a"), pollOf("a", 1))
	if err := os.Truncate(path, 2*int64(page)); err != nil { // what is mapped beyond is a fault
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 3 {
			if err := s.Commit(t.Context(), pollOf("a", n)); !errors.Is(err, bolt.ErrDamaged) {
				t.Errorf("commit %d: error %v, want ErrDamaged", n, err)
			}
		}
		if _, err := s.Entry(t.Context(), "urn:a:1:0"); !errors.Is(err, bolt.ErrDamaged) {
			t.Errorf("entry: error %v, want ErrDamaged", err)
		}
		if err := s.Close(); !errors.Is(err, bolt.ErrDamaged) {
			t.Errorf("close: error %v, want ErrDamaged", err)
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("it hangs")
	}
}

// TestF20_ErrorsOfRecordsLeaveTheStoreAtWork tells an error in a record, which
// takes back one commit, from a fault of the file.
func TestF20_ErrorsOfRecordsLeaveTheStoreAtWork(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	commit(t, s, configure("a"))
	for range 3 {
		if err := s.Commit(t.Context(), pollOf("a", 1), storage.Record{}); err == nil {
			t.Error("no error")
		}
		commit(t, s, pollOf("a", 2))
	}
	if stats, err := s.Stats(t.Context()); err != nil || stats.Entries != 2 {
		t.Errorf("%d entries, error %v", stats.Entries, err)
	}
}
