package powerloss

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newsfeed/internal/process"
)

// site is a source whose document lists so many items.
type site struct{ items, asked atomic.Int64 }

func (s *site) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.asked.Add(1)
	fmt.Fprint(w, `<rss version="2.0"><channel><title>Site</title>`)
	for n := range s.items.Load() {
		fmt.Fprintf(w, `<item><title>Item number %d</title><guid isPermaLink="false">%[1]d</guid></item>`, n+1)
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// served is a daemon in a process of its own, with its store on a disk.
type served struct {
	*testing.T
	url  string
	api  *http.Client
	log  bytes.Buffer // to be read once it has stopped
	stop func()
}

// serveFrom runs the daemon, whose source is at an address, with its store in a
// folder.
func serveFrom(t *testing.T, folder, source string) *served {
	t.Helper()
	dir := t.TempDir()
	binary, socket, config := filepath.Join(dir, "newsfeed"), filepath.Join(dir, "admin.sock"), filepath.Join(dir, "newsfeed.toml")
	if err := process.Build(t.Context(), "../..", "./cmd/newsfeed", binary); err != nil {
		t.Fatal(err)
	}
	listen, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("[server]\nlisten = %q\nadmin_listen = %q\n[storage]\npath = %q\nmin_free = \"0\"\n"+
		"[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_interval = \"100ms\"\nmax_interval = \"200ms\"\nrequests_per_minute = 100000\n"+
		"[[source]]\nid = \"site\"\nurl = %q\n", listen, "unix:"+socket, filepath.Join(folder, storeName), source)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &served{T: t, url: "http://" + listen}
	s.api = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	c := exec.Command(binary, "serve", "-c", config)
	c.Stderr = &s.log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s.stop = sync.OnceFunc(func() {
		s.api.CloseIdleConnections()
		_ = c.Process.Signal(syscall.SIGTERM)
		if err := c.Wait(); err != nil {
			t.Errorf("the daemon ended: %v\n%s", err, &s.log)
		}
	})
	t.Cleanup(s.stop)
	if _, err := process.Await(t.Context(), http.DefaultClient, s.url+"/feed.atom"); err != nil {
		t.Fatal(err)
	}
	return s
}

// read returns a document that must be served.
func (s *served) read(path string) string {
	s.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.Errorf("%s: %s, error %v", path, r.Status, err)
	}
	return string(body)
}

// await reads the feeds until something is so.
func (s *served) await(what string, so func() bool) {
	s.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		s.read("/feed.atom")
		if so() {
			return
		}
	}
	s.Fatalf("in a minute, %s was not so", what)
}

// waits returns why the daemon polls no source, or nothing.
func (s *served) waits() string {
	r, err := s.api.Get("http://daemon/api/status")
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	var status struct{ Why string }
	if err := json.NewDecoder(r.Body).Decode(&status); err != nil {
		s.Fatal(err)
	}
	return status.Why
}

// TestF14_ServingGoesOnOnAFailingDisk lets each write to the disk under a daemon
// fail for a time: it serves, says so, does not fetch all the time what it cannot
// keep, and polls again by itself when the disk does.
func TestF14_ServingGoesOnOnAFailingDisk(t *testing.T) {
	d, folder, origin := NewDisk(), t.TempDir(), &site{}
	unmount, err := d.Mount(folder)
	if err != nil {
		t.Skip("no file system in user space to be had here: ", err)
	}
	t.Cleanup(func() {
		if err := unmount(); err != nil {
			t.Error("unmount: ", err)
		}
	})
	web := httptest.NewServer(origin)
	t.Cleanup(web.Close)
	origin.items.Store(1)
	s := serveFrom(t, folder, web.URL)
	s.await("the first item in the feed", func() bool { return strings.Contains(s.read("/feed.atom"), "Item number 1") })

	for _, kinds := range [][]Kind{{Sync}, {Write, Truncate, Sync}} {
		failing := map[Kind]bool{}
		for _, k := range kinds {
			failing[k] = true
		}
		d.Before(func(k Kind) syscall.Errno {
			if failing[k] {
				return syscall.EIO
			}
			return 0
		})
		news := fmt.Sprintf("Item number %d", origin.items.Add(1))
		s.await("a pause of polls", func() bool { return s.waits() != "" })
		if why := s.waits(); !strings.Contains(why, "storage: the disk fails") || !strings.Contains(why, "input/output error") {
			t.Errorf("status %q", why)
		}
		asked := origin.asked.Load()
		s.await("the health feed", func() bool { return strings.Contains(s.read("/health.atom"), "The disk of the store fails") })
		if n := origin.asked.Load() - asked; n > 5 {
			t.Errorf("%d visits while nothing could be kept", n)
		}
		d.Before(nil)
		s.await("the end of the pause", func() bool { return s.waits() == "" })
		s.await(news+" in the feed", func() bool { return strings.Contains(s.read("/feed.atom"), news) })
	}
	s.stop()
	for words, want := range map[string]int{"takes nothing more": 2, "takes records again": 2, "level=ERROR": 2} {
		if n := strings.Count(s.log.String(), words); n != want {
			t.Errorf("the log says %d times %q, want %d", n, words, want)
		}
	}
	if t.Failed() {
		t.Log(s.log.String())
	}
	data, _ := d.File(storeName)
	path := filepath.Join(t.TempDir(), storeName)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkFile(path); err != nil {
		t.Error(err)
	}
}
