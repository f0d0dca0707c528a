package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// statuses records how requests were answered.
type statuses struct {
	mu  sync.Mutex // guards the field below
	all []int
}

func (s *statuses) record(r *http.Response) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, r.StatusCode)
	return nil
}

func (s *statuses) take() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.all
	s.all = nil
	return all
}

// TestNewsboatTakesWhatIsNewOnly proves that a reader that sends A-IM: feed is
// given only what it lacks, keeps what it has, as read, and counts what came
// as new.
func TestNewsboatTakesWhatIsNewOnly(t *testing.T) {
	newsboat, err := exec.LookPath("newsboat")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs newsboat: ", err)
		}
		t.Skip("no newsboat here: ", err)
	}
	var items atomic.Int64
	items.Store(5)
	bases := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Alpha</title>`)
		for n := range items.Load() {
			fmt.Fprintf(w, `<item><title>Report %d</title><guid isPermaLink="false">report-%[1]d</guid><link>https://alpha.example/%[1]d</link>`+
				`<pubDate>Sun, 01 Nov 2026 1%[1]d:00:00 GMT</pubDate></item>`, n)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	config, _ := configure(t, bases, []string{"alpha"})
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, "[server]\nlisten = %q\n%s", listen, text), 0o600); err != nil {
		t.Fatal(err)
	}
	startDaemon(t, config, "http://"+listen+"/feed.rss")
	answered := &statuses{}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: listen})
	proxy.ModifyResponse = answered.record
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)

	for _, format := range []string{"rss", "atom"} {
		dir := t.TempDir()
		urls, read := filepath.Join(dir, "urls"), filepath.Join(dir, "read")
		run := func(arguments ...string) string {
			t.Helper()
			c := exec.Command(newsboat, append([]string{"-u", urls, "-c", filepath.Join(dir, "cache.db"), "-C", os.DevNull}, arguments...)...)
			c.Env = append(os.Environ(), "HOME="+dir, "TERM=dumb")
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("newsboat: %v: %s", err, out)
			}
			return strings.TrimSpace(string(out))
		}
		expect := func(what, unread string, status int) {
			t.Helper()
			if got := run("-x", "reload", "print-unread"); got != unread {
				t.Errorf("%s: %s: %s, want %s", format, what, got, unread)
			}
			if got := answered.take(); !slices.Equal(got, []int{status}) {
				t.Errorf("%s: %s: answered %d, want %d", format, what, got, status)
			}
		}
		if err := os.WriteFile(urls, []byte(front.URL+"/feed."+format+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		known := items.Load()
		poll(t, exitDone, "-c", config, "--force")
		awaitTitle(t, "http://"+listen+"/feed."+format, fmt.Sprintf("Report %d<", known-1))
		expect("first reload", fmt.Sprintf("%d unread articles", known), http.StatusOK)
		awaitTitle(t, "http://"+listen+"/feed.json", fmt.Sprintf("Report %d\"", known-1))
		guids := guidsOf(t, "http://"+listen+"/feed.json")
		if err := os.WriteFile(read, []byte(strings.Join(guids, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		run("-I", read)
		// newsboat keeps no validators of a feed that it did not know.
		expect("second reload", "0 unread articles", http.StatusOK)
		expect("third reload", "0 unread articles", http.StatusNotModified)

		items.Add(1)
		poll(t, exitDone, "-c", config, "--force")
		awaitTitle(t, "http://"+listen+"/feed."+format, fmt.Sprintf("Report %d<", known))
		expect("reload with news", "1 unread articles", http.StatusIMUsed)
		expect("reload after news", "1 unread articles", http.StatusNotModified)
		run("-E", read)
		kept, err := os.ReadFile(read)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(kept), "\n"); int64(got) != known {
			t.Errorf("%s: %d of %d read articles are kept", format, got, known)
		}
	}
}

// guidsOf returns the ids of the items of a JSON Feed, which are the same in
// every format.
func guidsOf(t *testing.T, url string) []string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var feed struct{ Items []struct{ ID string } }
	if err := json.NewDecoder(r.Body).Decode(&feed); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(feed.Items))
	for i, it := range feed.Items {
		ids[i] = it.ID
	}
	return ids
}
