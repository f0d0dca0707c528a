package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/publish"
	"newsfeed/config"
	"newsfeed/storage"
)

func (p *program) opmlCommand() *cobra.Command {
	c := &cobra.Command{
		Use:        "opml COMMAND [flags]",
		Short:      "Take subscription lists in and out",
		Example:    "  newsfeed opml import subscriptions.opml\n  newsfeed opml export >subscriptions.opml",
		SuggestFor: []string{"import", "export", "add", "subscribe"},
		Args:       unknownCommand,
		RunE:       func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.opmlImportCommand(), p.opmlExportCommand())
	return c
}

func (p *program) opmlExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "export",
		Short:   "Write the list of sources to standard output",
		Long:    "Write the list of sources to standard output, as it is served at /sources.opml.\nA source whose URL has a user or a query, which may be secret, is\nnamed without it.",
		Example: "  newsfeed opml export >subscriptions.opml",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return p.render(c.Context(), "", publish.OPML)
		},
	}
}

func (p *program) opmlImportCommand() *cobra.Command {
	var target string
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Write the subscriptions of an OPML file as [[source]] tables",
		Long: "Write the subscriptions of an OPML file as [[source]] tables to standard output,\nor with --write at the end of a configuration file. " +
			"What the configuration has\nis left out. FILE may be - for standard input.",
		Example: "  newsfeed opml import subscriptions.opml\n  newsfeed opml import subscriptions.opml --write newsfeed.toml",
		Args:    usage(cobra.ExactArgs(1)),
		RunE:    func(_ *cobra.Command, args []string) error { return p.importOPML(args[0], target) },
	}
	c.Flags().StringVar(&target, "write", "", "append to this configuration `FILE`, which is made if it is not there")
	return c
}

// importOPML writes what the configuration lacks of an OPML file.
func (p *program) importOPML(name, target string) error {
	listed, err := p.readOPML(name)
	if err != nil {
		return err
	}
	have, err := p.configured(target)
	if err != nil {
		return err
	}
	taken := newTaken(have)
	var more []config.Source
	known, bad := 0, 0
	for _, s := range listed {
		switch {
		case taken.urls[s.URL]:
			known++
		case !taken.add(&s):
			bad++
			p.note("newsfeed: left out, not a web address: %s\n", storage.Shown(s.URL))
		default:
			more = append(more, s)
		}
	}
	if target == "" {
		err = config.WriteSources(p.out, more)
	} else if len(more) > 0 {
		err = p.appendSources(target, more)
	}
	if err != nil {
		return err
	}
	p.note("%s new, %d configured already, %d left out\n", plural(len(more), "source"), known, bad)
	if bad > 0 {
		return status{exitPartly, nil}
	}
	return nil
}

func (p *program) readOPML(name string) ([]config.Source, error) {
	if name == "-" {
		return config.ReadOPML("standard input", p.in)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, status{exitUsage, err}
	}
	defer f.Close()
	return config.ReadOPML(name, f)
}

// configured returns the sources of the configuration, if there is one, and of
// the file to append to, which may be another.
func (p *program) configured(target string) ([]config.Source, error) {
	var all []config.Source
	path, err := p.findConfig()
	if err == nil {
		c, _, err := config.Load(path, p.env)
		if err != nil && !(path == target && isMissing(target)) {
			return nil, err
		}
		all = c.Sources
	} else if p.configPath != "" {
		return nil, err
	}
	if target != "" && target != path && !isMissing(target) {
		c, _, err := config.Load(target, p.env)
		if err != nil {
			return nil, err
		}
		all = append(all, c.Sources...)
	}
	return all, nil
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// taken knows which ids and addresses sources have.
type taken struct {
	ids, urls map[string]bool
	last      map[string]int // number given to a source that would have had this id
}

func newTaken(sources []config.Source) taken {
	t := taken{map[string]bool{}, map[string]bool{}, map[string]int{}}
	for _, s := range sources {
		t.ids[s.ID], t.urls[s.URL] = true, true
	}
	return t
}

// add takes a source in, under another id if another source has its own. It
// reports false when the source has no id, for want of a web address.
func (t taken) add(s *config.Source) bool {
	if s.ID == "" {
		return false
	}
	id := s.ID
	for t.ids[s.ID] {
		t.last[id]++
		s.ID = config.NumberedID(id, t.last[id]+1)
	}
	t.ids[s.ID], t.urls[s.URL] = true, true
	return true
}

// appendSources writes sources at the end of a file, once it is certain that
// the whole can be read.
func (p *program) appendSources(target string, sources []config.Source) (err error) {
	old, err := os.ReadFile(target)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var more bytes.Buffer
	switch {
	case len(old) == 0:
	case bytes.HasSuffix(old, []byte("\n")):
		more.WriteString("\n")
	default:
		more.WriteString("\n\n")
	}
	if err := config.WriteSources(&more, sources); err != nil {
		return err
	}
	if err := p.try(target, append(old, more.Bytes()...)); err != nil {
		return fmt.Errorf("%s stays as it is: %w", target, err)
	}
	// In place, so that owner and mode stay: the daemon is not the one who writes.
	f, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, &more); err != nil {
		return errors.Join(err, f.Truncate(int64(len(old))))
	}
	return f.Sync()
}

// try loads a text as if it stood in the file.
func (p *program) try(target string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(target), ".newsfeed-*.toml")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, _, err = config.Load(f.Name(), p.env)
	return err
}
