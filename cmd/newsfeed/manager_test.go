//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a message or an end may take that must come.
const patience = 20 * time.Second

// manager is a service manager: it hears what a service tells of itself.
type manager struct {
	*testing.T
	conn *net.UnixConn
	name string // of its socket
}

func newManager(t *testing.T, name string) *manager {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &manager{t, conn, name}
}

// inFolder returns one with its socket in a folder.
func inFolder(t *testing.T) *manager {
	dir, err := os.MkdirTemp("", "nf") // names of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return newManager(t, filepath.Join(dir, "notify"))
}

// hear returns the fields of the next message; ok is false when none comes
// within that time.
func (m *manager) hear(within time.Duration) (fields map[string]string, ok bool) {
	m.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(within)); err != nil {
		m.Fatal(err)
	}
	b := make([]byte, 64<<10)
	n, err := m.conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, false
	}
	if err != nil {
		m.Fatal(err)
	}
	fields = map[string]string{}
	for line := range strings.Lines(string(b[:n])) {
		name, value, found := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !found {
			m.Errorf("%q is no message", b[:n])
		}
		fields[name] = value
	}
	return fields, true
}

// listen hears until the test ends.
func (m *manager) listen() {
	_ = m.conn.SetReadDeadline(time.Time{})
	for b := make([]byte, 64<<10); ; {
		if _, err := m.conn.Read(b); err != nil {
			return
		}
	}
}

// await returns the next message that has a field, and the names of the fields
// that came before.
func (m *manager) await(field string) (message map[string]string, before []string) {
	m.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		fields, ok := m.hear(time.Until(end))
		if _, has := fields[field]; has {
			return fields, before
		}
		for name := range fields {
			before = append(before, name)
		}
		if !ok {
			break
		}
	}
	m.Fatalf("%s did not come, only %v", field, before)
	return nil, nil
}

// service is the program in a process of its own.
type service struct {
	*testing.T
	*exec.Cmd
	errs bytes.Buffer
	base string // URL of what it serves
}

// configureService writes a configuration with these lines, for a store in its
// folder and a free address.
func configureService(t *testing.T, lines string) (config, listen string) {
	t.Helper()
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(t.TempDir(), "newsfeed.toml")
	text := fmt.Sprintf("[server]\nlisten = %q\n[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\n%s", listen, lines)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, listen
}

// binary returns the program: this test, by that name.
func programFile(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "newsfeed")
	if err := os.Symlink(program, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// startService starts the daemon.
func startService(t *testing.T, config string, env ...string) *service {
	t.Helper()
	return startCommand(t, exec.Command(programFile(t), "serve", "-c", config), env...)
}

func startCommand(t *testing.T, c *exec.Cmd, env ...string) *service {
	t.Helper()
	s := &service{T: t, Cmd: c}
	s.Env = append(os.Environ(), env...)
	s.Stderr = &s.errs
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.ProcessState == nil {
			_, _ = s.Process.Kill(), s.Wait()
		}
	})
	return s
}

// end sends a signal and returns the exit status, and how long it took.
func (s *service) end(signal os.Signal) (code int, took time.Duration) {
	s.Helper()
	began := time.Now()
	if err := s.Process.Signal(signal); err != nil {
		s.Fatal(err)
	}
	return s.exit(), time.Since(began)
}

// exit returns the exit status, when the process has ended.
func (s *service) exit() int {
	s.Helper()
	kill := time.AfterFunc(patience, func() { _ = s.Process.Kill() })
	defer kill.Stop()
	_ = s.Wait() // the status says it
	return s.ProcessState.ExitCode()
}

func TestE01_ReadyComesWhenTheDaemonServes(t *testing.T) {
	m := inFolder(t)
	config, listen := configureService(t, "")
	s := startService(t, config, "NOTIFY_SOCKET="+m.name)
	ready, before := m.await("READY")
	if len(before) > 0 || !strings.Contains(ready["STATUS"], "0 sources (0 failing), 0 entries") {
		t.Errorf("%v before %v", before, ready)
	}
	for network, address := range map[string]string{"tcp": listen, "unix": strings.TrimSuffix(config, ".toml") + ".sock"} {
		conn, err := net.Dial(network, address)
		if err != nil {
			t.Fatalf("ready, and not listening: %v", err)
		}
		_ = conn.Close()
	}
	if code, took := s.end(syscall.SIGTERM); code != exitDone || took > 5*time.Second {
		t.Errorf("exit status %d after %v: %s", code, took, &s.errs)
	}
	m.await("STOPPING")
	if more, ok := m.hear(time.Millisecond); ok {
		t.Errorf("%v after STOPPING", more)
	}
}

func TestE01_NoReadyWithoutAConfigurationStoreOrListener(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, test := range map[string]struct {
		lines string
		code  int
	}{
		"unknown key":      {"nobody = 1", exitUsage},
		"bad expression":   {"[[source]]\nurl = \"https://a.example/\"\nwhere = \"title ==\"", exitUsage},
		"bad schedule":     {"schedule = \"now and then\"", exitUsage},
		"missing secret":   {"[[source]]\nurl = \"https://a.example/\"\nusername = \"a\"\npassword = \"file:none\"", exitUsage},
		"no store":         {"[storage]\npath = \"/proc/none/newsfeed.db\"", exitFailed},
		"address in use":   {"[server]\nlisten = \"" + taken.Addr().String() + "\"", exitFailed},
		"no socket passed": {"[server]\nlisten = \"systemd\"\nbase_url = \"http://a.example/\"", exitFailed},
	} {
		m := inFolder(t)
		config, _ := configureService(t, test.lines)
		if strings.Contains(test.lines, "listen") {
			if err := os.WriteFile(config, []byte(test.lines), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := startService(t, config, "NOTIFY_SOCKET="+m.name)
		if code := s.exit(); code != test.code {
			t.Errorf("%s: exit status %d, want %d: %s", name, code, test.code, &s.errs)
		}
		if message, ok := m.hear(time.Millisecond); ok {
			t.Errorf("%s: %v", name, message)
		}
	}
}

func TestE02_AReloadIsToldOfAndEndsInReady(t *testing.T) {
	m := inFolder(t)
	config, _ := configureService(t, "")
	s := startService(t, config, "NOTIFY_SOCKET="+m.name)
	m.await("READY")
	good, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, status string }{
		{string(good), ""},
		{"nobody = 1", "; not reloaded: newsfeed.toml:1: nobody: unknown key"},
		{string(good) + "[feed]\ntitle = \"x\"\n", ""},
	} {
		if err := os.WriteFile(config, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var sent unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &sent); err != nil {
			t.Fatal(err)
		}
		if err := s.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		reloading, _ := m.await("RELOADING")
		at, err := strconv.ParseInt(reloading["MONOTONIC_USEC"], 10, 64)
		if since := time.Duration(at*1000 - sent.Nano()); err != nil || since < -time.Microsecond || since > time.Second {
			t.Errorf("%v comes %v after the signal", reloading, since)
		}
		ready, before := m.await("READY")
		if len(before) > 0 {
			t.Errorf("%v between RELOADING and READY", before)
		}
		_, refused, _ := strings.Cut(ready["STATUS"], " entries")
		if (test.status == "") != (refused == "") || !strings.Contains(strings.ReplaceAll(refused, filepath.Dir(config)+"/", ""), test.status) {
			t.Errorf("status %q, want %q", ready["STATUS"], test.status)
		}
	}
	if code, _ := s.end(syscall.SIGTERM); code != exitDone {
		t.Errorf("exit status %d", code)
	}
}

func TestE06_TheWatchdogIsFedWhileTheDaemonIsAlive(t *testing.T) {
	const limit = 4 * time.Second
	m := inFolder(t)
	config, _ := configureService(t, "")
	s := startService(t, config, "NOTIFY_SOCKET="+m.name, fmt.Sprint("WATCHDOG_USEC=", limit.Microseconds()))
	m.await("READY")
	for range 3 {
		began := time.Now()
		m.await("WATCHDOG")
		if gap := time.Since(began); gap > limit/2 {
			t.Errorf("fed after %v, which is more than half of %v", gap, limit)
		}
	}
	// A process that stands still feeds nobody.
	if err := s.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for {
		if _, ok := m.hear(limit); !ok {
			break
		}
	}
	if err := s.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	m.await("WATCHDOG")

	// The watchdog of another process is none of ours.
	config, _ = configureService(t, "")
	other := inFolder(t)
	startService(t, config, "NOTIFY_SOCKET="+other.name, "WATCHDOG_USEC=200000", "WATCHDOG_PID=1")
	other.await("READY")
	if message, ok := other.hear(time.Second); ok && message["WATCHDOG"] != "" {
		t.Error("it was fed all the same")
	}
}

func TestE07_TheStatusSaysHowTheSourcesAre(t *testing.T) {
	m := inFolder(t)
	bases := serve(t, site("testdata"))
	config, _ := configureService(t, fmt.Sprintf("[[source]]\nid = \"bad\"\nurl = \"%s/404\"\n", bases[0]))
	startService(t, config, "NOTIFY_SOCKET="+m.name)
	m.await("READY")
	began := time.Now()
	for range 2 {
		status, _ := m.await("STATUS")
		if strings.HasPrefix(status["STATUS"], "1 source (1 failing), last poll ") && strings.HasSuffix(status["STATUS"], ", 0 entries") {
			if time.Since(began) < statusEvery/2 {
				t.Errorf("came %v after READY", time.Since(began))
			}
			return
		}
	}
	t.Error("no status tells of the failing source")
}

func TestE08_AbstractSocketsAndNone(t *testing.T) {
	m := newManager(t, fmt.Sprintf("@newsfeed-test-%d-%d", os.Getpid(), time.Now().UnixNano()))
	config, listen := configureService(t, "")
	s := startService(t, config, "NOTIFY_SOCKET="+m.name)
	m.await("READY")
	if code, _ := s.end(syscall.SIGTERM); code != exitDone {
		t.Errorf("exit status %d", code)
	}
	m.await("STOPPING")

	s = startService(t, config, "NOTIFY_SOCKET=")
	awaitFeed(t, listen)
	if code, _ := s.end(syscall.SIGTERM); code != exitDone || strings.Contains(s.errs.String(), "service manager") {
		t.Errorf("exit status %d: %s", code, &s.errs)
	}
}

// awaitFeed waits until a daemon serves.
func awaitFeed(t *testing.T, listen string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if r, err := http.Get("http://" + listen + "/feed.rss"); err == nil {
			_ = r.Body.Close()
			return
		}
	}
	t.Fatalf("%s does not answer", listen)
}

// TestE09_NoConnectionIsRefusedAcrossARestart holds a socket as a socket unit
// does, and restarts the daemon behind it.
func TestE09_NoConnectionIsRefusedAcrossARestart(t *testing.T) {
	m := inFolder(t)
	config, _ := configureService(t, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := l.(*net.TCPListener).File()
	if err = errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := os.WriteFile(config, []byte("[server]\nlisten = \"systemd\"\nbase_url = \"http://a.example/\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	program := programFile(t)
	start := func() *service {
		// The shell knows the number of the process that it becomes.
		c := exec.Command("/bin/sh", "-c", `export LISTEN_PID=$$; exec "$0" "$@"`, program, "serve", "-c", config)
		c.ExtraFiles = []*os.File{socket}
		s := startCommand(t, c, "NOTIFY_SOCKET="+m.name, "LISTEN_FDS=1", "LISTEN_FDNAMES=public")
		return s
	}

	ctx, cancel := context.WithCancel(t.Context())
	asked, failed := make(chan int), make(chan error, 1)
	go func() {
		n := 0
		defer func() { asked <- n }()
		for ; ctx.Err() == nil; n++ {
			client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
			r, err := client.Get("http://" + l.Addr().String() + "/feed.rss")
			if err == nil {
				err = r.Body.Close()
			}
			if err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		}
	}()
	for range 5 {
		s := start()
		m.await("READY")
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", s.Process.Pid))
		if err == nil && !bytes.Contains(environ, []byte("LISTEN_FDS")) {
			t.Error("the socket was not passed: nothing is proven")
		}
		if code, _ := s.end(syscall.SIGTERM); code != exitDone {
			t.Errorf("exit status %d: %s", code, &s.errs)
		}
		m.await("STOPPING")
	}
	last := start()
	m.await("READY")
	cancel()
	if n := <-asked; n < 5 {
		t.Errorf("only %d requests", n)
	}
	select {
	case err := <-failed:
		t.Errorf("a request failed: %v", err)
	default:
	}
	last.end(syscall.SIGTERM)
}

func TestE09_SocketsGoByTheirNames(t *testing.T) {
	dir := t.TempDir()
	bind := func(name string) net.Listener {
		l, err := net.Listen("unix", filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		if err := os.Chmod(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
		return l
	}
	four, six, admin := bind("4"), bind("6"), bind("admin")
	in := inherited{"public": {four, six}, "admin": {admin}}
	public, err := in.public("systemd")
	if err != nil || !slices.Equal(public, []net.Listener{four, six}) {
		t.Errorf("readers are served at %v, %v", public, err)
	}
	if _, err := in.admin("unix:" + filepath.Join(dir, "elsewhere")); err == nil {
		t.Error("commands are answered where none looks")
	}
	if got, err := in.admin("unix:" + filepath.Join(dir, "admin")); err != nil || got != admin {
		t.Errorf("commands are answered at %v, %v", got, err)
	}
	if unused := in.close(); len(unused) > 0 {
		t.Errorf("%v are left", unused)
	}
	if _, err := (inherited{}).public("systemd"); err == nil {
		t.Error("no socket is passed, and that is no error")
	}
}

func TestE07_ALongMigrationAsksForMoreTime(t *testing.T) {
	m := inFolder(t)
	t.Setenv("NOTIFY_SOCKET", m.name)
	notifier{slog.New(slog.DiscardHandler)}.migrating("7 rows rewritten")
	message, _ := m.await("EXTEND_TIMEOUT_USEC")
	if message["EXTEND_TIMEOUT_USEC"] != "60000000" || !strings.HasSuffix(message["STATUS"], ": 7 rows rewritten") {
		t.Errorf("%v", message)
	}
}
