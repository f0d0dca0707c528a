package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// daemon is the program under test.
type daemon struct{ binary, dir string }

func buildDaemon(ctx context.Context, dir string) (daemon, error) {
	d := daemon{filepath.Join(dir, "newsfeed"), dir}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", d.binary, "newsfeed/cmd/newsfeed").CombinedOutput(); err != nil {
		return d, fmt.Errorf("build the daemon: %w: %s", err, out)
	}
	return d, nil
}

// memory returns the anonymous memory of a daemon that serves the store and has
// been asked for feeds and pages.
func (d daemon) memory(ctx context.Context, path string) (bytes int64, err error) {
	listen, err := freePort()
	if err != nil {
		return 0, err
	}
	config := filepath.Join(d.dir, "newsfeed.toml")
	if err := os.WriteFile(config, []byte(configuration(listen, path)), 0o600); err != nil {
		return 0, err
	}
	c := exec.CommandContext(ctx, d.binary, "serve", "-c", config, "--log-level", "error")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Process.Signal(syscall.SIGTERM), c.Wait()) }()
	for _, page := range []string{"feed.rss", "feed.atom", "feed.json", "sources/source-7.rss", "sources", ""} {
		if err := await(ctx, "http://"+listen+"/"+page); err != nil {
			return 0, err
		}
	}
	return anonymous(c.Process.Pid)
}

// configuration names the sources of the store. Nobody is at their addresses.
func configuration(listen, path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[server]\nlisten = %q\n[storage]\npath = %q\nretention = { age = \"0d\" }\n[feed]\nwindow = \"0\"\n[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0s\"\n", listen, path)
	for i := range sources {
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = \"http://127.0.0.1:1/%d\"\n", sourceID(i), i)
	}
	return b.String()
}

// await reads a page as soon as it is there.
func await(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(r); err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			if err := errors.Join(err, res.Body.Close()); err != nil {
				return err
			}
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", url, ctx.Err())
		case <-tick.C:
		}
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
