package bolt

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"newsfeed/storage"
)

// A store that is being closed waits for what it has begun, and begins nothing
// meanwhile.
func TestNoCommitComesBetweenTheHalvesOfClose(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "newsfeed.db"), Options{MmapSize: 1 << 17})
	if err != nil {
		t.Fatal(err)
	}
	learnt, closed := make(chan struct{}), make(chan error)
	s.learner.Go(func() { <-learnt })
	go func() { closed <- s.Close() }()
	settings := storage.Record{Settings: &storage.Settings{}}
	for begin := time.Now(); err == nil && time.Since(begin) < 10*time.Second; {
		err = s.Commit(t.Context(), settings)
	}
	if !errors.Is(err, storage.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	close(learnt)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
