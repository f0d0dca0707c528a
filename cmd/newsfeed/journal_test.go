//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"newsfeed/storage"
)

// parseEntry reads an entry of the journal's protocol.
func parseEntry(t *testing.T, b []byte) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		if !ended {
			t.Fatalf("%q has no end", b)
		}
		name, value, simple := bytes.Cut(line, []byte("="))
		if !simple {
			n := binary.LittleEndian.Uint64(rest)
			value, rest = rest[8:8+n], rest[8+n:]
			if !bytes.HasPrefix(rest, []byte("\n")) {
				t.Fatalf("%q does not end where it says", name)
			}
			rest = rest[1:]
		}
		fields[string(name)] = string(value)
		b = rest
	}
	return fields
}

// fakeJournal returns a program whose standard error is the journal, and the
// journal.
func fakeJournal(t *testing.T) (*program, *net.UnixConn) {
	t.Helper()
	dir, err := os.MkdirTemp("", "nf") // names of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "socket")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	stderr, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stderr.Close() })
	var s unix.Stat_t
	if err := unix.Fstat(int(stderr.Fd()), &s); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"JOURNAL_STREAM": fmt.Sprintf("%d:%d", s.Dev, s.Ino)}
	return &program{err: stderr, env: func(name string) string { return env[name] }, logLevel: "debug", journalSocket: socket}, conn
}

func hearEntry(t *testing.T, conn *net.UnixConn) map[string]string {
	t.Helper()
	b := make([]byte, 1<<20)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return parseEntry(t, b[:n])
}

func TestE17_TheJournalGetsFields(t *testing.T) {
	p, conn := fakeJournal(t)
	log, err := p.logger()
	if err != nil {
		t.Fatal(err)
	}
	log.With("source", "a").WithGroup("in").Error("poll panicked", "stack", "one\ntwo=2\n", slog.Group("here", "n-1", 7), "err", errors.New("no \x1b[2J"))
	want := map[string]string{
		"MESSAGE":              `poll panicked source=a in.stack="one\ntwo=2\n" in.here.n-1=7 in.err="no \x1b[2J"`,
		"PRIORITY":             "3",
		"SYSLOG_IDENTIFIER":    "newsfeed",
		"MESSAGE_ID":           messageID("poll panicked"),
		"NEWSFEED_SOURCE":      "a",
		"NEWSFEED_IN_STACK":    "one\ntwo=2\n",
		"NEWSFEED_IN_HERE_N_1": "7",
		"NEWSFEED_IN_ERR":      "no \x1b[2J",
	}
	if diff := cmp.Diff(want, hearEntry(t, conn)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for priority, say := range map[string]func(string, ...any){"7": log.Debug, "6": log.Info, "4": log.Warn, "3": log.Error} {
		if say("x"); hearEntry(t, conn)["PRIORITY"] != priority {
			t.Errorf("priority is not %s", priority)
		}
	}
	log.Info("document", "text", strings.Repeat("x", 1<<20))
	if got := hearEntry(t, conn); !strings.HasPrefix(got["MESSAGE"], "document text=xxx") || len(got["MESSAGE"]) > 2000 {
		t.Errorf("what is too large is %.100q", got["MESSAGE"])
	}
}

func TestE17_ThePrefixSaysThePriority(t *testing.T) {
	var out bytes.Buffer
	// Not the journal: the variable may come from a parent that logs elsewhere.
	p := program{err: &out, env: func(string) string { return "1:2" }, logLevel: "debug", logFormat: "journal"}
	log, err := p.logger()
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("polled", "source", "a", "err", "")
	log.Info("started", "url", "http://a.example/?b=c")
	log.Warn("one\ntwo")
	log.Error("x", "err", "a b")
	want := "<7>polled source=a err=\"\"\n<6>started url=\"http://a.example/?b=c\"\n<4>one\\u000atwo\n<3>x err=\"a b\"\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestE17_TheJournalIsChosenOnlyWhereItIs(t *testing.T) {
	p, conn := fakeJournal(t)
	other, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	p.err = other
	log, err := p.logger()
	if err != nil {
		t.Fatal(err)
	}
	log.Info("started")
	text, err := os.ReadFile(other.Name())
	if err != nil || !strings.Contains(string(text), "level=INFO msg=started") {
		t.Errorf("%q, %v", text, err)
	}
	_ = conn
}

// TestE17_AllOfAStartGoesToTheJournal has nothing in the log that is no event of
// it: neither warnings nor why the daemon does not start.
func TestE17_AllOfAStartGoesToTheJournal(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) string {
		t.Helper()
		path := filepath.Join(dir, "newsfeed.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct {
		text string
		code int
		want string
	}{
		"mistakes": {"nobody = 1\nnothing = 2\n", exitUsage, "<3>the daemon ended err=\"FILE:1: nobody: unknown key; write one of dedup, feed, include, opml, poll, server, source, storage, view\"\n<3>the daemon ended err=\"FILE:2: nothing: unknown key; write one of dedup, feed, include, opml, poll, server, source, storage, view\"\n"},
		"a warning and an address that is not ours": {
			"[server]\nlisten = \"192.0.2.1:1\"\n", exitFailed,
			"<4>configuration warning=\"FILE: there is no source yet; add a [[source]] with its url\"\n" +
				"<3>the daemon ended err=\"listen for readers (server.listen): listen tcp 192.0.2.1:1: bind: cannot assign requested address\"\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(test.text)
			code, out, errs := newsfeed(t, "serve", "-c", path, "--log-format", "journal")
			if code != test.code || out != "" {
				t.Errorf("status %d: %s", code, out)
			}
			if diff := cmp.Diff(test.want, strings.ReplaceAll(errs, path, "FILE")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// logged returns the messages that the sources of the program log.
func logged(t *testing.T) map[string]bool {
	t.Helper()
	call := regexp.MustCompile("(?i)log\\.(?:Error|Warn|Info|Debug)\\((\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")
	messages := map[string]bool{}
	for _, root := range []string{".", "../../aggregator"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range call.FindAllStringSubmatch(string(text), -1) {
				message, wrong := strconv.Unquote(m[1])
				err = errors.Join(err, wrong)
				messages[message] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return messages
}

// TestE17_TheIDsOfEventsDoNotChange holds those that docs/operations.md names:
// people have them in their journal queries.
func TestE17_TheIDsOfEventsDoNotChange(t *testing.T) {
	doc, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	said := logged(t)
	for _, kind := range []storage.EventKind{storage.Broken, storage.Challenged, storage.Recovered, storage.Moved, storage.Gone, storage.Silent, storage.Resumed} {
		said["source "+string(kind)] = true
	}
	n := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || len(strings.Trim(cells[2], " `")) != 32 {
			continue
		}
		n++
		message, id := strings.Trim(cells[1], " `"), strings.Trim(cells[2], " `")
		if !said[message] {
			t.Errorf("nothing logs %q", message)
		}
		if got := messageID(message); got != id {
			t.Errorf("%s has the id %s, not %s", message, got, id)
		}
	}
	if n < 10 {
		t.Errorf("%d events are named", n)
	}
}
