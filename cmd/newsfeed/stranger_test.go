//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// stranger is a user who may run the program and read the configuration, and to
// whom neither the store nor the admin socket is open.
type stranger struct{ program, config string }

// run returns the exit status and what is printed as an error.
func (s stranger) run(t *testing.T, line string) (code int, errs string) {
	t.Helper()
	c := exec.Command(s.program, append(strings.Fields(line), "-c", s.config)...)
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	var b strings.Builder
	c.Stderr = &b
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), b.String()
}

// makeStranger puts a copy of the program and a configuration where all may
// read them.
func makeStranger(t *testing.T) (s stranger, folder string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "newsfeed-stranger-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(test)
	if err != nil {
		t.Fatal(err)
	}
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	s = stranger{filepath.Join(dir, "newsfeed"), filepath.Join(dir, "newsfeed.toml")}
	folder = filepath.Join(dir, "store")
	text := fmt.Sprintf("[server]\nlisten = %q\n[storage]\npath = %q\n[[source]]\nurl = \"https://example.org/feed\"\nenabled = false\n", listen, filepath.Join(folder, "newsfeed.db"))
	for _, err := range []error{
		os.WriteFile(s.program, program, 0o700), os.WriteFile(s.config, []byte(text), 0o600), os.Mkdir(folder, 0o700),
		os.Chmod(s.program, 0o755), os.Chmod(s.config, 0o644), os.Chmod(folder, 0o755), os.Chmod(dir, 0o755), // whatever the umask is
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return s, folder
}

// TestForbidden_ACommandOfAnotherUserNamesTheRemedy asks beside a daemon, and
// where none runs.
func TestForbidden_ACommandOfAnotherUserNamesTheRemedy(t *testing.T) {
	s, folder := makeStranger(t)
	m := inFolder(t)
	daemon := startService(t, s.config, "NOTIFY_SOCKET="+m.name)
	m.await("READY")
	const remedy = "permission denied; run the command as root, such as with sudo, or as the user of the daemon\n"
	refused := func(about string, lines ...string) {
		t.Helper()
		// Root has another user for it; everybody else is kept out of what is theirs.
		for _, name := range []string{"newsfeed.db", "newsfeed.sock"} {
			if err := os.Chmod(filepath.Join(folder, name), 0); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		for _, line := range lines {
			code, errs := s.run(t, line)
			if code != exitFailed || !strings.HasPrefix(errs, "newsfeed: "+about) || !strings.HasSuffix(errs, remedy) || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s: exit status %d: %s", line, code, errs)
			}
		}
	}
	readers := []string{"sources", "entries", "why x", "events", "render", "filter test", "opml export", "store verify", "store stats", "store backup x.db"}
	alone := []string{"store compact", "store salvage x.db", "store restore x.db"}
	refused("reach the daemon: ", append(append(readers, alone...), "poll", "reload")...)
	if code, _ := daemon.end(syscall.SIGTERM); code != exitDone {
		t.Errorf("the daemon ended with %d", code)
	}
	refused("open store ", readers...)
	refused("open store: ", alone...)
}
