package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"newsfeed/internal/process"
)

const (
	serverCPU = "0"
	clientCPU = "1"

	// patience is how long a server may take to be ready.
	patience = 30 * time.Second
)

// server is a process that serves the feed.
type server struct {
	process *exec.Cmd
	url     string // of the feed
	tag     string // of the feed, as this server names it
}

// pinned returns a command that runs on one processor, where that can be said.
func pinned(ctx context.Context, cpu, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	if taskset, err := exec.LookPath("taskset"); err == nil {
		c = exec.CommandContext(ctx, taskset, append([]string{"-c", cpu, name}, args...)...)
	}
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = patience
	return c
}

func (s server) wait(stop func()) {
	stop()
	_ = s.process.Wait() // it was told to end
}

// await returns what the server serves once that is what is wanted, and sets
// the tag.
func (s *server) await(ctx context.Context, wanted func([]byte) bool) ([]byte, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		r, err := s.get(ctx, "Accept-Encoding: identity")
		if err == nil && r.StatusCode == http.StatusOK && wanted(r.body) {
			s.tag = r.Header.Get("ETag")
			return r.body, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
	return nil, fmt.Errorf("%s is not served", s.url)
}

// client asks for nothing that it is not told to ask for.
var client = http.Client{Transport: &http.Transport{DisableCompression: true}}

type response struct {
	*http.Response
	body []byte
}

func (s *server) get(ctx context.Context, header string) (response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return response{}, err
	}
	r.Header.Set("User-Agent", "") // as wrk
	name, value, _ := strings.Cut(header, ": ")
	r.Header.Set(name, value)
	answer, err := client.Do(r)
	if err != nil {
		return response{}, err
	}
	body, err := io.ReadAll(answer.Body)
	return response{answer, body}, errors.Join(err, answer.Body.Close())
}

var (
	requests = regexp.MustCompile(`(\d+) requests in`)
	refusals = regexp.MustCompile(`Non-2xx or 3xx responses: .*|Socket errors: .*`)
)

// load returns the processor time of the server for one request, in
// microseconds.
func (s *server) load(ctx context.Context, k kind, length time.Duration) (float64, error) {
	before, err := process.CPU(s.process.Process.Pid)
	if err != nil {
		return 0, err
	}
	wrk := pinned(ctx, clientCPU, "wrk", "-t1", "-c16", "-d"+length.String(), "-H", k.header(*s), s.url)
	out, err := wrk.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	after, err := process.CPU(s.process.Process.Pid)
	if err != nil {
		return 0, err
	}
	if bad := refusals.Find(out); bad != nil {
		return 0, fmt.Errorf("%s %s: %s", s.url, k.name, bad)
	}
	count := requests.FindSubmatch(out)
	if count == nil {
		return 0, fmt.Errorf("wrk says %s", out)
	}
	n, err := strconv.ParseFloat(string(count[1]), 64)
	return float64((after - before).Microseconds()) / n, err
}
