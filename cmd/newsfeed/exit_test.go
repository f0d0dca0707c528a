package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestExit_EveryCommandRefusesWrongUsage(t *testing.T) {
	for _, c := range commands() {
		for _, line := range [][]string{{"--no-such-flag"}, {"--config"}} {
			code, out, errs := newsfeed(t, append(wordsOf(c), line...)...)
			if code != exitUsage || out != "" || !strings.HasSuffix(errs, "see '"+c.CommandPath()+" --help'\n") || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s %s: exit status %d, %s%s", c.CommandPath(), line, code, out, errs)
			}
		}
		takesAny := slices.Contains([]string{"poll", "preview"}, c.Name())
		if code, _, errs := newsfeed(t, append(wordsOf(c), "a", "b", "c", "d")...); !takesAny && code != exitUsage {
			t.Errorf("%s with four arguments: exit status %d, %s", c.CommandPath(), code, errs)
		}
	}
}

// Every command that reads a configuration refuses a wrong one, and one that is
// not there.
func TestExit_EveryCommandRefusesAWrongConfiguration(t *testing.T) {
	without := []string{"completion", "man", "version", "demo"}
	file := filepath.Join(t.TempDir(), "newsfeed.toml")
	place(t, file, "[poll]\nwrokers = 8\n")
	list := filepath.Join(t.TempDir(), "list.opml")
	place(t, list, "<opml/>")
	arguments := map[string][]string{
		"why": {"x"}, "preview": {"x"}, "discover": {"https://example.org/"}, "backup": {"x.db"}, "restore": {"x.db"}, "salvage": {"x.db"}, "import": {list},
	}
	for _, c := range commands() {
		if !c.Runnable() || c.HasSubCommands() || slices.Contains(without, c.Name()) {
			continue
		}
		line := append(wordsOf(c), arguments[c.Name()]...)
		code, out, errs := newsfeed(t, append(line, "--config", file)...)
		if want := "newsfeed: " + file + ":2: poll.wrokers: unknown key; did you mean workers?\n"; code != exitUsage || out != "" || errs != want {
			t.Errorf("%s: exit status %d, %s%s", line, code, out, errs)
		}
		code, out, errs = newsfeed(t, append(line, "--config", file+".none")...)
		if code != exitUsage || out != "" || !strings.Contains(errs, "there is no such file; name another with --config") {
			t.Errorf("%s without its file: exit status %d, %s%s", line, code, out, errs)
		}
	}
}

// Without a store, what only reads fails and makes none.
func TestExit_WithoutAStoreReadersFail(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "newsfeed.toml")
	place(t, file, aSource)
	for _, line := range []string{
		"sources", "sources --politeness", "entries", "why x", "events", "render", "opml export", "filter test",
		"store verify", "store stats", "store backup x.db", "store compact", "store salvage x.db",
	} {
		code, out, errs := newsfeed(t, append(strings.Fields(line), "--config", file)...)
		if code != exitFailed || out != "" || !strings.Contains(errs, "there is no store yet at "+dir) {
			t.Errorf("%s: exit status %d, %s%s", line, code, out, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "newsfeed.db")); err == nil {
		t.Error("a store was made")
	}
}

func TestExit_StatusesAsPromised(t *testing.T) {
	r := openRoom(t)
	place(t, filepath.Join(r.dir, "good.xml"), goodFeed)
	place(t, filepath.Join(r.dir, "page.html"), "<html></html>")
	place(t, filepath.Join(r.dir, "odd.opml"), `<opml><body><outline text="X" xmlUrl="ftp://x.example/"/><outline text="Y" xmlUrl="https://y.example/"/></body></opml>`)
	place(t, filepath.Join(r.dir, "list.opml"), `<opml><body><outline text="Z" xmlUrl="https://z.example/"/></body></opml>`)
	place(t, filepath.Join(r.dir, "list.toml"), "")
	tests := []struct {
		code int
		line string
	}{
		{exitDone, "check"},
		{exitPartly, "check --network"},
		{exitDone, "poll"},
		{exitDone, "poll --force good"},
		{exitPartly, "poll --force broken"},
		{exitUsage, "poll nobody"},
		{exitDone, "demo --once"},
		{exitFailed, "demo --once --listen nowhere:1"},
		{exitDone, "sources"},
		{exitDone, "entries"},
		{exitUsage, "entries --source nobody"},
		{exitUsage, "entries --feed nothing"},
		{exitUsage, "entries --limit 0"},
		{exitUsage, "entries --since soon"},
		{exitUsage, "entries --feed feed --source good"},
		{exitDone, "why good"},
		{exitDone, "why https://good.example/1"},
		{exitUsage, "why https://nowhere.example/"},
		{exitDone, "events"},
		{exitUsage, "events --source nobody"},
		{exitUsage, "events --limit 0"},
		{exitDone, "render"},
		{exitUsage, "render --format pdf"},
		{exitUsage, "render --feed nothing"},
		{exitDone, "preview DIR/good.xml"},
		{exitDone, "preview SITE/good.xml"},
		{exitFailed, "preview DIR/page.html"},
		{exitFailed, "preview DIR/none.xml"},
		{exitPartly, "preview DIR/good.xml DIR/none.xml"},
		{exitUsage, "preview DIR/good.xml --format pdf"},
		{exitUsage, "preview DIR/good.xml --select item=li"},
		{exitDone, "discover SITE/page.html"},
		{exitFailed, "discover SITE/broken.xml"},
		{exitDone, "filter test"},
		{exitDone, "opml export"},
		{exitDone, "opml import DIR/list.opml --write -"},
		{exitFailed, "opml import DIR/list.opml --write DIR/list.toml"},
		{exitPartly, "opml import DIR/odd.opml --write -"},
		{exitUsage, "opml import DIR/none.opml"},
		{exitUsage, "opml import DIR/good.xml"},
		{exitFailed, "opml import SITE/broken.opml"},
		{exitDone, "store verify"},
		{exitDone, "store stats"},
		{exitDone, "store backup DIR/backup.db"},
		{exitFailed, "store backup DIR/backup.db"},
		{exitUsage, "store backup DIR/other.db --rate 0"},
		{exitDone, "store verify DIR/backup.db"},
		{exitFailed, "store verify DIR/none.db"},
		{exitFailed, "store verify DIR/good.xml"},
		{exitDone, "store compact"},
		{exitDone, "store salvage DIR/saved.db"},
		{exitFailed, "store salvage DIR/saved.db"},
		{exitDone, "store restore DIR/backup.db"},
		{exitFailed, "store restore DIR/none.db"},
		{exitDone, "version"},
		{exitDone, "completion fish"},
		{exitDone, "man DIR/man"},
		{exitFailed, "man DIR/good.xml"},
		{exitUsage, "serve --log-level loud"},
		{exitUsage, "serve --log-format prose"},
	}
	for _, test := range tests {
		code, out, errs := newsfeed(t, r.args(strings.Fields(test.line)...)...)
		if code != test.code {
			t.Errorf("%s: exit status %d, want %d: %s%s", test.line, code, test.code, out, errs)
		}
		if code != exitDone && !strings.Contains(errs, "newsfeed: ") {
			t.Errorf("%s: exit status %d without a word: %q", test.line, code, errs)
		}
	}

	t.Run("serve until it is stopped", func(t *testing.T) { r.serve(t) })
	place(t, filepath.Join(r.dir, "newsfeed.db"), "no store")
	if code, _, errs := newsfeed(t, r.args("serve")...); code != exitFailed {
		t.Errorf("serve on no store: exit status %d: %s", code, errs)
	}
}

// Data is printed when quiet, and nothing else.
func TestQuiet_PrintsDataAndErrorsOnly(t *testing.T) {
	r := openRoom(t)
	for _, line := range []string{"check", "poll", "poll --force good", "store backup DIR/quiet.db", "store compact", "man DIR/man", "opml import DIR/list.opml --write DIR/quiet.toml"} {
		place(t, filepath.Join(r.dir, "list.opml"), `<opml><body><outline text="Z" xmlUrl="https://z.example/"/></body></opml>`)
		if code, out, errs := newsfeed(t, r.args(append(strings.Fields(line), "-q")...)...); code != exitDone || out+errs != "" {
			t.Errorf("%s: exit status %d, %q %q", line, code, out, errs)
		}
	}
	for _, line := range []string{"sources", "entries", "why good", "version", "render"} {
		_, loud, _ := newsfeed(t, r.args(strings.Fields(line)...)...)
		if _, quiet, errs := newsfeed(t, r.args(append(strings.Fields(line), "-q")...)...); len(quiet) == 0 || len(quiet) < len(loud)-9 || errs != "" {
			t.Errorf("%s: %q %q", line, quiet, errs)
		}
	}
	if code, _, errs := newsfeed(t, r.args("poll", "-q", "--force", "broken")...); code != exitPartly || !strings.Contains(errs, "1 of 1 source failed") {
		t.Errorf("exit status %d, %q", code, errs)
	}
}

// A source, its server and its address may hold anything.
func TestD33_CommandsPrintNothingThatControlsATerminal(t *testing.T) {
	const hostile = `x\u001b[2J\u009b31m\u202e\u2066y\u0007\u0008\r\nnewsfeed: forged\u2028z`
	site := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed":
			_, _ = w.Write([]byte(strings.ReplaceAll(`{"version":"https://jsonfeed.org/version/1.1","title":"T H","home_page_url":"https://x.example/H",
"items":[{"id":"H","url":"https://x.example/H","title":"I H","content_text":"C H","tags":["G H"],"authors":[{"name":"A H"}]}]}`, "H", hostile)))
		case "/moved":
			w.Header()["Location"] = []string{"/\x1b[31m\u202e"}
			w.WriteHeader(http.StatusMovedPermanently)
		case "/page":
			_, _ = w.Write([]byte("<html><head><link rel=alternate type=application/rss+xml title=\"a\x1b[2J\u202e&#27;b\" href=\"feed\x1b[2J\"></head></html>"))
		default:
			_, _ = w.Write([]byte("<html>\x1b[2J</html>"))
		}
	}))[0]
	dir := t.TempDir()
	file := filepath.Join(dir, "newsfeed.toml")
	place(t, file, "[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n[[source]]\nid = \"feed\"\nurl = \""+site+
		"/feed\"\n[[source]]\nid = \"moved\"\nurl = \""+site+"/moved\"\n[[source]]\nid = \"none\"\nurl = \""+site+"/none\"\nwhere = 'title != \"x\"'\n")
	for _, line := range []string{
		"poll", "sources", "sources --politeness", "entries", "entries --feed feed", "why feed", "why moved", "why https://x.example/", "events", "filter test",
		"check --network", "preview " + site + "/feed", "preview " + site + "/moved", "preview " + site + "/none", "discover " + site + "/page", "discover " + site + "/moved",
		"poll \x1b[2Jnobody", "render --feed \x1b[2J", "why \x1b[2J\u202e", "\x1b[2J", "entries --source \x1b[2J", "preview \x1b[2J", "opml import \x1b[2J",
	} {
		_, out, errs := newsfeed(t, append(strings.Fields(line), "--config", file)...)
		for _, r := range out + errs {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Errorf("%q prints %U: %q", line, r, out+errs)
				break
			}
		}
		if strings.Contains("\n"+out+errs, "\nnewsfeed: forged") {
			t.Errorf("%q prints a forged line: %q", line, out+errs)
		}
	}
}
