package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (p *program) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:                   "man DIR",
		Short:                 "Write the manual pages into a folder",
		Long:                  "Writes a manual page for each command into a folder, which is made if it is not there.",
		Example:               "  newsfeed man /usr/local/share/man/man1\n  newsfeed man . && man ./newsfeed.1",
		Args:                  usage(cobra.ExactArgs(1)),
		ValidArgsFunction:     cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			n, err := writeManual(args[0], c.Root())
			if err == nil {
				p.note("%s written to %s\n", plural(n, "page"), args[0])
			}
			return err
		},
	}
}

// writeManual writes the pages of a command and all below it, and returns how
// many they are.
func writeManual(dir string, c *cobra.Command) (pages int, err error) {
	if err := os.WriteFile(filepath.Join(dir, pageName(c)+".1"), manualPage(c), 0o644); err != nil {
		return 0, err
	}
	pages = 1
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		n, err := writeManual(dir, sub)
		pages += n
		if err != nil {
			return pages, err
		}
	}
	return pages, nil
}

// pageName is the name of a command's page: newsfeed-store-backup.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manualPage is a page in the language of man(7). It has no date, so that one
// version always makes the same pages. Package cobra/doc would read Long and
// Example as Markdown, and has no place for exit status, environment and files.
func manualPage(c *cobra.Command) []byte {
	var m manual
	m.line(".TH %s 1 \"\" \"newsfeed %s\" \"newsfeed manual\"", strings.ToUpper(pageName(c)), version())
	m.section("NAME")
	m.text(pageName(c) + " - " + c.Short)
	m.section("SYNOPSIS")
	m.line(".B %s", escape(c.CommandPath()))
	m.text(strings.TrimPrefix(c.UseLine(), c.CommandPath()))
	if c.Long != "" {
		m.section("DESCRIPTION")
		m.text(c.Long)
	}
	m.commands(c)
	if c.HasParent() {
		m.flags("OPTIONS", c.LocalFlags())
	}
	m.flags("OPTIONS OF EVERY COMMAND", commonFlags(c))
	m.list("EXIT STATUS", []topic{
		{"0", "done"},
		{"1", "failed"},
		{"2", "wrong usage or configuration; the message names file, line and key"},
		{"3", "partly failed: some sources"},
	})
	m.list("ENVIRONMENT", []topic{
		{"NEWSFEED_CONFIG", "the configuration file, where --config does not name one"},
		{"NEWSFEED_TABLE_KEY", "overrides a single value of the configuration, as NEWSFEED_SERVER_LISTEN does listen of [server]; secrets excepted"},
		{"STATE_DIRECTORY, CREDENTIALS_DIRECTORY", "set by systemd: where the store and the files of secrets are"},
		{"NO_COLOR", "no colour and no progress bar; TERM=dumb does the same"},
	})
	m.list("FILES", []topic{
		{"./newsfeed.toml, /etc/newsfeed/newsfeed.toml", "the configuration, where nothing else is named"},
		{"newsfeed.db", "the store: in $STATE_DIRECTORY, else in /var/lib/newsfeed for a configuration under /etc/newsfeed, else beside the configuration"},
		{"newsfeed.sock", "beside the store: the socket by which commands reach the running daemon"},
	})
	if c.Example != "" {
		m.section("EXAMPLES")
		m.line(".nf")
		m.text(c.Example)
		m.line(".fi")
	}
	m.related(c)
	return m.Bytes()
}

// manual is a page in the making.
type manual struct{ bytes.Buffer }

// topic is a word and what it means.
type topic struct{ word, meaning string }

func (m *manual) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// text writes lines that are no requests.
func (m *manual) text(s string) {
	for line := range strings.Lines(s) {
		m.line("%s", escape(strings.TrimSpace(line)))
	}
}

func (m *manual) section(name string) { m.line(".SH %s", name) }

func (m *manual) list(section string, topics []topic) {
	if len(topics) == 0 {
		return
	}
	m.section(section)
	for _, t := range topics {
		m.line(".TP")
		m.line(".B %s", escape(t.word))
		m.text(t.meaning)
	}
}

func (m *manual) commands(c *cobra.Command) {
	var topics []topic
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			topics = append(topics, topic{sub.Name(), sub.Short})
		}
	}
	m.list("COMMANDS", topics)
}

func (m *manual) flags(section string, flags *pflag.FlagSet) {
	var topics []topic
	flags.VisitAll(func(f *pflag.Flag) {
		value, meaning := pflag.UnquoteUsage(f)
		word := strings.TrimSpace("--" + f.Name + " " + value)
		if f.Shorthand != "" {
			word = "-" + f.Shorthand + ", " + word
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			meaning += " (default " + f.DefValue + ")"
		}
		topics = append(topics, topic{word, meaning})
	})
	m.list(section, topics)
}

// related names the pages of the command above and of those below.
func (m *manual) related(c *cobra.Command) {
	var names []string
	if c.HasParent() {
		names = append(names, pageName(c.Parent()))
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, pageName(sub))
		}
	}
	m.section("SEE ALSO")
	for i, name := range names {
		end := ","
		if i == len(names)-1 {
			end = ""
		}
		m.line(".BR %s (1)%s", escape(name), end)
	}
}

// escape writes text so that man(7) shows it as it is.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\(rs`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
