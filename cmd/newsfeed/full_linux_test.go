package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of so many bytes, which root may do, and
// returns its folder.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("none", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("no small file system to be had: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fill writes a file that leaves so many bytes of its disk.
func fill(t *testing.T, path string, left int64) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &disk); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, int64(disk.Bavail)*disk.Bsize-left), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestF14_ServingGoesOnOnAFullDisk fills the disk under a daemon, and makes room
// again: feeds are served all the time, what cannot be stored is not fetched all
// the time, and nothing is lost.
func TestF14_ServingGoesOnOnAFullDisk(t *testing.T) {
	for name, test := range map[string]struct{ lines, why string }{
		"a commit fails": {"min_free = \"0\"", "no space left on device"},
		"before that":    {"min_free = \"1MiB\"", "are left of the disk of"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := smallDisk(t, "32m")
			ballast := filepath.Join(folder, "ballast")
			fill(t, ballast, 2<<20)
			c := startCrowded(t, folder, test.lines, 60)
			stop := c.watch()
			status := c.await(false)
			if !strings.Contains(status.Why, test.why) {
				t.Errorf("status %+v, want %q", status, test.why)
			}
			c.requireTold("the store is full", "The store is full")
			asked, times := c.origin.asked(), stop()

			// Some seconds of a full disk, in which feeds are rendered
			// and served.
			stop = c.watch()
			for range 100 {
				c.get("/sources/s0.atom")
				c.await(false)
			}
			if n := c.origin.asked() - asked; n > 12 {
				t.Errorf("%d visits while the disk was full", n)
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			c.await(true)
			c.pollAll()
			if n := times + stop(); n < 10 {
				t.Errorf("asked for feeds %d times", n)
			}
			if n := c.awaitHealth(false); n > 0 {
				t.Error("the health feed still tells of the trouble")
			}
			if began, ended := c.log.count("takes nothing more"), c.log.count("takes records again"); began != 1 || ended != 1 {
				t.Errorf("the trouble is logged %d times, its end %d times", began, ended)
			}
			if n := c.log.count("level=ERROR"); n != 1 {
				t.Errorf("%d errors are logged", n)
			}
		})
	}
}

// TestF16_AReadOnlyFileSystemIsServed starts a daemon on a file system that
// became read-only, and makes that writable again under it: no request fails, and
// the daemon does all that it does by itself.
func TestF16_AReadOnlyFileSystemIsServed(t *testing.T) {
	folder := smallDisk(t, "32m")
	remount := func(flags uintptr) {
		t.Helper()
		if err := syscall.Mount("none", folder, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	c := startCrowded(t, folder, "min_free = \"1MiB\"", 20)
	c.pollAll()
	want := render(t, c.config, "atom")
	c.stop()
	asked := c.origin.asked()

	remount(syscall.MS_RDONLY)
	c.start()
	watched := c.watch()
	if status, body := c.get("/feed.atom"); body != want {
		t.Errorf("status %d, and other bytes than before", status)
	}
	if n := c.awaitHealth(true); n != 1 {
		t.Errorf("the health feed has %d items about the store", n)
	}
	if code, out, errs := newsfeed(t, "entries", "-c", c.config); code != exitDone || !strings.Contains(out, "number") {
		t.Errorf("entries: status %d, %s%s", code, out, errs)
	}
	if code, _, errs := newsfeed(t, "poll", "-c", c.config); code != exitFailed || !strings.Contains(errs, "read-only file system; make the store's file and folder writable") {
		t.Errorf("poll: status %d, %s", code, errs)
	}
	if n := c.log.count("takes nothing more"); n != 1 {
		t.Errorf("the log says %d times that the store takes nothing", n)
	}
	if n := c.origin.asked() - asked; n > 0 {
		t.Errorf("%d visits", n)
	}
	remount(0)
	c.awaitCommands()
	c.await(true)
	c.pollAll()
	if n := watched(); n < 5 {
		t.Errorf("asked for feeds %d times", n)
	}
	if n := c.log.count("takes records again"); n != 1 {
		t.Errorf("the log says %d times that the store takes records again", n)
	}
	if n := c.awaitHealth(false); n > 0 {
		t.Error("the health feed still tells of the trouble")
	}
	c.stop()
	asked = c.origin.asked()
	remount(syscall.MS_RDONLY)

	// With a socket elsewhere the commands reach it, and are told.
	c.reconfigure("[storage]", "admin_listen = \"unix:"+filepath.Join(t.TempDir(), "admin.sock")+"\"\n[storage]")
	c.start()
	c.requireTold("the store is read-only", "The store can only be read")
	if code, _, errs := newsfeed(t, "poll", "-c", c.config); code != exitFailed || !strings.Contains(errs, "read-only file system; make room") {
		t.Errorf("poll: status %d, %s", code, errs)
	}
	if n := c.origin.asked() - asked; n > 0 {
		t.Errorf("%d visits", n)
	}
	c.stop()
	remount(0)
	c.start()
	c.await(true)
	c.stop()
	remount(syscall.MS_RDONLY)

	// Without a store there is nothing to serve.
	c.reconfigure("newsfeed.db", "none.db")
	code, _, errs := newsfeed(t, "serve", "-c", c.config)
	if code != exitFailed || !strings.Contains(errs, "there is no store yet at "+folder) || !strings.Contains(errs, "read-only file system") {
		t.Errorf("serve: status %d, %s", code, errs)
	}
}
