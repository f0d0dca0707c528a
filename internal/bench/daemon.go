package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"newsfeed/internal/process"
)

// build builds the daemon and the simulator.
func (b *bench) build(ctx context.Context) error {
	if err := process.Build(ctx, "", "newsfeed/cmd/newsfeed", b.file("newsfeed")); err != nil {
		return err
	}
	return process.Build(ctx, b.origin, ".", b.file("origin"))
}

// daemon is the program under test.
type daemon struct {
	process *exec.Cmd
	client  *http.Client // of its admin listener
	store   string
}

// startDaemon starts a daemon of these sources on the store of a folder, which
// is made when it is not there.
func (b *bench) startDaemon(ctx context.Context, folder string, workers int, sources ...source) (*daemon, error) {
	dir := b.file(folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	listen, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "admin.sock")
	path := filepath.Join(dir, "newsfeed.toml")
	d := &daemon{store: filepath.Join(dir, "newsfeed.db")}
	if err := os.WriteFile(path, configuration(listen, socket, d.store, workers, sources), 0o600); err != nil {
		return nil, err
	}
	d.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	d.process = exec.CommandContext(ctx, b.file("newsfeed"), "serve", "-c", path, "-q", "--log-level", "error")
	d.process.Stderr = os.Stderr
	d.process.Cancel = func() error { return d.process.Process.Signal(syscall.SIGTERM) }
	if err := d.process.Start(); err != nil {
		return nil, err
	}
	if _, err = process.Await(ctx, d.client, "http://daemon/readyz"); err != nil {
		d.kill()
	}
	return d, err
}

// configuration has no gap between two requests to a host. Of itself the daemon
// polls few sources a minute.
func configuration(listen, socket, store string, workers int, sources []source) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "[server]\nlisten = %q\nadmin_listen = %q\n[storage]\npath = %q\n"+
		"[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0s\"\nmin_force = \"0s\"\nworkers = %d\n",
		listen, "unix:"+socket, store, workers)
	for _, s := range sources {
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = %q\n", s.id, s.url)
	}
	return b.Bytes()
}

// end ends the daemon and waits for it. One that has ended stays so.
func (d *daemon) end() {
	d.client.CloseIdleConnections()
	_ = d.process.Process.Signal(syscall.SIGTERM)
	_ = d.process.Wait()
}

// kill ends the daemon with no time to do anything.
func (d *daemon) kill() {
	d.client.CloseIdleConnections()
	_ = d.process.Process.Kill()
	_ = d.process.Wait()
}

// cost is what something took.
type cost struct {
	wall, cpu time.Duration // cpu is that of the daemon
	entries   int           // that were new
}

// of returns the processor time of one of n.
func (c cost) of(n int) time.Duration { return c.cpu / time.Duration(n) }

// pollAll has all sources polled, and returns what that took when all that was
// new is durable.
func (d *daemon) pollAll(ctx context.Context, sources []source) (cost, error) {
	ids := make([]string, len(sources))
	for i, s := range sources {
		ids[i] = s.id
	}
	begin := time.Now()
	before, err := process.CPU(d.process.Process.Pid)
	if err != nil {
		return cost{}, err
	}
	n, err := d.poll(ctx, ids)
	if err != nil {
		return cost{}, err
	}
	after, err := process.CPU(d.process.Process.Pid)
	return cost{time.Since(begin), after - before, n}, err
}

// poll has sources polled, and returns the number of their new entries when all
// are durable.
func (d *daemon) poll(ctx context.Context, ids []string) (entries int, err error) {
	request, err := json.Marshal(map[string]any{"sources": ids, "force": true})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://daemon/api/poll", bytes.NewReader(request))
	if err != nil {
		return 0, err
	}
	res, err := d.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	lines := json.NewDecoder(res.Body)
	for {
		var line struct {
			New   int    `json:"new"`
			Error string `json:"error"`
		}
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return entries, nil
		} else if err != nil {
			return 0, err
		}
		if line.Error != "" {
			return 0, errors.New("poll: " + line.Error)
		}
		entries += line.New
	}
}
