package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"unicode"
)

// journalSocket is where systemd's journal takes entries
// (systemd.io/JOURNAL_NATIVE_PROTOCOL).
const journalSocket = "/run/systemd/journal/socket"

// isJournal reports whether a file is the stream to the journal that
// $JOURNAL_STREAM tells of, by its device and inode.
func isJournal(stream string, f *os.File) bool {
	device, inode, _ := strings.Cut(stream, ":")
	d, failed := strconv.ParseUint(device, 10, 64)
	i, err := strconv.ParseUint(inode, 10, 64)
	dev, ino, ok := fileNumber(f)
	return failed == nil && err == nil && ok && dev == d && ino == i
}

// journalHandler logs for systemd's journal. It is safe for concurrent use.
type journalHandler struct {
	level  slog.Level
	write  func(journalEntry) error
	prefix string // of the keys of attributes, by the groups that are open
	fields []field
}

// field is one of an entry. Its key is as it was given.
type field struct{ key, value string }

// journalEntry is one event.
type journalEntry struct {
	priority int // syslog(3)
	message  string
	fields   []field
}

func (h *journalHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// Handle implements slog.Handler. The journal knows the time by itself.
func (h *journalHandler) Handle(_ context.Context, r slog.Record) error {
	e := journalEntry{priority: priority(r.Level), message: r.Message, fields: h.fields[:len(h.fields):len(h.fields)]}
	r.Attrs(func(a slog.Attr) bool {
		e.fields = appendField(e.fields, h.prefix, a)
		return true
	})
	return h.write(e)
}

// WithAttrs implements slog.Handler.
func (h *journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.fields = with.fields[:len(with.fields):len(with.fields)]
	for _, a := range attrs {
		with.fields = appendField(with.fields, h.prefix, a)
	}
	return &with
}

// WithGroup implements slog.Handler.
func (h *journalHandler) WithGroup(name string) slog.Handler {
	with := *h
	if name != "" {
		with.prefix += name + "."
	}
	return &with
}

func appendField(list []field, prefix string, a slog.Attr) []field {
	value := a.Value.Resolve()
	if value.Kind() != slog.KindGroup {
		if a.Equal(slog.Attr{}) {
			return list
		}
		return append(list, field{prefix + a.Key, value.String()})
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, member := range value.Group() {
		list = appendField(list, prefix, member)
	}
	return list
}

// priority is that of syslog(3): error, warning, info or debug.
func priority(level slog.Level) int {
	switch {
	case level >= slog.LevelError:
		return 3
	case level >= slog.LevelWarn:
		return 4
	case level >= slog.LevelInfo:
		return 6
	}
	return 7
}

// line is an entry as one printable line.
func (e journalEntry) line() string {
	var b strings.Builder
	b.WriteString(escaped(e.message))
	for _, f := range e.fields {
		value := f.value
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r == ' ' || r == '"' || r == '=' || !unicode.IsPrint(r) }) {
			value = strconv.Quote(value)
		}
		b.WriteString(" " + escaped(f.key) + "=" + escaped(value))
	}
	return b.String()
}

// prefixed writes entries as lines that begin with their priority
// (sd-daemon(3)).
func prefixed(out io.Writer) func(journalEntry) error {
	var mu sync.Mutex // one line at a time
	return func(e journalEntry) error {
		mu.Lock()
		defer mu.Unlock()
		_, err := fmt.Fprintf(out, "<%d>%s\n", e.priority, e.line())
		return err
	}
}

// native writes entries to the journal's socket. One too large for that is cut
// to its message.
func native(conn *net.UnixConn) func(journalEntry) error {
	return func(e journalEntry) error {
		_, err := conn.Write(e.native())
		if errors.Is(err, syscall.EMSGSIZE) || errors.Is(err, syscall.ENOBUFS) {
			e.message, e.fields = fmt.Sprintf("%.2000s", e.line()), nil
			_, err = conn.Write(e.native())
		}
		return err
	}
}

// native is an entry in the journal's protocol.
func (e journalEntry) native() []byte {
	var b bytes.Buffer
	writeField(&b, "MESSAGE", e.line())
	writeField(&b, "PRIORITY", strconv.Itoa(e.priority))
	writeField(&b, "SYSLOG_IDENTIFIER", "newsfeed")
	writeField(&b, "MESSAGE_ID", messageID(e.message))
	for _, f := range e.fields {
		writeField(&b, "NEWSFEED_"+fieldName(f.key), f.value)
	}
	return b.Bytes()
}

// writeField writes a field: one of several lines with its length, which is
// little-endian, in front.
func writeField(b *bytes.Buffer, name, value string) {
	b.WriteString(name)
	if !strings.Contains(value, "\n") {
		b.WriteString("=" + value + "\n")
		return
	}
	b.WriteByte('\n')
	b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(value))))
	b.WriteString(value + "\n")
}

// maxFieldName is that of the journal, less what is put in front.
const maxFieldName = 64 - len("NEWSFEED_")

// fieldName is a key as the journal takes it: upper case, digits and
// underscores.
func fieldName(key string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
	return name[:min(len(name), maxFieldName)]
}

// messageID is the identity of a kind of event, the same for ever
// (systemd.journal-fields(7)): what is logged for one kind is one fixed text,
// and the id follows from that.
func messageID(message string) string {
	sum := sha256.Sum256([]byte("newsfeed\x00" + message))
	return fmt.Sprintf("%x", sum[:16])
}
