package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// openLater makes a store with one poll, and opens it to be read until it can be
// written to.
func openLater(t *testing.T) (s *bolt.Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "newsfeed.db")
	s = openWith(t, path, small)
	commit(t, s, configure("a"), pollOf("a", 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return openWith(t, path, bolt.Options{ReadOnly: true, Later: true, MmapSize: small.MmapSize}), path
}

func requireEntries(t *testing.T, s *bolt.Store, want int) {
	t.Helper()
	if stats, err := s.Stats(t.Context()); err != nil || stats.Entries != want {
		t.Errorf("%d entries, error %v, want %d", stats.Entries, err, want)
	}
}

// TestF16_AStoreTakesCommitsAsSoonAsItCan hides the file, so that it cannot be
// opened to be written to, and shows it again.
func TestF16_AStoreTakesCommitsAsSoonAsItCan(t *testing.T) {
	s, path := openLater(t)
	if err := os.Rename(path, path+".hidden"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Commit(t.Context(), pollOf("a", 2)); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("commit: error %v, want ErrReadOnly", err)
		}
		if _, err := s.Room(t.Context()); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("room: error %v, want ErrReadOnly", err)
		}
		requireEntries(t, s, 2)
	}
	if err := os.Rename(path+".hidden", path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Room(t.Context()); err != nil {
		t.Error("room: ", err)
	}
	commit(t, s, pollOf("a", 2))
	requireEntries(t, s, 4)
	if v := <-s.Changed(); v == 0 {
		t.Error("no version is told")
	}
	if _, err := bolt.Open(path, bolt.Options{ReadOnly: true}); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("a second one: error %v, want ErrLocked", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openWith(t, path, small)
	requireEntries(t, s, 4)
}

// Others who read keep a store from being changed, and it keeps its own lock.
func TestF16_AStoreThatOthersReadStaysAsItIs(t *testing.T) {
	s, path := openLater(t)
	other := openWith(t, path, bolt.Options{ReadOnly: true})
	if err := s.Commit(t.Context(), pollOf("a", 2)); !errors.Is(err, storage.ErrReadOnly) || !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("error %v, want ErrReadOnly and ErrLocked", err)
	}
	requireEntries(t, s, 2)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, small); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("a second one: error %v, want ErrLocked", err)
	}
	commit(t, s, pollOf("a", 2))
	requireEntries(t, s, 4)
}

// TestF16_ReadsGoOnWhileAStoreBecomesWritable reads all the time, and has a
// copy under way that holds commits up until it has ended, but no other reads.
func TestF16_ReadsGoOnWhileAStoreBecomesWritable(t *testing.T) {
	s, _ := openLater(t)
	var readers sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Entry(t.Context(), "urn:a:1:0"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	slow := &gate{begun: make(chan struct{}), open: make(chan struct{})}
	copied := make(chan error)
	go func() {
		_, err := s.Copy(t.Context(), slow)
		copied <- err
	}()
	<-slow.begun
	if err := s.Commit(t.Context(), pollOf("a", 2)); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("commit during a copy: error %v, want ErrReadOnly", err)
	}
	requireEntries(t, s, 2)
	close(slow.open)
	if err := <-copied; err != nil {
		t.Error(err)
	}
	commit(t, s, pollOf("a", 2))
	requireEntries(t, s, 4)
	stop()
	readers.Wait()

	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, slow.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	requireEntries(t, openWith(t, path, small), 2)
}

// TestF16_LimitsSetWhileOldReadsEndHold sets a limit when the file is open to be
// changed already, but still read as it was before.
func TestF16_LimitsSetWhileOldReadsEndHold(t *testing.T) {
	s, _ := openLater(t)
	slow := &gate{begun: make(chan struct{}), open: make(chan struct{})}
	copied := make(chan error)
	go func() {
		_, err := s.Copy(t.Context(), slow)
		copied <- err
	}()
	<-slow.begun
	if err := s.Commit(t.Context(), pollOf("a", 2)); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("commit during a copy: error %v, want ErrReadOnly", err)
	}
	const limit = 1 << 20
	if err := s.Limit(t.Context(), limit, 0); err != nil {
		t.Error("limit: ", err)
	}
	close(slow.open)
	if err := <-copied; err != nil {
		t.Error(err)
	}
	var err error
	for n := 2; n < 200 && err == nil; n++ {
		err = s.Commit(t.Context(), bulky(n))
	}
	if !errors.Is(err, storage.ErrFull) {
		t.Errorf("error %v, want ErrFull", err)
	}
}

// gate is a buffer that says when the first bytes come, and takes them when it
// may.
type gate struct {
	bytes.Buffer
	once        sync.Once
	begun, open chan struct{}
}

func (g *gate) Write(b []byte) (int, error) {
	g.once.Do(func() { close(g.begun) })
	<-g.open
	return g.Buffer.Write(b)
}
