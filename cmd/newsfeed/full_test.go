package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"newsfeed/config"
)

// growing serves sources that have a few more items whenever they are asked
// again, up to so many. The text of an item does not get smaller by being
// compressed.
type growing struct {
	most int        // items of a source
	size int        // bytes of an item's text, about; 0: 16,000
	mu   sync.Mutex // guards the fields below

	items    map[string]int // by path
	requests int
}

func (g *growing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.requests++
	etag := func() string { return fmt.Sprintf(`"%d"`, g.items[r.URL.Path]) }
	if r.Header.Get("If-None-Match") == etag() || g.items[r.URL.Path] == 0 {
		g.items[r.URL.Path] = min(g.items[r.URL.Path]+10, g.most)
	}
	n := g.items[r.URL.Path]
	w.Header().Set("ETag", etag())
	g.mu.Unlock()
	if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprintf(w, `<rss version="2.0"><channel><title>%s</title>`, r.URL.Path)
	for i := range n {
		noise := make([]byte, cmp.Or(g.size, 16_000)*3/4)
		_, _ = rand.NewChaCha8([32]byte{byte(i), byte(i >> 8), byte(len(r.URL.Path))}).Read(noise)
		text := base64.StdEncoding.EncodeToString(noise)
		fmt.Fprintf(w, `<item><title>%s number %d</title><guid isPermaLink="false">%[1]s-%[2]d</guid><description>%[3]s</description></item>`, r.URL.Path, i, text)
	}
	fmt.Fprint(w, `</channel></rss>`)
}

func (g *growing) asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests
}

// guids returns those of all items that were listed.
func (g *growing) guids() map[string]bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string]bool{}
	for path, n := range g.items {
		for i := range n {
			all[fmt.Sprintf("%s-%d", path, i)] = true
		}
	}
	return all
}

// journal is what a daemon logs.
type journal struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) count(words string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), words)
}

// crowded is a daemon whose sources bring more than its disk can hold.
type crowded struct {
	*testing.T
	config string // path of the configuration
	url    string
	origin *growing
	log    *journal
	stop   func()
}

// startCrowded runs a daemon with a store in a folder, with these lines about
// it in the configuration, and sources of so many items.
func startCrowded(t *testing.T, folder, lines string, items int) *crowded {
	t.Helper()
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	c := &crowded{T: t, url: "http://" + listen, origin: &growing{most: items, items: map[string]int{}}, log: &journal{}}
	var b strings.Builder
	fmt.Fprintf(&b, "[server]\nlisten = %q\n[storage]\npath = %q\n%s\n", listen, filepath.Join(folder, "newsfeed.db"), lines)
	b.WriteString("[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n" +
		"min_interval = \"100ms\"\nmax_interval = \"200ms\"\nrequests_per_minute = 100000\n[feed]\nwindow = \"0\"\nlimit = 20\n")
	for i, base := range serve(t, c.origin) {
		fmt.Fprintf(&b, "[[source]]\nid = \"s%d\"\nurl = \"%s/%s\"\n", i, base, strings.Repeat("s", i+1))
	}
	c.config = filepath.Join(t.TempDir(), "newsfeed.toml")
	if err := os.WriteFile(c.config, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c.start()
	return c
}

// start starts the daemon and returns when it serves.
func (c *crowded) start() {
	c.Helper()
	config, _, err := config.Load(c.config, func(string) string { return "" })
	if err != nil {
		c.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan struct{}), make(chan error, 1)
	log := slog.New(slog.NewTextHandler(c.log, nil))
	d := daemon{config: config, log: log, notify: notifier{log}, started: func(string) { close(started) }}
	go func() { ended <- d.run(ctx) }()
	c.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			c.Errorf("the daemon ended: %v", err)
		}
	})
	c.Cleanup(c.stop)
	select {
	case <-started:
	case err := <-ended:
		c.Fatal(err)
	}
}

// reconfigure replaces a text in the configuration.
func (c *crowded) reconfigure(old, new string) {
	c.Helper()
	text, err := os.ReadFile(c.config)
	if err == nil {
		err = os.WriteFile(c.config, bytes.Replace(text, []byte(old), []byte(new), 1), 0o600)
	}
	if err != nil {
		c.Fatal(err)
	}
}

// get returns what the daemon serves.
func (c *crowded) get(path string) (status int, body string) {
	r, err := http.Get(c.url + path)
	if err != nil {
		return 0, err.Error()
	}
	text, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return 0, err.Error()
	}
	return r.StatusCode, string(text)
}

// watch asks for feeds all the time until stop is called, which returns how
// often that was, and fails the test for each that was not answered well.
func (c *crowded) watch() (stop func() int) {
	done, ended := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			for _, path := range []string{"/feed.atom", "/feed.json", "/health.atom"} {
				if status, body := c.get(path); status != http.StatusOK {
					c.Errorf("%s: status %d, %.100q", path, status, body)
				}
			}
			select {
			case <-done:
				ended <- n
				return
			case <-tick.C:
			}
		}
	}()
	return func() int { close(done); return <-ended }
}

// awaitCommands waits until the daemon answers commands.
func (c *crowded) awaitCommands() {
	c.Helper()
	config, _, err := config.Load(c.config, func(string) string { return "" })
	if err != nil {
		c.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		if remote, ok, _ := connect(c.Context(), config); ok {
			_ = remote.close()
			return
		}
	}
	c.Fatal("in a minute the daemon did not answer commands")
}

// await waits until the daemon says that it polls, or that it does not.
func (c *crowded) await(polling bool) statusJSON {
	c.Helper()
	config, _, err := config.Load(c.config, func(string) string { return "" })
	if err != nil {
		c.Fatal(err)
	}
	remote, ok, _ := connect(c.Context(), config)
	if !ok {
		c.Fatal("the daemon does not answer")
	}
	defer func() { _ = remote.close() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		body, err := remote.get(c.Context(), "/api/status", nil)
		if err != nil {
			c.Fatal(err)
		}
		var s statusJSON
		if err := errors.Join(json.NewDecoder(body).Decode(&s), body.Close()); err != nil {
			c.Fatal(err)
		}
		if s.Polling == polling {
			return s
		}
	}
	c.Fatalf("in a minute the daemon did not say that polling is %t", polling)
	return statusJSON{}
}

// pollAll polls by force until nothing is new, and wants all that the sources
// have listed to be stored, each item once.
func (c *crowded) pollAll() {
	c.Helper()
	for range 100 {
		changed := 0
		for _, r := range poll(c.T, exitDone, "-c", c.config, "--force") {
			changed += r.New
		}
		if changed == 0 {
			break
		}
	}
	code, out, errs := newsfeed(c.T, "entries", "-c", c.config, "--json", "--limit", "100000")
	if code != exitDone {
		c.Fatal(errs)
	}
	missing := c.origin.guids()
	for line := range strings.Lines(out) {
		var e storedEntryJSON
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			c.Fatal(err)
		}
		if !missing[e.GUID] {
			c.Errorf("%s is there twice, or was never listed", e.GUID)
		}
		delete(missing, e.GUID)
	}
	if len(missing) > 0 {
		c.Errorf("%d of %d items are missing", len(missing), len(c.origin.guids()))
	}
}

// requireTold fails unless everybody is told that no source is polled.
func (c *crowded) requireTold(why, inHealth string) {
	c.Helper()
	code, out, errs := newsfeed(c.T, "sources", "-c", c.config)
	if code != exitDone || !strings.Contains(out, why) || !strings.Contains(errs, "no source is polled since") {
		c.Errorf("sources: status %d\n%s%s", code, out, errs)
	}
	if code, out, _ := newsfeed(c.T, "why", "-c", c.config, "s0"); code != exitDone || !strings.Contains(out, why) {
		c.Errorf("why: status %d\n%s", code, out)
	}
	if n := c.awaitHealth(true); n != 1 {
		c.Errorf("the health feed has %d items about the store", n)
	}
	if _, body := c.get("/health.atom"); !strings.Contains(body, inHealth) {
		c.Errorf("health feed: %.2000s", body)
	}
}

// awaitHealth waits until the health feed tells of the store or does not, which
// it does in the next second, and returns how many items do.
func (c *crowded) awaitHealth(tells bool) (items int) {
	c.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); <-tick.C {
		_, body := c.get("/health.atom")
		if items = strings.Count(body, `<category term="store">`); items > 0 == tells {
			break
		}
	}
	return items
}

// TestF15_ADaemonStopsBeforeItsStoreIsFull bounds the store's size and brings
// more: polls pause before a commit fails, and serving goes on.
func TestF15_ADaemonStopsBeforeItsStoreIsFull(t *testing.T) {
	const most = 8 << 20
	folder := t.TempDir()
	c := startCrowded(t, folder, "min_free = \"0\"\nmax_size = \"8MiB\"\n", 200)
	stop := c.watch()
	status := c.await(false)
	if !strings.Contains(status.Why, "are left of its limit of 8.0 MiB") {
		t.Errorf("status %+v", status)
	}
	c.requireTold("the store is full", "The store is full")
	asked := c.origin.asked()
	if code, _, errs := newsfeed(t, "poll", "-c", c.config, "--force"); code != exitFailed || !strings.Contains(errs, "make room") {
		t.Errorf("poll: status %d, %s", code, errs)
	}
	if n := stop(); n < 5 {
		t.Errorf("asked for feeds %d times", n)
	}
	if n := c.origin.asked() - asked; n > 0 {
		t.Errorf("%d visits without room", n)
	}
	c.stop()
	if info, err := os.Stat(filepath.Join(folder, "newsfeed.db")); err != nil || info.Size() > most {
		t.Errorf("the file has %d bytes, error %v", info.Size(), err)
	}

	// A higher limit lets polls go on, and nothing was lost.
	c.reconfigure("8MiB", "64MiB")
	c.start()
	c.await(true)
	c.pollAll()
	if n := c.log.count("takes nothing more"); n != 1 {
		t.Errorf("the trouble is logged %d times", n)
	}
}
