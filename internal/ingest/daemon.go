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
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"newsfeed/internal/process"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// pause is the time between two new entries of the probe.
const pause = 50 * time.Millisecond

// probeHost is none of the simulator's hosts, for of one host one source is
// visited at a time.
const probeHost = "127.0.0.200"

// daemon is the program under test, with one source more: the probe, which has a
// new entry each time.
type daemon struct {
	process *exec.Cmd
	client  *http.Client // of its administration
	store   string
	probes  *httptest.Server
	arrived atomic.Int64 // when the probe last answered, in nanoseconds
}

func startDaemon(ctx context.Context, dir string, urls map[string]string) (*daemon, error) {
	binary := filepath.Join(dir, "newsfeed")
	if err := process.Build(ctx, "", "newsfeed/cmd/newsfeed", binary); err != nil {
		return nil, err
	}
	d := &daemon{store: filepath.Join(dir, "newsfeed.db")}
	var items atomic.Int64
	d.probes = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := items.Add(1)
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Probe</title><item><guid isPermaLink="false">probe-%d</guid><title>Report %[1]d of the probe</title><link>https://probe.example/%[1]d</link></item></channel></rss>`, n)
		d.arrived.Store(time.Now().UnixNano())
	}))
	var err error
	if d.probes.Listener, err = net.Listen("tcp", probeHost+":0"); err != nil {
		return nil, err
	}
	d.probes.Start()
	listen, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "admin.sock")
	config := filepath.Join(dir, "newsfeed.toml")
	if err := os.WriteFile(config, configuration(listen, socket, d.store, d.probes.URL, urls), 0o600); err != nil {
		return nil, err
	}
	d.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	d.process = exec.CommandContext(ctx, binary, "serve", "-c", config, "-q", "--log-level", "error")
	d.process.Stderr = os.Stderr
	d.process.Cancel = func() error { return d.process.Process.Signal(syscall.SIGTERM) }
	if err := d.process.Start(); err != nil {
		return nil, err
	}
	_, err = process.Await(ctx, d.client, "http://daemon/readyz")
	return d, err
}

func configuration(listen, socket, store, probe string, urls map[string]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "[server]\nlisten = %q\nadmin_listen = %q\n[storage]\npath = %q\n"+
		"[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0s\"\nmin_force = \"0s\"\n"+
		"[[source]]\nid = \"probe\"\nurl = %q\n", listen, "unix:"+socket, store, probe)
	for id, url := range urls {
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = %q\n", id, url)
	}
	return b.Bytes()
}

// wait ends the daemon.
func (d *daemon) wait(stop func()) {
	stop()
	_ = d.process.Wait()
	d.probes.Close()
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

// probe polls the probe again and again until all is polled, and returns how long
// each of its entries took to be durable.
func (d *daemon) probe(ctx context.Context, polled <-chan error) (delays []time.Duration, err error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case err := <-polled:
			if len(delays) == 0 {
				err = errors.Join(err, errors.New("no entry of the probe while sources were polled"))
			}
			return delays, err
		case <-tick.C:
		}
		n, err := d.poll(ctx, []string{"probe"})
		if err != nil {
			return nil, err
		}
		if n == 1 {
			delays = append(delays, time.Since(time.Unix(0, d.arrived.Load())))
		}
	}
}

// disk ends the daemon and returns how many bytes its entries say each, and how
// many they take.
func (d *daemon) disk(ctx context.Context) (said, file float64, err error) {
	if err := d.process.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, 0, err
	}
	_ = d.process.Wait()
	s, err := bolt.Open(d.store, bolt.Options{ReadOnly: true})
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	stats, err := s.Stats(ctx)
	if err != nil {
		return 0, 0, err
	}
	n := 0
	for q := (storage.Query{Hidden: true, Limit: storage.MaxPage}); ; {
		page, err := s.Entries(ctx, q)
		if err != nil {
			return 0, 0, err
		}
		for _, e := range page.Items {
			n += size(e)
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	entries := float64(stats.Entries)
	return float64(n) / entries, float64(stats.Bytes) / entries, nil
}

// size is the number of bytes that an entry says in.
func size(e storage.Entry) int {
	texts := []string{e.ID, e.Source, e.Story, e.GUID, e.URL, e.CanonicalURL, e.Title, e.Summary, e.Content, e.Language, e.Rights, e.Comments}
	texts = slices.Concat(texts, e.Categories, e.Aliases)
	for _, p := range e.Authors {
		texts = append(texts, p.Name, p.Email, p.URL)
	}
	for _, m := range e.Media {
		texts = append(texts, m.URL, m.Type, string(m.Medium), m.Title, m.Caption, m.Credit)
	}
	n := 0
	for _, s := range texts {
		n += len(s)
	}
	return n
}
