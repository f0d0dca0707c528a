package docs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// bin is the folder of the program under test, and of what stands in for other
// hosts.
var bin string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "newsfeed-docs-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	build := exec.Command("go", "build", "-o", bin, "../../cmd/newsfeed")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %v\n%s", build.Args, err, out)
		return 1
	}
	// The other host is a folder.
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte("#!/bin/sh\nmkdir -p \"$1\"\ncd \"$1\"\nshift\nexec sh -c \"$*\"\n"), 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// bench is where the documents' commands run: a configuration of one source on
// loopback, and a store that it was polled into. Each run gets a copy.
type bench struct {
	dir string
}

const feed = `<?xml version="1.0"?>
<rss version="2.0"><channel><title>Harbour news</title><link>http://news.example/</link><description>d</description>
<item><title>Ferry runs again</title><link>http://news.example/ferry</link><guid>tag:news.example,2026:ferry</guid>
<pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate><description>The ferry to the island runs again after a month of repairs at the yard.</description></item>
</channel></rss>
`

// newBench makes a bench. The daemon listens on unix sockets, so that no two
// runs want one port.
func newBench(t *testing.T) bench {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, feed)
	}))
	t.Cleanup(site.Close)
	b := bench{t.TempDir()}
	b.write(t, "newsfeed.toml", fmt.Sprintf(`include = ["sources.d/*.toml"]

[server]
listen = "unix:%s/public.sock"
base_url = "http://news.example/"

[poll]
allow_private = ["127.0.0.0/8"]
min_force = "0"
host_interval = "1ms"

[[source]]
id = "harbour"
url = "%s/feed.xml"

[[view]]
name = "ferries"
where = 'title contains "Ferry"'
`, b.dir, site.URL))
	b.write(t, "sources.d/more.toml", fmt.Sprintf("[[source]]\nid = \"yard\"\nurl = \"%s/yard.xml\"\n", site.URL))
	b.write(t, "subscriptions.opml", `<opml version="2.0"><body><outline text="Nature" xmlUrl="https://news.example/nature.rss"/></body></opml>`)
	b.write(t, "feed.xml", feed)
	b.shell(t, "newsfeed poll --quiet && mkdir backup")
	return b
}

func (b bench) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// copy returns a bench that may be changed, with a socket of its own.
func (b bench) copy(t *testing.T) bench {
	t.Helper()
	c := bench{t.TempDir()}
	if err := os.CopyFS(c.dir, os.DirFS(b.dir)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(b.dir, "newsfeed.toml"))
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, "newsfeed.toml", strings.ReplaceAll(string(text), b.dir, c.dir))
	return c
}

// command runs in the bench, and knows nothing of the outside.
func (b bench) command(t *testing.T, text string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", text)
	c.Dir = b.dir
	c.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + b.dir, "CREDENTIALS_DIRECTORY=" + filepath.Join(b.dir, "credentials")}
	return c
}

func (b bench) shell(t *testing.T, text string) string {
	t.Helper()
	out, err := b.command(t, text).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", text, err, out)
	}
	return string(out)
}

// reads is a command that reads a backup.
var reads = regexp.MustCompile(`^newsfeed store (?:restore|verify) (backup/\S+)`)

// run runs commands one after the other in a copy of the bench, where the
// documents' /backup is a folder, with the backups that the commands read. A
// daemon goes on beside the commands after it, and must then stop in order.
func (b bench) run(t *testing.T, commands []string) {
	c := b.copy(t)
	for _, text := range commands {
		text = strings.ReplaceAll(text, "/backup/", "backup/")
		if text == "newsfeed serve" || strings.HasPrefix(text, "newsfeed serve ") {
			defer c.serve(t, text)()
			continue
		}
		if m := reads.FindStringSubmatch(text); m != nil {
			c.shell(t, fmt.Sprintf("[ -e %[1]s ] || newsfeed store backup --quiet %[1]s", m[1]))
		}
		c.shell(t, text)
	}
}

// serve starts the daemon and returns once it serves; the function it returns
// stops it.
func (b bench) serve(t *testing.T, text string) func() {
	t.Helper()
	daemon := b.command(t, "exec "+text)
	log, err := daemon.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() && !strings.Contains(lines.Text(), "msg=started") {
	}
	return func() {
		if err := daemon.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("stop %s: %v", text, err)
		}
		_, _ = io.Copy(io.Discard, log)
		if err := daemon.Wait(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// metrics returns what a daemon shows at /metrics.
func (b bench) metrics(t *testing.T) string {
	t.Helper()
	defer b.serve(t, "newsfeed serve")()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(b.dir, "newsfeed.sock"))
	}
	answer, err := (&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}).Get("http://admin/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// load checks a configuration, with the secrets that it names at hand.
func (b bench) load(t *testing.T, text string) {
	c := b.copy(t)
	c.write(t, "block.toml", text)
	for _, m := range regexp.MustCompile(`"file:([\w.-]+)"`).FindAllStringSubmatch(text, -1) {
		c.write(t, filepath.Join("credentials", m[1]), "secret\n")
	}
	c.shell(t, "newsfeed check --config block.toml")
}

// commands asks the program for its commands and their flags.
func (b bench) commands(t *testing.T) *tree {
	t.Helper()
	return b.help(t, "newsfeed")
}

var (
	helpFlag    = regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[a-z-]+)`)
	helpCommand = regexp.MustCompile(`(?m)^  ([a-z]+)  +\S`)
)

func (b bench) help(t *testing.T, name string) *tree {
	t.Helper()
	text := b.shell(t, name+" --help")
	c := &tree{under: map[string]*tree{}, flags: map[string]bool{}}
	for _, m := range helpFlag.FindAllStringSubmatch(text, -1) {
		c.flags[m[1]], c.flags[m[2]] = true, true
	}
	usage, _, _ := strings.Cut(text, "\nFlags")
	for _, m := range helpCommand.FindAllStringSubmatch(usage, -1) {
		if m[1] != "newsfeed" && m[1] != "help" {
			c.under[m[1]] = b.help(t, name+" "+m[1])
		}
	}
	return c
}
