//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newsfeed/config"
	"newsfeed/internal/fixture"
)

var reloads = flag.Int("reloads", 60, "how often TestE04_ReloadsUnderLoad reloads")

// loaded is a daemon under load: it polls all the time, and readers ask it.
type loaded struct {
	*service
	config  string
	origin  *growing
	readers sync.WaitGroup
	stop    context.CancelFunc

	mu     sync.Mutex // guards the fields below
	asked  int
	failed []string
}

// texts are configurations of a daemon under load.
func (l *loaded) texts(t *testing.T, listen string, bases []string) (quiet, one, other string, bad []string) {
	t.Helper()
	text := func(lines string, sources ...int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "[server]\nlisten = %q\n%s", listen, lines)
		for _, i := range sources {
			fmt.Fprintf(&b, "[[source]]\nid = \"s%d\"\nurl = \"%s/%s\"\n", i, bases[i%len(bases)], strings.Repeat("s", i+1))
		}
		return b.String()
	}
	poll := "[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\nmin_interval = \"50ms\"\nmax_interval = \"100ms\"\nrequests_per_minute = 100000\n"
	one = text(poll, 0, 1, 2, 3, 4, 5)
	other = text(poll+"workers = 5\ntimeout = \"19s\"\n[feed]\ntitle = \"Other\"\nwindow = \"0\"\n[dedup]\nsimilarity = false\n[[view]]\nname = \"some\"\nwhere = 'title matches \"1\"'\n", 0, 2, 3, 4, 5, 6)
	return text("[poll]\nmin_force = \"0\"\n"), one, other,
		[]string{"nobody = 1", one + "where = \"title ==\"", "[server", one + "headers = { X = \"file:none\" }"}
}

// read asks for feeds until ctx ends, each time from so many addresses that
// none of them asks for one too often.
func (l *loaded) read(ctx context.Context, reader byte) {
	var client *http.Client
	for i := 0; ctx.Err() == nil; i++ {
		if i%1000 == 0 {
			from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1+reader, byte(i/1000), 1)}}
			client = &http.Client{Transport: &http.Transport{DialContext: from.DialContext}}
			defer client.CloseIdleConnections()
		}
		path := []string{"/feed.atom", "/feed.json", "/sources/s0.rss", "/", "/sources.opml"}[i%5]
		err := l.fetch(client, path)
		l.mu.Lock()
		if l.asked++; err != nil {
			l.failed = append(l.failed, fmt.Sprintf("%s: %v", path, err))
		}
		l.mu.Unlock()
	}
}

// requests returns how many requests of readers there have been.
func (l *loaded) requests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

// fetch asks for a whole answer.
func (l *loaded) fetch(client *http.Client, path string) error {
	r, err := client.Get(l.base + path)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return err
	}
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", r.Status)
	}
	return nil
}

// startLoaded starts a daemon with a configuration, and readers.
func startLoaded(t *testing.T, text func(l *loaded, listen string, bases []string) string) *loaded {
	t.Helper()
	l := &loaded{origin: &growing{most: 40, size: 200, items: map[string]int{}}}
	bases := serve(t, l.origin)
	var listen string
	l.config, listen = configureService(t, "")
	l.write(t, text(l, listen, bases))
	m := inFolder(t)
	l.service = startService(t, l.config, "NOTIFY_SOCKET="+m.name)
	l.base = "http://" + listen
	m.await("READY")
	go m.listen()
	l.load()
	return l
}

// load lets readers ask until stop is called.
func (l *loaded) load() {
	ctx, cancel := context.WithCancel(context.Background())
	l.stop = func() { cancel(); l.readers.Wait() }
	l.Cleanup(l.stop)
	for i := range byte(3) {
		l.readers.Go(func() { l.read(ctx, i) })
	}
}

func (l *loaded) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(l.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// admin returns a client of the daemon's commands.
func (l *loaded) admin() client {
	l.Helper()
	c, ok, _ := connect(l.Context(), reach(l.config))
	if !ok {
		l.Fatalf("the daemon does not answer: %s", &l.errs)
	}
	return c
}

// reach returns where the daemon of a configuration is found.
func reach(path string) config.Config { return config.Reach(path, func(string) string { return "" }) }

// resources returns how many descriptors and goroutines the daemon has.
func (l *loaded) resources() (descriptors, goroutines int) {
	l.Helper()
	admin := l.admin()
	defer func() { _ = admin.close() }()
	body, err := admin.get(l.Context(), "/debug/pprof/goroutine", map[string][]string{"debug": {"1"}})
	if err != nil {
		l.Fatal(err)
	}
	defer body.Close()
	if _, err := fmt.Fscanf(body, "goroutine profile: total %d\n", &goroutines); err != nil {
		l.Fatal(err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", l.Process.Pid))
	if err != nil {
		l.Fatal(err)
	}
	return len(files), goroutines
}

// TestE04_ReloadsUnderLoad reloads good and bad configurations by turns under
// load: no request fails, no poll is lost, nothing leaks (F27).
// The long form: go test -count=1 -run TestE04_ReloadsUnderLoad -v ./cmd/newsfeed -args -reloads 1000
func TestE04_ReloadsUnderLoad(t *testing.T) {
	var quiet, one, other string
	var bad []string
	l := startLoaded(t, func(l *loaded, listen string, bases []string) string {
		quiet, one, other, bad = l.texts(t, listen, bases)
		return one
	})
	reload := func(text string, code int) {
		t.Helper()
		l.write(t, text)
		if got, out, errs := newsfeed(t, "reload", "-q", "-c", l.config); got != code {
			t.Fatalf("reload: status %d, want %d: %s%s; the daemon says %s", got, code, out, errs, &l.errs)
		}
	}
	reload(other, exitDone)
	reload(one, exitDone)
	l.stop()
	l.failed = nil
	reload(quiet, exitDone)
	descriptors, goroutines := l.quiet(0, 0)
	reload(one, exitDone)
	l.load()
	began, polls := time.Now(), l.origin.asked()
	proven := func() bool { return l.requests() >= *reloads && l.origin.asked()-polls >= *reloads/2 }
	most, times := 100*(*reloads), 0
	for i := 0; i < *reloads || i < most && !proven(); i++ {
		times++
		switch {
		case i%2 == 1:
			reload(bad[i/2%len(bad)], exitUsage)
		case i%4 == 0:
			reload(one, exitDone)
		default:
			reload(other, exitDone)
		}
	}
	reload(other, exitDone)
	if code, out, errs := newsfeed(t, "poll", "-c", l.config, "--force", "-q"); code != exitDone {
		t.Errorf("poll: status %d: %s%s", code, out, errs)
	}
	took, polls := time.Since(began), l.origin.asked()-polls
	l.stop()
	if len(l.failed) > 0 {
		t.Errorf("%d of %d requests failed: %q", len(l.failed), l.asked, l.failed[:min(5, len(l.failed))])
	}
	if l.asked < *reloads || polls < *reloads/2 {
		t.Errorf("only %d requests and %d polls: nothing is proven", l.asked, polls)
	}
	l.requireAllStored()
	reload(quiet, exitDone)
	nowDescriptors, nowGoroutines := l.quiet(descriptors, goroutines)
	if nowDescriptors > descriptors || nowGoroutines > goroutines {
		t.Errorf("%d descriptors and %d goroutines, were %d and %d", nowDescriptors, nowGoroutines, descriptors, goroutines)
	}
	t.Logf("%d reloads in %v: %d requests, %d failed; %d visits, none lost; %d descriptors, were %d; %d goroutines, were %d",
		times, took.Round(time.Millisecond), l.asked, len(l.failed), polls, nowDescriptors, descriptors, nowGoroutines, goroutines)
	if code, took := l.end(syscall.SIGTERM); code != exitDone || took > 5*time.Second {
		t.Errorf("exit status %d after %v", code, took)
	}
}

// quiet returns what a daemon has that does nothing, when that is no more than
// so much, or does not get less any more.
func (l *loaded) quiet(descriptors, goroutines int) (int, int) {
	l.Helper()
	d, g := l.resources()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 30 {
		<-tick.C
		nd, ng := l.resources()
		if descriptors > 0 && nd <= descriptors && ng <= goroutines {
			return nd, ng
		}
		d, g = nd, ng
	}
	return d, g
}

// requireAllStored fails unless all that was listed to the daemon is in the
// store.
func (l *loaded) requireAllStored() {
	l.Helper()
	missing := l.origin.guids()
	all := len(missing)
	code, out, errs := newsfeed(l.T, "entries", "-c", l.config, "--json", "--limit", "100000")
	if code != exitDone {
		l.Fatalf("entries: status %d: %s", code, errs)
	}
	for line := range strings.Lines(out) {
		var e storedEntryJSON
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			l.Fatal(err)
		}
		delete(missing, e.GUID)
	}
	for guid := range missing {
		if !strings.HasPrefix(guid, "/ss-") { // its source is configured no more, so it is not listed
			l.Errorf("%s of %d entries is lost", guid, all)
		}
	}
}

func TestE05_NothingIsCutOffWhenTheDaemonStops(t *testing.T) {
	for range 2 {
		l := startLoaded(t, func(l *loaded, listen string, bases []string) string {
			_, one, _, _ := l.texts(t, listen, bases)
			return one
		})
		for l.requests() < 200 {
			runtime.Gosched()
		}
		code, took := l.end(syscall.SIGTERM)
		l.stop()
		if code != exitDone || took > 5*time.Second {
			t.Errorf("exit status %d after %v: %s", code, took, &l.errs)
		}
		for _, why := range l.failed {
			// Once it has stopped there is nobody; a connection that was idle may
			// be closed under the request that comes over it.
			if strings.Contains(why, "unexpected EOF") || strings.Contains(why, "status") {
				t.Errorf("a response was cut off or refused: %s", why)
			}
		}
		if code, out, errs := newsfeed(t, "store", "verify", "-c", l.config); code != exitDone {
			t.Errorf("verify: status %d: %s%s", code, out, errs)
		}
		t.Logf("stopped in %v after %d requests", took, l.asked-len(l.failed))
	}
}

// TestE05_AnswersOfHTTP2AreFinished stops a daemon while one connection carries
// many requests at a time.
func TestE05_AnswersOfHTTP2AreFinished(t *testing.T) {
	cert, key, trust := fixture.Certificate(t, t.TempDir())
	config, listen := configureService(t, fmt.Sprintf("[server.tls]\ncert = %q\nkey = %q\n", cert, key))
	m := inFolder(t)
	s := startService(t, config, "NOTIFY_SOCKET="+m.name)
	m.await("READY")
	go m.listen()

	var dials atomic.Int32
	dialer := &net.Dialer{}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trust}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			dials.Add(1)
			return dialer.DialContext(ctx, network, to)
		},
	}
	defer transport.CloseIdleConnections()
	l := &loaded{service: s}
	s.base = "https://" + listen
	client := &http.Client{Transport: transport}
	if err := l.fetch(client, "/"); err != nil {
		t.Fatal(err)
	}
	began := make(chan struct{})
	var loops sync.WaitGroup
	for i := range 32 {
		path := []string{"/style.css", "/"}[i%2]
		loops.Go(func() {
			for n := 0; ; n++ {
				if err := l.fetch(client, path); err != nil {
					l.mu.Lock()
					l.failed = append(l.failed, err.Error())
					l.mu.Unlock()
					return
				}
				if n == 3 {
					began <- struct{}{}
				}
			}
		})
	}
	for range 32 {
		<-began
	}
	code, took := s.end(syscall.SIGTERM)
	loops.Wait()
	if code != exitDone || took > 5*time.Second {
		t.Errorf("exit status %d after %v: %s", code, took, &s.errs)
	}
	for _, why := range l.failed {
		if !strings.Contains(why, "connection refused") { // a request that was never taken in
			t.Errorf("a response was cut off or refused: %s", why)
		}
	}
	t.Logf("stopped in %v; %d dials", took, dials.Load())
}

// TestE05_SlowAnswersAreFinishedAndEndlessOnesCutOff stops a daemon while one
// answer takes three seconds, and another one more than it waits for.
func TestE05_SlowAnswersAreFinishedAndEndlessOnesCutOff(t *testing.T) {
	config, _ := configureService(t, "")
	m := inFolder(t)
	s := startService(t, config, "NOTIFY_SOCKET="+m.name, "GORACE=atexit_sleep_ms=0")
	m.await("READY")
	go m.listen()
	l := &loaded{service: s, config: config}
	admin := l.admin()
	defer func() { _ = admin.close() }()
	ask := func(path, key, value string) (string, error) {
		body, err := admin.get(t.Context(), path, url.Values{key: {value}})
		if err != nil {
			return "", err
		}
		defer body.Close()
		text, err := io.ReadAll(body)
		return string(text), err
	}
	slow, endless := make(chan error, 1), make(chan error, 1)
	go func() { _, err := ask("/debug/pprof/trace", "seconds", "3"); slow <- err }()
	go func() { _, err := ask("/debug/pprof/profile", "seconds", "20"); endless <- err }()
	underWay := func() bool {
		text, err := ask("/debug/pprof/goroutine", "debug", "2")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(text, "pprof.Trace(") && strings.Contains(text, "pprof.Profile(")
	}
	for !underWay() {
	}
	code, took := s.end(syscall.SIGTERM)
	if code != exitDone || took < 3*time.Second || took > 5*time.Second {
		t.Errorf("exit status %d after %v: %s", code, took, &s.errs)
	}
	if err := <-slow; err != nil {
		t.Errorf("the slow answer was cut off: %v", err)
	}
	if err := <-endless; err == nil {
		t.Error("the endless answer ended: nothing is proven")
	}
}
