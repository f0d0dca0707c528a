package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// room is a configuration and a store with something of everything: sources that
// are read, gone and failing, views, filters, events and a story of two sources.
type room struct {
	dir, config, site, listen string
}

const goodFeed = `<rss version="2.0"><channel><title>Good</title><link>https://good.example/</link>
<item><title>First</title><link>https://good.example/1</link><category>Town</category><description>What happened first.</description></item>
<item><title>Second &#27;[31m</title><link>https://good.example/2</link></item></channel></rss>`

const otherFeed = `<rss version="2.0"><channel><title>Other</title><link>https://other.example/</link>
<item><title>First, told elsewhere</title><link>https://good.example/1</link></item></channel></rss>`

// openRoom polls the sources of a room once.
func openRoom(t *testing.T) room {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good.xml":
			fmt.Fprint(w, goodFeed)
		case "/other.xml":
			fmt.Fprint(w, otherFeed)
		case "/page.html":
			fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" title="News" href="good.xml"></head></html>`)
		case "/gone.xml":
			w.WriteHeader(http.StatusGone)
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(site.Close)
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	r := room{dir: t.TempDir(), site: site.URL, listen: listen}
	r.config = filepath.Join(r.dir, "newsfeed.toml")
	place(t, r.config, fmt.Sprintf(`
[server]
listen = %q
base_url = "http://news.example/"
[poll]
allow_private = ["127.0.0.0/8"]
host_interval = "0"
min_force = "0"
[feed]
window = "0"
[[view]]
name = "town"
categories = ["Town"]
[[source]]
id = "good"
url = "%[2]s/good.xml"
where = 'title != "Third"'
[[source]]
id = "other"
url = "%[2]s/other.xml"
categories = ["Elsewhere"]
[[source]]
id = "gone"
url = "%[2]s/gone.xml"
[[source]]
id = "broken"
url = "%[2]s/broken.xml"
`, listen, site.URL))
	if code, _, errs := newsfeed(t, r.args("poll", "-q")...); code != exitPartly {
		t.Fatalf("poll: exit status %d, %s", code, errs)
	}
	return r
}

// args are a command line about the room; SITE and DIR stand for its places.
func (r room) args(args ...string) []string {
	places := strings.NewReplacer("SITE", r.site, "DIR", r.dir)
	line := []string{"--config", r.config}
	for _, a := range args {
		line = append(line, places.Replace(a))
	}
	return line
}

// serve runs the daemon in this process until the test ends.
func (r room) serve(t *testing.T) {
	t.Helper()
	startDaemon(t, r.config, "http://"+r.listen+"/feed.rss")
}

// ages are times that pass between two commands.
var ages = regexp.MustCompile(`\b(now|(in )?\d+(ms|s|m|h|d)(\d\dm)?( ago)?)\b`)

// figures are those of store stats.
var figures = regexp.MustCompile(`\d+(\.\d+)?`)

// outcome is all that a command said.
func (r room) outcome(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := newsfeed(t, r.args(args...)...)
	if strings.Join(args[:min(2, len(args))], " ") == "store stats" {
		out = figures.ReplaceAllString(out, "N") // a daemon keeps what it has rendered
	}
	return ages.ReplaceAllString(fmt.Sprintf("exit status %d\n%s%s", code, out, errs), "AGE")
}

// Whether the daemon runs or not, a command says the same. What polls and what
// needs the store for itself is elsewhere.
func TestCommands_SayTheSameBesideADaemonAndWithoutOne(t *testing.T) {
	lines := []string{
		"sources", "sources --json", "sources --politeness", "sources --politeness --json",
		"entries", "entries --json", "entries --limit 1 --json", "entries --feed feed", "entries --feed town --json", "entries --feed feeds/town",
		"entries --feed sources/other", "entries --feed categories/Elsewhere", "entries --source good", "entries --since 1d --json",
		"entries --source nobody", "entries --feed nothing", "entries --feed a/b/c",
		"why good", "why gone --json", "why https://good.example/1", "why https://good.example/1 --json", "why https://nowhere.example/",
		"events", "events --json", "events --source gone", "events --source nobody",
		"render", "render --format atom", "render --format json", "render --format html", "render --format opml",
		"render --feed town", "render --feed sources/good --format atom", "render --feed categories/Town", "render --feed health --format atom",
		"render --feed health", "render --feed nothing", "render --feed archive/1", "render --feed sources/good --format opml",
		"opml export", "filter test", "filter test --json",
		"store verify", "store verify --json", "store stats", "store stats --json",
		"poll", "poll nobody", "poll gone --force --json",
		"check", "check --json", "preview SITE/good.xml", "discover SITE/page.html", "version", "completion bash",
	}
	r := openRoom(t)
	alone := map[string]string{}
	for _, line := range lines {
		alone[line] = r.outcome(t, strings.Fields(line)...)
	}
	r.serve(t)
	for _, line := range lines {
		if diff := cmp.Diff(unwarned(alone[line]), unwarned(r.outcome(t, strings.Fields(line)...))); diff != "" {
			t.Errorf("%s (-alone +beside the daemon):\n%s", line, diff)
		}
	}
	socket, err := os.Stat(filepath.Join(r.dir, "newsfeed.sock"))
	if err != nil || socket.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v, %v", socket, err)
	}
}

// What polls and copies does so on either side, and leaves the same behind.
func TestCommands_DoTheSameBesideADaemonAndWithoutOne(t *testing.T) {
	polled := func(r room) string {
		said := r.outcome(t, "poll", "--force", "--json", "good", "other", "gone")
		said += r.outcome(t, "store", "backup", "--force", "DIR/backup.db")
		said += r.outcome(t, "store", "verify", "DIR/backup.db")
		return regexp.MustCompile(`"(elapsed_nanoseconds|next_due)":("[^"]*"|\d+)|[\d.]+ [KM]iB`).ReplaceAllString(said, "…")
	}
	places := func(r room, said string) string { return strings.ReplaceAll(said, r.dir, "DIR") }
	alone, beside := openRoom(t), openRoom(t)
	beside.serve(t)
	want, got := places(alone, polled(alone)), places(beside, polled(beside))
	if diff := cmp.Diff(sortedLines(unwarned(want)), sortedLines(unwarned(got))); diff != "" {
		t.Errorf("(-alone +beside the daemon):\n%s", diff)
	}
}

// unwarned leaves out the warnings of the configuration: beside a daemon, which
// has given them, a command does not read it.
func unwarned(said string) string {
	return regexp.MustCompile(`(?m)^newsfeed: warning: .*\n`).ReplaceAllString(said, "")
}

func sortedLines(s string) []string {
	lines := strings.Split(s, "\n")
	// Sources of several hosts answer in any order.
	slices.Sort(lines)
	return lines
}
