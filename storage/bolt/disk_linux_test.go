package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

func TestF14_DiskFull(t *testing.T) { runOnSmallDisk(t, "fill") }

// runOnSmallDisk runs a child that has a file system of its own, of 2 MB, in a
// name space of its own.
func runOnSmallDisk(t *testing.T, mode string) {
	t.Helper()
	cmd, out := child(t, mode, t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	if err := cmd.Start(); err != nil {
		t.Skip("no name space for a small file system:", err)
	}
	result := ""
	for out.Scan() {
		result = out.Text()
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if result == "no mount" {
		t.Skip("no small file system to be had")
	}
	if result != "good" {
		t.Errorf("the child said %q", result)
	}
}

// mountSmallDisk is for the child, which has nothing to do where it fails.
func mountSmallDisk(dir string) bool {
	err := syscall.Mount("none", dir, "tmpfs", 0, "size=2m")
	if err != nil {
		fmt.Println("no mount")
	}
	return err == nil
}

func fillDisk(dir string) {
	if !mountSmallDisk(dir) {
		return
	}
	ctx := context.Background()
	ballast, path := filepath.Join(dir, "ballast"), filepath.Join(dir, "newsfeed.db")
	fatal(os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	s, err := bolt.Open(path, bolt.Options{MmapSize: small.MmapSize, MinFree: 1})
	fatal(err)
	fatal(s.Commit(ctx, configure("a")))
	room, err := s.Room(ctx)
	fatal(err)
	if room.Free > 1<<20 || room.Short() {
		fatal(fmt.Errorf("of 2 MB of which one is taken there is room %+v", room))
	}

	polls, err := grow(ctx, s, 0)
	if !errors.Is(err, storage.ErrFull) {
		fatal(fmt.Errorf("commit %d on a full disk: error %v, want ErrFull", polls+1, err))
	}
	stored := func() {
		stats, err := s.Stats(ctx)
		fatal(err)
		if stats.Entries != 2*polls {
			fatal(fmt.Errorf("%d entries of %d polls", stats.Entries, polls))
		}
		for n := range polls {
			_, err := s.Entry(ctx, fmt.Sprintf("urn:a:%d:1", n+1))
			fatal(err)
		}
	}
	stored()
	if polls, err = grow(ctx, s, polls); !errors.Is(err, storage.ErrFull) {
		fatal(fmt.Errorf("second commit on a full disk: error %v, want ErrFull", err))
	}
	stored()
	fatal(os.Remove(ballast))
	more, _ := grow(ctx, s, polls)
	if more <= polls {
		fatal(errors.New("nothing fits although there is room again"))
	}
	polls = more
	stored()
	fatal(s.Close())
	s, err = bolt.Open(path, small)
	fatal(err)
	stored()
	fatal(s.Close())
	fatal(checkFile(path))
	readOnly(dir, path)
	fmt.Println("good")
}

// readOnly makes the file system read-only and opens the store there.
func readOnly(dir, path string) {
	fatal(syscall.Mount("none", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	if _, err := bolt.Open(path, small); !errors.Is(err, storage.ErrReadOnly) {
		fatal(fmt.Errorf("open on a read-only disk: error %v, want ErrReadOnly", err))
	}
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	fatal(err)
	_, err = s.Stats(context.Background())
	fatal(err)
	fatal(s.Close())
}

// grow commits polls after the nth until there is an error, and returns the
// number of the last one that was stored.
func grow(ctx context.Context, s storage.Store, n int) (int, error) {
	for {
		if err := s.Commit(ctx, bulky(n+1)); err != nil {
			return n, err
		}
		n++
	}
}
