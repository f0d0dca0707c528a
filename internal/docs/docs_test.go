package docs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/internal/docs"
)

const root = "../.."

var update = flag.Bool("update", false, "rewrite testdata/notrun.golden")

// read returns the README and what is in docs, but for the decisions, which tell
// of their day.
func read(t *testing.T) []docs.Document {
	t.Helper()
	names, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []docs.Document
	for _, name := range append(names, root+"/README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, docs.Read(filepath.ToSlash(strings.TrimPrefix(name, root+"/")), string(text)))
	}
	return all
}

func TestBlocksThatDoNotRunAreListedWithTheirReason(t *testing.T) {
	var list strings.Builder
	for _, d := range read(t) {
		for _, b := range d.Blocks {
			if b.NotRun != "" {
				fmt.Fprintf(&list, "%s: %s: %s\n", d.Path, b.Heading, b.NotRun)
			}
		}
	}
	const golden = "testdata/notrun.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), list.String()); diff != "" {
		t.Errorf("blocks that do not run (-listed +found):\n%s", diff)
	}
	t.Logf("%d blocks do not run", strings.Count(list.String(), "\n"))
}

func TestConsoleBlocksRun(t *testing.T) {
	bench := newBench(t)
	ran := 0
	for _, d := range read(t) {
		for _, b := range d.Blocks {
			commands := b.Commands()
			if b.Lang != "console" || b.NotRun != "" || len(commands) == 0 {
				continue
			}
			ran++
			t.Run(fmt.Sprintf("%s:%d", d.Path, b.Line), func(t *testing.T) { bench.run(t, commands) })
		}
	}
	if ran == 0 {
		t.Error("no console block ran")
	}
}

// The README's are run by .ci/run, in a copy of the project.
func TestShellBlocksOfTheOtherDocumentsRun(t *testing.T) {
	bench := newBench(t)
	for _, d := range read(t) {
		for _, b := range d.Blocks {
			if b.Lang != "sh" || b.NotRun != "" || d.Path == "README.md" {
				continue
			}
			t.Run(fmt.Sprintf("%s:%d", d.Path, b.Line), func(t *testing.T) { bench.run(t, []string{b.Text}) })
		}
	}
}

func TestConfigurationBlocksLoad(t *testing.T) {
	bench := newBench(t)
	for _, d := range read(t) {
		for _, b := range d.Blocks {
			if b.Lang == "toml" && b.NotRun == "" {
				t.Run(fmt.Sprintf("%s:%d", d.Path, b.Line), func(t *testing.T) { bench.load(t, b.Text) })
			}
		}
	}
}

func TestJSONBlocksParse(t *testing.T) {
	for _, d := range read(t) {
		for _, b := range d.Blocks {
			if b.Lang != "json" || b.NotRun != "" {
				continue
			}
			dec := json.NewDecoder(strings.NewReader(b.Text))
			for {
				var v any
				err := dec.Decode(&v)
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Errorf("%s:%d: %v", d.Path, b.Line, err)
					break
				}
			}
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	all := map[string]docs.Document{}
	for _, d := range read(t) {
		all[d.Path] = d
	}
	for _, d := range all {
		for _, l := range d.Links {
			u, err := url.Parse(l.Text)
			if err != nil {
				t.Errorf("%s:%d: %v", d.Path, l.Line, err)
				continue
			}
			if u.Scheme != "" {
				continue
			}
			target := d.Path
			if u.Path != "" {
				target = path.Join(path.Dir(d.Path), u.Path)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s:%d: %s: there is no such file", d.Path, l.Line, l.Text)
				continue
			}
			if u.Fragment != "" && !all[target].Anchors[u.Fragment] {
				t.Errorf("%s:%d: %s: there is no such heading", d.Path, l.Line, l.Text)
			}
		}
	}
}

// Of the documents, each is reached from the one that lists them.
func TestTheIndexNamesEveryDocument(t *testing.T) {
	named := map[string]bool{"docs/README.md": true, "README.md": true}
	all := read(t)
	for _, d := range all {
		if d.Path != "docs/README.md" {
			continue
		}
		for _, l := range d.Links {
			named[path.Join("docs", l.Text)] = true
		}
	}
	for _, d := range all {
		if !named[d.Path] {
			t.Errorf("docs/README.md does not name %s", d.Path)
		}
	}
}

var (
	file     = regexp.MustCompile(`^(?:\./)?((?:cmd|aggregator|storage|config|internal|docs|deploy|\.ci)/[\w./*-]+)`)
	variable = regexp.MustCompile(`\bNEWSFEED_[A-Z_]+\b`)
	key      = regexp.MustCompile(`^(\w+)(?:\.[a-z_]+)+$`)
	option   = regexp.MustCompile(`(?:^|[\s\[|])(--?[a-z][a-z-]*)`)
	command  = regexp.MustCompile(`^(?:\./)?newsfeed( .*)?$`)
)

func TestFilesThatDocumentsNameExist(t *testing.T) {
	look := func(d docs.Document, line int, text string) {
		for _, word := range strings.Fields(text) {
			if m := file.FindStringSubmatch(word); m != nil {
				found, err := filepath.Glob(filepath.Join(root, strings.TrimSuffix(m[1], "/...")))
				if err != nil || len(found) == 0 {
					t.Errorf("%s:%d: there is no %s", d.Path, line, m[1])
				}
			}
		}
	}
	for _, d := range read(t) {
		for _, s := range d.Spans {
			look(d, s.Line, s.Text)
		}
		for _, b := range d.Blocks {
			if b.Lang == "console" || b.Lang == "sh" {
				look(d, b.Line, b.Text)
			}
		}
	}
}

// In docs/json.md the same names are those of data.
func TestKeysAndVariablesThatDocumentsNameExist(t *testing.T) {
	keys, tables := configKeys(t)
	sources := sourceText(t, func(string) bool { return true })
	formats := regexp.MustCompile(`\.(rss|atom|json|html|opml|toml|db|sock)$`)
	for _, d := range read(t) {
		for _, s := range d.Spans {
			if m := key.FindStringSubmatch(s.Text); m != nil && tables[m[1]] && d.Path != "docs/json.md" && !keys[s.Text] && !formats.MatchString(s.Text) {
				t.Errorf("%s:%d: the configuration has no key %s", d.Path, s.Line, s.Text)
			}
			for _, v := range variable.FindAllString(s.Text, -1) {
				k := strings.ToLower(strings.TrimPrefix(v, "NEWSFEED_"))
				if !keys[strings.Replace(k, "_", ".", 1)] && !strings.Contains(sources, v) {
					t.Errorf("%s:%d: nothing reads %s", d.Path, s.Line, v)
				}
			}
		}
	}
}

// A metric that has counted nothing yet is not shown by the daemon: then its name
// is in the sources.
func TestMetricsThatDocumentsNameExist(t *testing.T) {
	shown := newBench(t).metrics(t)
	sources := sourceText(t, func(path string) bool { return !strings.HasSuffix(path, "_test.go") })
	metric := regexp.MustCompile(`\bnewsfeed_([a-z_]+)`)
	parts := regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, d := range read(t) {
		for _, s := range d.Spans {
			for _, m := range metric.FindAllStringSubmatch(s.Text, -1) {
				name := parts.ReplaceAllString(m[1], "")
				if !strings.Contains(shown, "# TYPE newsfeed_"+name+" ") && !strings.Contains(sources, `"`+name+`"`) {
					t.Errorf("%s:%d: there is no metric %s", d.Path, s.Line, m[0])
				}
			}
		}
	}
}

func TestCommandsAndFlagsThatDocumentsNameExist(t *testing.T) {
	tree := newBench(t).commands(t)
	for _, d := range read(t) {
		for _, s := range d.Spans {
			for _, fault := range tree.faults(s.Text) {
				t.Errorf("%s:%d: %s: %s", d.Path, s.Line, s.Text, fault)
			}
		}
		for _, b := range d.Blocks {
			for _, c := range b.Commands() {
				for _, fault := range tree.faults(c) {
					t.Errorf("%s:%d: %s: %s", d.Path, b.Line, c, fault)
				}
			}
		}
	}
}

// Tests and benchmarks are named in code, with * for what follows, and by the
// patterns of go test.
func TestTestsThatDocumentsNameExist(t *testing.T) {
	function := regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	var names []string
	for _, m := range function.FindAllStringSubmatch(sourceText(t, func(path string) bool { return strings.HasSuffix(path, "_test.go") }), -1) {
		names = append(names, m[1])
	}
	named := regexp.MustCompile(`^(?:Test|Benchmark|Fuzz)[A-Z]\w*(\*|…)?$`)
	pattern := regexp.MustCompile(`go test [^\n]*-(?:run|bench|fuzz) +'?([^' \n]+)`)
	for _, d := range read(t) {
		var wanted []string
		for _, s := range d.Spans {
			if m := named.FindStringSubmatch(s.Text); m != nil {
				wanted = append(wanted, "^"+strings.TrimSuffix(s.Text, m[1]))
			}
		}
		for _, m := range pattern.FindAllStringSubmatch(strings.ReplaceAll(d.Text, `\|`, "|"), -1) {
			top, _, _ := strings.Cut(strings.TrimRight(m[1], "`,;."), "/")
			if top != "NAME" && top != "^$" {
				wanted = append(wanted, top)
			}
		}
		for _, w := range wanted {
			if !slices.ContainsFunc(names, regexp.MustCompile(w).MatchString) {
				t.Errorf("%s: there is no test %s", d.Path, w)
			}
		}
	}
}

// The words of an error that a heading of the troubles quotes are the program's.
func TestTroublesAreInTheProgramsWords(t *testing.T) {
	text := sourceText(t, func(path string) bool { return !strings.HasSuffix(path, "_test.go") })
	quotes := 0
	for _, d := range read(t) {
		if d.Path != "docs/troubleshooting.md" {
			continue
		}
		for _, h := range d.Heads {
			for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(h.Text, -1) {
				quotes++
				for piece := range strings.SplitSeq(quoted[1], "…") {
					if piece = strings.TrimSpace(piece); !strings.Contains(text, piece) {
						t.Errorf("%s:%d: the program does not say %q", d.Path, h.Line, piece)
					}
				}
			}
		}
	}
	if quotes == 0 {
		t.Error("docs/troubleshooting.md quotes nothing")
	}
}

// configKeys returns the keys of config.example.toml, which has them all, and the
// names of its tables.
func configKeys(t *testing.T) (keys, tables map[string]bool) {
	t.Helper()
	text, err := os.ReadFile(root + "/config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	keys, tables = map[string]bool{}, map[string]bool{}
	head := regexp.MustCompile(`^#?\[+([\w.]+)\]+`)
	line := regexp.MustCompile(`^#?(\w+) *= *(\{[^}]*\})?`)
	inner := regexp.MustCompile(`(\w+) *=`)
	table := ""
	for l := range strings.Lines(string(text)) {
		if m := head.FindStringSubmatch(l); m != nil {
			table = m[1]
			tables[strings.SplitN(table, ".", 2)[0]] = true
			keys[table] = true
		} else if m := line.FindStringSubmatch(l); m != nil {
			name := strings.TrimPrefix(table+"."+m[1], ".")
			keys[name] = true
			for _, in := range inner.FindAllStringSubmatch(m[2], -1) {
				keys[name+"."+in[1]] = true
			}
		}
	}
	return keys, tables
}

// sourceText returns the Go sources at the paths that are wanted, but for those of
// this test.
func sourceText(t *testing.T, wanted func(path string) bool) string {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || filepath.Base(filepath.Dir(path)) == "docs" || !wanted(path) {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
