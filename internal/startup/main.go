// Startup measures how long the daemon takes from its start to READY, and what
// that is made of: it fills a store with entries, configures 10,000 sources that
// have all been polled, and starts the daemon on it a few times.
//
//	go run ./internal/startup -entries 1000000
//
// The files are in the page cache. It needs about 3 KB of disk an entry.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"newsfeed/config"
	"newsfeed/internal/article"
	"newsfeed/internal/process"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

const (
	batch = 1000 // entries, or sources, of a commit
	seen  = 50   // items that the document of a source had
)

func main() {
	entries := flag.Int("entries", 100_000, "entries in the store")
	sources := flag.Int("sources", 10_000, "configured sources")
	rounds := flag.Int("rounds", 5, "how often the daemon is started")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *entries, *sources, *rounds)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "startup:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, entries, sources, rounds int) error {
	dir, err := os.MkdirTemp("", "startup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, store := filepath.Join(dir, "newsfeed"), filepath.Join(dir, "newsfeed.db")
	if err := process.Build(ctx, "", "newsfeed/cmd/newsfeed", binary); err != nil {
		return err
	}
	listen, err := process.FreePort()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "newsfeed.toml")
	if err := os.WriteFile(path, []byte(configuration(listen, sources)), 0o600); err != nil {
		return err
	}
	// The first start makes the store and brings the sources into it.
	d := daemon{binary, path, filepath.Join(dir, "notify")}
	if _, err := d.start(ctx); err != nil {
		return err
	}
	if err := fill(ctx, store, entries, sources); err != nil {
		return err
	}
	ready, err := each(rounds, func() (time.Duration, error) { return d.start(ctx) })
	if err != nil {
		return err
	}
	alone, err := each(rounds, func() (time.Duration, error) {
		return timed(exec.CommandContext(ctx, binary, "version").Run)
	})
	if err != nil {
		return err
	}
	load, err := each(rounds, func() (time.Duration, error) {
		return timed(func() error { _, _, err := config.Load(path, func(string) string { return "" }); return err })
	})
	if err != nil {
		return err
	}
	open, err := each(rounds, func() (time.Duration, error) { return opening(store) })
	if err != nil {
		return err
	}
	fmt.Printf("%d entries, %d sources: READY after %v: process %v, configuration %v, store %v, the rest %v\n",
		entries, sources, ready, alone, load, open, max(0, ready-alone-load-open))
	return nil
}

// each returns the median of what a function returns.
func each(times int, do func() (time.Duration, error)) (time.Duration, error) {
	list := make([]time.Duration, times)
	for i := range list {
		var err error
		if list[i], err = do(); err != nil {
			return 0, err
		}
	}
	slices.Sort(list)
	return list[times/2].Round(100 * time.Microsecond), nil
}

func timed(do func() error) (time.Duration, error) {
	begin := time.Now()
	err := do()
	return time.Since(begin), err
}

func opening(path string) (took time.Duration, err error) {
	var s *bolt.Store
	took, err = timed(func() (err error) { s, err = bolt.Open(path, bolt.Options{}); return err })
	if err != nil {
		return 0, err
	}
	return took, s.Close()
}

// configuration names sources at which nobody is.
func configuration(listen string, sources int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[server]\nlisten = %q\n[storage]\npath = \"newsfeed.db\"\nretention = { age = \"0d\" }\n", listen)
	for i := range sources {
		fmt.Fprintf(&b, "[[source]]\nid = \"source-%d\"\nurl = \"https://s%[1]d.example.invalid/feed\"\n", i)
	}
	return b.String()
}

// fill brings entries into the store, and makes the sources ones that have just
// been polled.
func fill(ctx context.Context, path string, entries, sources int) (err error) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for n := 0; n < entries; n += batch {
		if err := s.Commit(ctx, article.Polls(n, min(n+batch, entries))...); err != nil {
			return err
		}
	}
	now := time.Now()
	for n := 0; n < sources; n += batch {
		var records []storage.Record
		for i := n; i < min(n+batch, sources); i++ {
			records = append(records, storage.Record{Time: now, Poll: &storage.Poll{Source: fmt.Sprint("source-", i), State: polled(i, now)}})
		}
		if err := s.Commit(ctx, records...); err != nil {
			return err
		}
	}
	return nil
}

// polled is the state of a source that was polled and is not due for hours.
func polled(n int, now time.Time) storage.State {
	s := storage.State{LastPoll: now, LastSuccess: now, NextDue: now.Add(12 * time.Hour), Polls: 1, Status: 200, DueReason: "publishes 3 a day"}
	for i := range seen {
		var d storage.Sighting
		binary.BigEndian.PutUint64(d.Item[:], uint64(n*seen+i))
		s.Seen = append(s.Seen, d)
	}
	return s
}

// daemon is the program under test, and where it says that it is ready.
type daemon struct{ binary, config, notify string }

// start starts the daemon, and stops it when it is ready. It returns how long
// that took.
func (d daemon) start(ctx context.Context) (took time.Duration, err error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: d.notify, Net: "unixgram"})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close(), os.Remove(d.notify)) }()
	c := exec.CommandContext(ctx, d.binary, "serve", "-c", d.config, "--log-level", "error")
	c.Env = append(os.Environ(), "NOTIFY_SOCKET="+d.notify)
	c.Stderr = os.Stderr
	begin := time.Now()
	if err := c.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Process.Signal(syscall.SIGTERM), c.Wait()) }()
	message := make([]byte, 4096)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			return 0, err
		}
		n, err := conn.Read(message)
		if err != nil {
			return 0, fmt.Errorf("wait for READY: %w", err)
		}
		if strings.HasPrefix(string(message[:n]), "READY=1") {
			return time.Since(begin), nil
		}
	}
}
