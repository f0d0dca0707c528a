package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
)

var update = flag.Bool("update", false, "write the golden files")

// What a source may say, and what becomes of it in a log.
const hostile = "one\ntwo\rthree\x1b[2J\x1b]0;title\x07 \u202edetrevni\u202c \u2066isolate\u2069 \u009b31m\x7f\u2028\U000e0041 \\x1b[2J \xff <b>é 新"

func TestD33_LogsAreOnePrintableLine(t *testing.T) {
	at := regexp.MustCompile(`"?time"?[=:]"?[^ ,]+[ ,]|\d\d:\d\d:\d\d`)
	handlers := map[string]func(*testing.T, io.Writer) slog.Handler{
		"text":     formatted("text"),
		"json":     formatted("json"),
		"journal":  formatted("journal"),
		"terminal": func(_ *testing.T, w io.Writer) slog.Handler { return newTerminalHandler(w, slog.LevelDebug) },
	}
	for format, logTo := range handlers {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(logTo(t, &out)).With("source", hostile)
			log.Debug("document", "title", hostile)
			log.Info("polled", "url", "https://a.example/"+hostile)
			log.Warn("article was given up", "err", errors.New(hostile))
			log.Error("poll panicked", "panic", any(hostile), "list", []string{hostile}, slog.Group("in", "title", hostile))
			log.Info(hostile)

			got := at.ReplaceAllString(out.String(), "")
			checkGolden(t, filepath.Join("testdata", "log", format+".golden"), got)
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if len(lines) != 5 {
				t.Errorf("%d lines, want 5", len(lines))
			}
			for _, line := range lines {
				if format == "terminal" {
					line = regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(line, "") // its own colours
				}
				if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
					t.Errorf("%q is not printable in %q", line[i:], line)
				}
				if format == "json" && !json.Valid([]byte(line)) {
					t.Errorf("not JSON: %s", line)
				}
			}
		})
	}
}

// formatted returns what makes the program's handler for a --log-format.
func formatted(format string) func(*testing.T, io.Writer) slog.Handler {
	return func(t *testing.T, w io.Writer) slog.Handler {
		t.Helper()
		p := program{err: w, env: func(string) string { return "" }, logLevel: "debug", logFormat: format}
		log, err := p.logger()
		if err != nil {
			t.Fatal(err)
		}
		return log.Handler()
	}
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// A log decodes to what was said.
func TestLog_JSONKeepsWhatWasSaid(t *testing.T) {
	var out bytes.Buffer
	slog.New(formatted("json")(t, &out)).Info("polled", "title", hostile)
	var got struct{ Title string }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(hostile, "\ufffd"); got.Title != want {
		t.Errorf("got %q, want %q", got.Title, want)
	}
}

func TestD33_LogsShowNoUserinfoAndNoQuery(t *testing.T) {
	client := fetch.New(fetch.Options{})
	defer client.Close()
	for _, format := range []string{"text", "json", "journal"} {
		var out bytes.Buffer
		log := slog.New(formatted(format)(t, &out))
		for _, address := range []string{
			"https://s3cret:s3cret@127.0.0.1:9/s3cret?token=s3cret",
			"https://s3cret:s3cret@a.example:25/s3cret?token=s3cret",
			"gopher://s3cret:s3cret@a.example/s3cret?token=s3cret",
			"https://s3cret:s3cret@a.example:x/s3cret?token=s3cret",
		} {
			_, err := client.Get(t.Context(), fetch.Request{URL: address, Access: fetch.Access{User: url.UserPassword("s3cret", "s3cret")}})
			if err == nil {
				t.Fatalf("%s was visited", address)
			}
			log.Warn("polled", "source", "a", "err", err)
		}
		if strings.Contains(out.String(), "s3cret") {
			t.Errorf("%s shows a secret:\n%s", format, &out)
		}
	}
}
