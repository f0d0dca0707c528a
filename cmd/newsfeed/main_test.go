package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"newsfeed": main, "newsfeed-filtered": filtered})
}

// TestScripts runs testdata/*.txtar: the program with a configuration, a site
// that serves the script's www folder at $SITE, an address to serve feeds at in
// $LISTEN, and what people type.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			site := httptest.NewServer(site(filepath.Join(e.WorkDir, "www")))
			e.Defer(site.Close)
			e.Setenv("SITE", site.URL)
			listen, err := freeListen()
			if err != nil {
				return err
			}
			e.Setenv("LISTEN", listen)
			e.Setenv("NO_COLOR", "1")
			e.Setenv("TMPDIR", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"expand":    expand,
			"await":     await,
			"get":       get,
			"status":    exitStatus,
			"terminate": terminate,
			"damage":    damage,
		},
	})
}

// freeListen returns an address on loopback that nobody listens at.
func freeListen() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// site serves the documents of a folder with validators. A path that begins
// with a number answers with that status.
func site(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if code, err := strconv.Atoi(strings.SplitN(name, "/", 2)[0]); err == nil {
			w.WriteHeader(code)
			return
		}
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		etag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Type", "application/xml")
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(body)
	})
}

// expand replaces $NAME in a file by the environment variable: expand FILE.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		path := ts.MkAbs(file)
		ts.Check(os.WriteFile(path, []byte(os.Expand(ts.ReadFile(file), ts.Getenv)), 0o600))
	}
}

// await waits until a file that is a socket or a URL answers: await URL.
func await(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		if r, err := http.Get(args[0]); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		<-tick.C
	}
	ts.Fatalf("%s does not answer", args[0])
}

// get fetches a URL into a file, the header lines first: get URL FILE
// [HEADER: VALUE]...
func get(ts *testscript.TestScript, _ bool, args []string) {
	r, err := http.NewRequest(http.MethodGet, args[0], nil)
	ts.Check(err)
	for _, h := range args[2:] {
		name, value, _ := strings.Cut(h, ":")
		r.Header.Set(name, strings.TrimSpace(value))
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	ts.Check(err)
	defer response.Body.Close()
	var b strings.Builder
	_ = response.Write(&b)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// exitStatus runs a command and wants that exit status: status N COMMAND...
func exitStatus(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		var exit interface{ ExitCode() int }
		if !asExit(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if want := args[0]; strconv.Itoa(got) != want {
		ts.Fatalf("exit status %d, want %s", got, want)
	}
}

func asExit(err error, exit *interface{ ExitCode() int }) bool {
	e, ok := err.(interface{ ExitCode() int })
	*exit = e
	return ok
}

// damage overwrites the page of a store that names its buckets: damage FILE.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	page, root := os.Getpagesize(), uint64(0)
	for at, last := 0, uint64(0); at <= page; at += page { // the later of the meta pages holds
		if tx := binary.NativeEndian.Uint64(b[at+64:]); tx >= last {
			last, root = tx, binary.NativeEndian.Uint64(b[at+32:])
		}
	}
	copy(b[int(root)*page:], bytes.Repeat([]byte{0xff}, page))
	ts.Check(os.WriteFile(path, b, 0o600))
}

// terminate sends SIGTERM to the commands in the background.
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGTERM))
	}
}
