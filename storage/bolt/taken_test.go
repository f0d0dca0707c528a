package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newsfeed/storage"
)

// TestF16_AStoreThatAnotherTookIsReadNoMore lets another process take the lock
// that a store gives up to be opened anew, and give it back again.
func TestF16_AStoreThatAnotherTookIsReadNoMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s, err := Open(path, Options{MmapSize: 1 << 17})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = Open(path, Options{ReadOnly: true, Later: true, Timeout: time.Millisecond, MmapSize: 1 << 17})
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(unlock(s.file()), lock(other, false)); err != nil {
		t.Fatal(err)
	}
	settings := storage.Record{Settings: &storage.Settings{}}
	for _, when := range []string{"while it is held", "when it is free again"} {
		if err := s.Commit(t.Context(), settings); !errors.Is(err, ErrLocked) || storage.Refused(err) {
			t.Errorf("commit %s: error %v, want ErrLocked", when, err)
		}
		if _, err := s.Stats(t.Context()); !errors.Is(err, ErrLocked) {
			t.Errorf("stats %s: error %v, want ErrLocked", when, err)
		}
		if err := unlock(other); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.db().Close(), other.Close()); err != nil {
		t.Error(err)
	}
}
