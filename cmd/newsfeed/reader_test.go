package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestNewsboatIsQuietWhenNothingIsNew subscribes a real reader to each format
// that it knows: it sees every item once, a second reload brings nothing, and
// an edit is no new article.
func TestNewsboatIsQuietWhenNothingIsNew(t *testing.T) {
	newsboat, err := exec.LookPath("newsboat")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs newsboat: ", err)
		}
		t.Skip("no newsboat here: ", err)
	}
	var edited atomic.Bool
	bases := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		source := strings.Trim(r.URL.Path, "/")
		title := "First of " + source
		if edited.Load() {
			title += ", corrected"
		}
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>%s</title>
<item><title>%s</title><guid isPermaLink="false">%[1]s-1</guid><link>https://%[1]s.example/1</link><pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>Second of %[1]s</title><link>https://%[1]s.example/2</link><pubDate>Sun, 01 Nov 2026 11:00:00 GMT</pubDate></item>
<item><title>Shared</title><link>https://shared.example/story</link><guid>https://shared.example/story</guid><pubDate>Sun, 01 Nov 2026 12:00:00 GMT</pubDate></item>
</channel></rss>`, source, title)
	}))
	config, _ := configure(t, bases, []string{"alpha", "beta"})
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, fmt.Appendf(text[:0:0], "[server]\nlisten = %q\n%s", listen, text), 0o600); err != nil {
		t.Fatal(err)
	}
	startDaemon(t, config, "http://"+listen+"/feed.rss")
	poll(t, exitDone, "-c", config, "--force")

	for _, format := range []string{"rss", "atom"} {
		dir := t.TempDir()
		url := "http://" + listen + "/feed." + format
		if err := os.WriteFile(filepath.Join(dir, "urls"), []byte(url+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		reload := func() string {
			t.Helper()
			c := exec.Command(newsboat, "-u", filepath.Join(dir, "urls"), "-c", filepath.Join(dir, "cache.db"), "-C", os.DevNull, "-x", "reload", "print-unread")
			c.Env = append(os.Environ(), "HOME="+dir, "TERM=dumb")
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("newsboat: %v: %s", err, out)
			}
			return strings.TrimSpace(string(out))
		}
		const want = "5 unread articles"
		edited.Store(false)
		poll(t, exitDone, "-c", config, "--force")
		awaitTitle(t, url, "First of alpha<")
		if got := reload(); got != want {
			t.Errorf("%s: first reload: %s, want %s", format, got, want)
		}
		if got := reload(); got != want {
			t.Errorf("%s: second reload: %s, want %s", format, got, want)
		}
		edited.Store(true)
		poll(t, exitDone, "-c", config, "--force")
		awaitTitle(t, url, "First of alpha, corrected<")
		if got := reload(); got != want {
			t.Errorf("%s: after an edit: %s, want %s", format, got, want)
		}
	}
}

// startDaemon runs serve in this process until the test ends, and returns when url
// answers.
func startDaemon(t *testing.T, config, url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		p := program{in: strings.NewReader(""), out: &strings.Builder{}, err: &strings.Builder{}, env: func(string) string { return "" }}
		ended <- p.run(ctx, []string{"serve", "-c", config})
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitDone {
			t.Errorf("serve: status %d", code)
		}
	})
	awaitTitle(t, url, "")
}

// awaitTitle waits until a document answers and holds the text.
func awaitTitle(t *testing.T, url, text string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if r, err := http.Get(url); err == nil {
			var b strings.Builder
			_ = r.Write(&b)
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK && strings.Contains(b.String(), text) {
				return
			}
		}
		<-tick.C
	}
	t.Fatalf("%s does not hold %q", url, text)
}
