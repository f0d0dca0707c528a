package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"newsfeed/storage/bolt"
)

// The child has a file system of its own, of 2 MB, in a name space of its own.
func TestF13_CompactAndRestoreNeedRoom(t *testing.T) {
	cmd, out := child(t, "crowd", t.TempDir())
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

// crowd compacts and restores a store on a file system with too little room,
// and after that with enough.
func crowd(dir string) {
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=2m"); err != nil {
		fmt.Println("no mount")
		return
	}
	ctx := context.Background()
	ballast, path := filepath.Join(dir, "ballast"), filepath.Join(dir, "newsfeed.db")
	s, err := bolt.Open(path, small)
	fatal(err)
	fatal(s.Commit(ctx, configure("a"), pollOf("a", 1)))
	fatal(s.Close())
	fatal(os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	try := func(want error) {
		if _, _, err := bolt.Compact(ctx, path); !errors.Is(err, want) {
			fatal(fmt.Errorf("compact: error %w, want %w", err, want))
		}
		if _, _, err := bolt.Restore(ctx, path, filepath.Join(dir, "other.db")); !errors.Is(err, want) {
			fatal(fmt.Errorf("restore: error %w, want %w", err, want))
		}
		files, err := os.ReadDir(dir)
		fatal(err)
		if want != nil && len(files) != 2 {
			fatal(fmt.Errorf("folder holds %v", files))
		}
	}
	try(bolt.ErrNoRoom)
	fatal(os.Remove(ballast))
	try(nil)
	fmt.Println("good")
}
