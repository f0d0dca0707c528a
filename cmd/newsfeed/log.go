package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// logger returns the logger that the flags ask for; it writes to standard
// error.
func (p *program) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.logLevel)); err != nil {
		return nil, status{exitUsage, fmt.Errorf("--log-level %q: write debug, info, warn or error", p.logLevel)}
	}
	if p.quiet {
		level = max(level, slog.LevelError)
	}
	format, toJournal := p.format()
	options := &slog.HandlerOptions{Level: level}
	out := printableWriter{p.err}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(out, options)), nil
	case "journal":
		return slog.New(&journalHandler{level: level, write: p.journal(toJournal)}), nil
	case "", "text":
		if isTerminal(p.err) && !p.plain() {
			return slog.New(newTerminalHandler(p.err, level)), nil
		}
		return slog.New(slog.NewTextHandler(out, options)), nil
	}
	return nil, status{exitUsage, fmt.Errorf("--log-format %q: write text, json or journal", p.logFormat)}
}

// format returns the format of the log, empty for text, and whether standard
// error leads to the journal.
func (p *program) format() (format string, toJournal bool) {
	stderr, isFile := p.err.(*os.File)
	toJournal = isFile && isJournal(p.env("JOURNAL_STREAM"), stderr)
	if p.logFormat == "" && toJournal {
		return "journal", true
	}
	return p.logFormat, toJournal
}

// forMachines reports whether programs read the log, which lines for people
// would break.
func (p *program) forMachines() bool {
	format, _ := p.format()
	return format == "journal" || format == "json"
}

// journal returns what writes to systemd's journal: by its own socket where
// standard error leads there, else by prefixes on standard error.
func (p *program) journal(reached bool) func(journalEntry) error {
	if reached {
		conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: cmp.Or(p.journalSocket, journalSocket), Net: "unixgram"})
		if err == nil {
			return native(conn)
		}
	}
	return prefixed(p.err)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// printableWriter escapes what a terminal would obey, or show in another order
// than it stands, since sources have a say in titles and errors. JSON would let
// much of it pass.
type printableWriter struct{ out io.Writer }

// Write gets one whole record at a time. All in it that is not printable is
// part of a string.
func (w printableWriter) Write(record []byte) (int, error) {
	line := bytes.TrimSuffix(record, []byte("\n"))
	if _, err := io.WriteString(w.out, escaped(string(line))+"\n"); err != nil {
		return 0, err
	}
	return len(record), nil
}

// escaped writes what is not printable as JSON does: \u001b.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func newTerminalHandler(out io.Writer, level slog.Level) slog.Handler {
	return tint.NewTextHandler(out, &tint.Options{
		Level:      level,
		TimeFormat: "15:04:05",
		// The library hands escape sequences on, also those that are spelt out.
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			_, isLevel := a.Value.Any().(slog.Level)
			if kind := a.Value.Kind(); isLevel || kind != slog.KindString && kind != slog.KindAny {
				return a
			}
			text := escaped(fmt.Sprintf("%+v", a.Value.Any()))
			return slog.String(a.Key, strings.ReplaceAll(text, `\x1b`, `\x1B`))
		},
	})
}
