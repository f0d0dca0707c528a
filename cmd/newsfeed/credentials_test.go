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
	if code, _, errs := newsfeed(t, "sources", "-c", config); code != exitDone {
		t.Errorf("sources: status %d: %s", code, errs)
	}
	if err := s.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"environ", "cmdline"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.Process.Pid, name))
		if err != nil || bytes.Contains(b, []byte("s3cret")) {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	admin, ok := connect(t.Context(), reach(config))
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
}
