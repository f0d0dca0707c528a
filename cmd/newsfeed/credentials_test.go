//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestE10_SecretsComeFromCredentials has a source whose token is a credential,
// which a reload reads anew; neither environment nor arguments nor logs show it.
func TestE10_SecretsComeFromCredentials(t *testing.T) {
	tokens := make(chan string, 100)
	bases := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tokens <- r.Header.Get("X-Token")
		fmt.Fprint(w, `<rss version="2.0"><channel><title>a</title></channel></rss>`)
	}))
	credentials := t.TempDir()
	write := func(token string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(credentials, "token"), []byte(token+"\n"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	write("s3cret-one")
	config, _ := configureService(t, fmt.Sprintf("min_force = \"0\"\n[[source]]\nid = \"a\"\nurl = \"%s/a\"\nheaders = { X-Token = \"file:token\" }\n", bases[0]))
	m := inFolder(t)
	s := startService(t, config, "NOTIFY_SOCKET="+m.name, "CREDENTIALS_DIRECTORY="+credentials, "NEWSFEED_SOURCE_PASSWORD=")
	m.await("READY")
	if got := <-tokens; got != "s3cret-one" {
		t.Errorf("token %q", got)
	}
	write("s3cret-two")
	// The command cannot read the credential itself.
	if code, out, errs := newsfeed(t, "reload", "-c", config); code != exitDone || !strings.Contains(out, "sources changed: a") || strings.Contains(out+errs, "s3cret") {
		t.Errorf("reload: status %d: %s%s", code, out, errs)
	}
	requireWithoutSecrets(t, config, true)
	if err := s.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"environ", "cmdline"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.Process.Pid, name))
		if err != nil || bytes.Contains(b, []byte("s3cret")) {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	admin, ok, _ := connect(t.Context(), reach(config))
	if !ok {
		t.Fatal("the daemon does not answer")
	}
	defer func() { _ = admin.close() }()
	body, err := admin.post(t.Context(), "/api/poll", pollRequest{Sources: []string{"a"}, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got := <-tokens; got != "s3cret-two" {
		t.Errorf("after the reload the token is %q", got)
	}
	if code, _ := s.end(syscall.SIGTERM); code != exitDone || strings.Contains(s.errs.String(), "s3cret") {
		t.Errorf("exit status %d: %s", code, &s.errs)
	}
	requireWithoutSecrets(t, config, false)
	if code, _, errs := newsfeed(t, "poll", "-c", config); code != exitUsage || !strings.Contains(errs, `there is no file "token"`) {
		t.Errorf("poll without a daemon, which would need the secret: status %d: %s", code, errs)
	}
}

// requireWithoutSecrets fails where a command needs the secrets of a
// configuration that it has no use for.
func requireWithoutSecrets(t *testing.T, config string, running bool) {
	t.Helper()
	dir := t.TempDir()
	backup, saved := filepath.Join(dir, "backup.db"), filepath.Join(dir, "saved.db")
	feed, list := filepath.Join(dir, "feed.xml"), filepath.Join(dir, "list.opml")
	for file, text := range map[string]string{
		feed: `<rss version="2.0"><channel><title>a</title><item><title>b</title></item></channel></rss>`,
		list: `<opml version="2.0"><body><outline text="b" xmlUrl="https://b.example/feed"/></body></opml>`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commands := [][]string{
		{"sources"},
		{"entries"},
		{"events"},
		{"render"},
		{"why", "a"},
		{"filter", "test"},
		{"check"},
		{"check", "--json"},
		{"preview", feed},
		{"opml", "import", list},
		{"store", "stats"},
		{"store", "verify"},
		{"store", "backup", backup},
	}
	alone := [][]string{{"store", "compact"}, {"store", "salvage", saved}, {"store", "restore", backup}}
	if running {
		commands = append(commands, []string{"poll"})
	} else {
		commands = append(commands, alone...)
	}
	for _, command := range commands {
		if code, out, errs := newsfeed(t, append(command, "-c", config)...); code != exitDone {
			t.Errorf("%q, running %t: status %d: %s%s", command, running, code, out, errs)
		}
	}
	if running {
		for _, command := range alone {
			if code, _, errs := newsfeed(t, append(command, "-c", config)...); code != exitFailed || !strings.Contains(errs, "the daemon holds the store") {
				t.Errorf("%q: status %d: %s", command, code, errs)
			}
		}
	}
	if _, _, errs := newsfeed(t, "check", "-c", config); !strings.Contains(errs, `source[1].headers.X-Token: file "token" cannot be read here`) {
		t.Errorf("check does not warn of the secret: %s", errs)
	}
}
