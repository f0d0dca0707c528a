package crashloop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The least waits between two polls of a source: of those that are polled by
// schedule, so short that they are due in a short life, and of those that are
// polled when asked for, so long that they never are.
const (
	floor       = time.Second
	forcedFloor = time.Hour
)

// program is the newsfeed as it was built, with its configuration.
type program struct {
	binary, config string
	store, socket  string
	base           string // URL of what it serves
}

func build(t *testing.T, s *site) *program {
	t.Helper()
	dir := t.TempDir()
	p := &program{
		binary: filepath.Join(dir, "newsfeed"),
		config: filepath.Join(dir, "newsfeed.toml"),
		store:  filepath.Join(dir, "newsfeed.db"),
		socket: filepath.Join(dir, "newsfeed.sock"),
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", p.binary, "newsfeed/cmd/newsfeed").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.base = "http://" + l.Addr().String() + "/"
	if err := errors.Join(l.Close(), os.WriteFile(p.config, []byte(p.text(s)), 0o600)); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *program) text(s *site) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[server]\nlisten = %q\nadmin_listen = %q\n", strings.Trim(strings.TrimPrefix(p.base, "http:"), "/"), "unix:"+p.socket)
	fmt.Fprintf(&b, "[storage]\npath = %q\n", p.store)
	fmt.Fprintf(&b, "[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n"+
		"min_interval = %q\nrequests_per_minute = 1000000\n", floor)
	fmt.Fprint(&b, "[[view]]\nname = \"even\"\ncategories = [\"even\"]\n")
	for i, src := range s.sources {
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = %q\n", src.id, src.url)
		switch {
		case !src.timed:
			fmt.Fprintf(&b, "min_interval = %q\n", forcedFloor)
		case i%2 == 0: // the others by what they publish
			fmt.Fprint(&b, "schedule = \"@every 1m\"\n")
		}
	}
	return b.String()
}

// serve starts the daemon. What it says is in the returned buffer once it has
// ended.
func (p *program) serve(t *testing.T) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	c := exec.Command(p.binary, "serve", "-c", p.config, "--log-level", "info")
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, &said
}

// render runs the command that writes a feed, in a process of its own.
func (p *program) render(t *testing.T, feed, format string) []byte {
	t.Helper()
	var errs bytes.Buffer
	c := exec.CommandContext(t.Context(), p.binary, "render", "-c", p.config, "--feed", feed, "--format", format)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("render %s as %s: %v: %s", feed, format, err, &errs)
	}
	return out
}

// admin returns a client of the admin socket.
func (p *program) admin() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", p.socket)
		},
	}}
}
