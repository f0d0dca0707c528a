package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commands returns all commands that people see, the root first.
func commands() []*cobra.Command {
	p := program{env: func(string) string { return "" }}
	var all []*cobra.Command
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				add(sub)
			}
		}
	}
	add(p.command())
	return all
}

// wordsOf is what is written after newsfeed to reach a command.
func wordsOf(c *cobra.Command) []string { return strings.Fields(c.CommandPath())[1:] }

func TestHelp_OfEveryCommandHasAnExampleOfIt(t *testing.T) {
	for _, c := range commands() {
		code, out, errs := newsfeed(t, append(wordsOf(c), "--help")...)
		if code != exitDone || errs != "" {
			t.Errorf("%s: exit status %d, %s", c.CommandPath(), code, errs)
		}
		for _, want := range []string{c.Short, "Usage:\n  " + c.CommandPath(), "Examples:\n  newsfeed ", "--config FILE"} {
			if !strings.Contains(out, want) && (c.Long == "" || want != c.Short) {
				t.Errorf("%s: no %q in:\n%s", c.CommandPath(), want, out)
			}
		}
		for example := range strings.Lines(c.Example) {
			if !strings.Contains(example, c.CommandPath()) && c.HasParent() && c.Name() != "salvage" && c.Name() != "man" {
				t.Errorf("%s: an example of something else: %s", c.CommandPath(), example)
			}
		}
		if c.HasParent() {
			again, same, _ := newsfeed(t, append([]string{"help"}, wordsOf(c)...)...)
			if again != exitDone || same != out {
				t.Errorf("help %s: got\n%s\nwant\n%s", c.CommandPath(), same, out)
			}
		}
	}
}

// The examples are held to what exists: their commands and flags are read as
// they would be, but not run.
func TestHelp_ExamplesCanBeWritten(t *testing.T) {
	for _, c := range commands() {
		for example := range strings.Lines(c.Example) {
			for part := range strings.SplitSeq(strings.TrimSpace(example), "&&") {
				words := strings.Fields(part)
				if words[0] != "newsfeed" {
					continue
				}
				words = words[1:]
				if end := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, ">") || w == "|" }); end >= 0 {
					words = words[:end]
				}
				found, rest, err := c.Root().Find(words)
				if err == nil {
					found.InitDefaultHelpFlag()
					err = found.ParseFlags(rest)
				}
				if err == nil {
					err = found.ValidateArgs(found.Flags().Args())
				}
				if err != nil || !found.HasParent() {
					t.Errorf("%s: %v", part, err)
				}
			}
		}
	}
}

func TestHelp_ListsEveryCommandInAGroup(t *testing.T) {
	_, out, _ := newsfeed(t)
	at := 0
	for _, g := range groups {
		i := strings.Index(out, g.Title+"\n")
		if i < at {
			t.Errorf("group %q comes too early, or not at all, in:\n%s", g.Title, out)
		}
		at = i
	}
	for _, c := range commands()[0].Commands() {
		if c.IsAvailableCommand() && (c.GroupID == "" || !strings.Contains(out, "\n  "+c.Name()+" ")) {
			t.Errorf("%s is in no group", c.Name())
		}
	}
}

func TestHelp_ErrorsOfUsageNameARemedy(t *testing.T) {
	tests := []struct{ line, want string }{
		{"stroe", `there is no command "stroe"; did you mean "store"?; see 'newsfeed --help'`},
		{"run", `there is no command "run"; did you mean "serve"?; see 'newsfeed --help'`},
		{"zebra", `there is no command "zebra"; see 'newsfeed --help'`},
		{"store verfy", `there is no command "store verfy"; did you mean "verify"?; see 'newsfeed store --help'`},
		{"help stroe", `there is no command "stroe"; did you mean "store"?; see 'newsfeed --help'`},
		{"poll --froce", `unknown flag: --froce; did you mean --force?; see 'newsfeed poll --help'`},
		{"render --fromat=rss", `unknown flag: --fromat; did you mean --format?; see 'newsfeed render --help'`},
		{"poll --zebra", `unknown flag: --zebra; see 'newsfeed poll --help'`},
		{"poll -x", `unknown shorthand flag: 'x' in -x; see 'newsfeed poll --help'`},
		{"entries --limit", `flag needs an argument: --limit; see 'newsfeed entries --help'`},
		{"entries --limit many", `--limit: "many" is not a whole number; see 'newsfeed entries --help'`},
		{"entries --json=maybe", `--json: "maybe" is neither true nor false; see 'newsfeed entries --help'`},
		{"store backup --rate fast x.db", `invalid argument "fast" for "--rate" flag: "fast" is not a size; write for example "15MiB"; see 'newsfeed store backup --help'`},
		{"serve now", `wrong arguments; write 'newsfeed serve [flags]'; see 'newsfeed serve --help'`},
		{"why", `wrong arguments; write 'newsfeed why SOURCE|URL|GUID|ID [flags]'; see 'newsfeed why --help'`},
		{"completion bsh", `wrong arguments; write 'newsfeed completion bash|zsh|fish'; see 'newsfeed completion --help'`},
	}
	for _, test := range tests {
		code, out, errs := newsfeed(t, strings.Fields(test.line)...)
		if code != exitUsage || out != "" || errs != "newsfeed: "+test.want+"\n" {
			t.Errorf("%s: exit status %d, %s%s", test.line, code, out, errs)
		}
	}
}

func TestCompletion_KnowsSourcesFeedsAndFormats(t *testing.T) {
	file := filepath.Join(t.TempDir(), "newsfeed.toml")
	place(t, file, `
[[source]]
id = "alpha"
url = "https://alpha.example/"
title = "The Alpha"
categories = ["World", "Town"]
[[source]]
id = "beta"
url = "https://beta.example/"
categories = ["Town"]
[[view]]
name = "boats"
title = "All boats"
`)
	const feeds = "feed\tthe merged News Feed\nboats\tAll boats\nsources/alpha\tThe Alpha\nsources/beta\ncategories/Town\ncategories/World\n:4\n"
	tests := []struct{ line, want string }{
		{"poll|", "alpha\tThe Alpha\nbeta\n:4\n"},
		{"poll|alpha|", "beta\n:4\n"},
		{"why|", "alpha\tThe Alpha\nbeta\n:4\n"},
		{"entries|--source|", "alpha\tThe Alpha\nbeta\n:4\n"},
		{"events|--source|", "alpha\tThe Alpha\nbeta\n:4\n"},
		{"entries|--feed|", feeds},
		{"render|--feed|", feeds},
		{"render|--format|", "rss\natom\njson\nhtml\nopml\n:4\n"},
		{"preview|--format|", "auto\nsyndication\nsitemap\nhtml\n:4\n"},
		{"serve|--log-format|", "text\njson\njournal\n:4\n"},
		{"serve|--config|", "toml\n:8\n"},
		{"completion|", "bash\nzsh\nfish\n:4\n"},
		{"sources|", ":4\n"},
		{"entries|--limit|", ":4\n"},
		{"preview|", ":0\n"},
		{"store|restore|", ":0\n"},
		{"man|", ":16\n"},
		{"opml|import|", "opml\nxml\n:8\n"},
		{"store|v", "verify\tCheck the store, or the backup FILE\n:4\n"},
	}
	for _, test := range tests {
		code, out, _ := newsfeed(t, append([]string{"__complete", "--config", file}, strings.Split(test.line, "|")...)...)
		if code != exitDone || out != test.want {
			t.Errorf("%s: exit status %d, got\n%s\nwant\n%s", test.line, code, out, test.want)
		}
	}

	place(t, file, "nonsense")
	if _, out, errs := newsfeed(t, "__complete", "--config", file, "poll", ""); out != ":4\n" || strings.Contains(errs, "nonsense") {
		t.Errorf("a bad configuration gets in between: %s%s", out, errs)
	}
}

func TestCompletion_ScriptsAreSound(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, errs := newsfeed(t, "completion", shell)
		if code != exitDone || errs != "" || !strings.Contains(script, "newsfeed") {
			t.Errorf("%s: exit status %d, %s", shell, code, errs)
		}
		interpreter, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not there to read its script", shell)
			continue
		}
		c := exec.CommandContext(t.Context(), interpreter, "-n")
		c.Stdin = strings.NewReader(script)
		if said, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", shell, err, said)
		}
	}
}

func TestManual_HasAPageForEveryCommand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	if code, _, errs := newsfeed(t, "man", dir); code != exitDone {
		t.Fatal(errs)
	}
	for _, c := range commands() {
		text, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "OPTIONS OF EVERY COMMAND", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"} {
			if !bytes.Contains(text, []byte("\n.SH "+section+"\n")) {
				t.Errorf("%s: no section %s", c.CommandPath(), section)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !bytes.Contains(text, []byte(escape("--"+f.Name))) {
				t.Errorf("%s: nothing of --%s", c.CommandPath(), f.Name)
			}
		})
	}
}

func TestManual_IsReadWithoutWarning(t *testing.T) {
	viewer, err := exec.LookPath("man")
	if err != nil {
		t.Skip("man is not there")
	}
	dir := t.TempDir()
	if code, _, errs := newsfeed(t, "man", dir); code != exitDone {
		t.Fatal(errs)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		c := exec.CommandContext(t.Context(), viewer, "--warnings=w", "--local-file", page)
		c.Env = append(os.Environ(), "MANWIDTH=100", "LC_ALL=C.UTF-8")
		var shown, said bytes.Buffer
		c.Stdout, c.Stderr = &shown, &said
		if err := c.Run(); err != nil || said.Len() > 0 || !strings.Contains(shown.String(), "EXIT STATUS") {
			t.Errorf("%s: %v %s", page, err, said.String())
		}
	}
}
