package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"newsfeed/internal/article"
	"newsfeed/internal/process"
)

// daemon is the program under test.
type daemon struct{ binary, dir string }

func buildDaemon(ctx context.Context, dir string) (daemon, error) {
	d := daemon{filepath.Join(dir, "newsfeed"), dir}
	return d, process.Build(ctx, "", "newsfeed/cmd/newsfeed", d.binary)
}

// rest is how long a daemon has been idle when its memory is measured.
const rest = 10 * time.Second

// memory returns the anonymous memory of a daemon that serves the store and was
// asked for feeds and pages some time ago.
func (d daemon) memory(ctx context.Context, path string) (bytes int64, err error) {
	listen, err := process.FreePort()
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
		if _, err := process.Await(ctx, http.DefaultClient, "http://"+listen+"/"+page); err != nil {
			return 0, err
		}
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(rest):
	}
	return process.Anonymous(c.Process.Pid)
}

// configuration names the sources of the store. Nobody is at their addresses.
func configuration(listen, path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[server]\nlisten = %q\n[storage]\npath = %q\nretention = { age = \"0d\" }\n[feed]\nwindow = \"0\"\n[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0s\"\n", listen, path)
	for i, s := range article.Settings().Sources {
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = \"http://127.0.0.1:1/%d\"\n", s.ID, i)
	}
	return b.String()
}
