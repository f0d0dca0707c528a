package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/fetch"
	"newsfeed/config"
	"newsfeed/storage"
)

// opmlImport turns a subscription list into a file of [[source]] tables.
type opmlImport struct {
	*program
	list   string // file, URL or -
	target string // file to write, or -
	add    bool   // to what the target has
	force  bool   // replace the target

	main string // the configuration file, or empty
}

func (p *program) opmlImportCommand() *cobra.Command {
	i := opmlImport{program: p}
	c := &cobra.Command{
		Use:   "import FILE|URL|-",
		Short: "Make [[source]] tables of a subscription list",
		Long: "Writes the subscriptions of an OPML file as [[source]] tables to sources.d/NAME.toml beside the configuration, where\n" +
			"NAME is that of the list. What the configuration has is left out, and folders become categories. - is standard input.",
		Example: "  newsfeed opml import subscriptions.opml\n" +
			"  newsfeed opml import subscriptions.opml --append\n" +
			"  newsfeed opml import https://example.org/list.opml --write -",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: ofFiles("opml", "xml"),
		RunE: func(c *cobra.Command, args []string) error {
			if i.add && i.force {
				return misused(c, errors.New("--append and --force exclude each other"))
			}
			i.list = args[0]
			return i.run(c.Context())
		},
	}
	c.Flags().StringVar(&i.target, "write", "", "write this `FILE` instead; - is standard output")
	c.Flags().BoolVar(&i.add, "append", false, "add to the file what it and the configuration lack")
	c.Flags().BoolVar(&i.force, "force", false, "replace the file if it is there")
	completeFlag(c, "write", ofFiles("toml"))
	return c
}

func (i opmlImport) run(ctx context.Context) error {
	have, err := i.configured()
	if err != nil {
		return err
	}
	i.target = cmp.Or(i.target, filepath.Join(filepath.Dir(i.main), "sources.d", listName(i.list)+".toml"))
	if have, err = i.withTarget(have); err != nil {
		return err
	}
	listed, err := i.read(ctx)
	if err != nil {
		return err
	}
	found := choose(listed, have)
	text := found.text(i.title())
	switch {
	case i.target == "-":
		_, err = i.out.Write(text)
	case len(found.more) > 0:
		err = i.write(text)
	}
	if err != nil {
		return err
	}
	i.report(ctx, found)
	if found.bad > 0 {
		return status{exitPartly, nil}
	}
	return nil
}

// configured returns the sources of the configuration, and notes its file, if
// there is one.
func (i *opmlImport) configured() ([]config.Source, error) {
	path, err := i.findConfig()
	if err != nil {
		return nil, nil // a list may be the beginning of one
	}
	if isMissing(path) && filepath.Clean(path) == filepath.Clean(i.target) {
		return nil, nil // it is made
	}
	i.main = path
	c, _, err := i.loadBeside()
	return c.Sources, err
}

// withTarget returns the sources that count as known: with those of the file to
// add to, which may not be a part of the configuration, and without those of the
// file to replace.
func (i opmlImport) withTarget(have []config.Source) ([]config.Source, error) {
	if i.target == "-" || isMissing(i.target) || filepath.Clean(i.target) == filepath.Clean(i.main) {
		return have, nil
	}
	c, _, err := config.LoadBeside(i.target, i.env, expressions{}.check)
	if err != nil {
		if i.force {
			return have, nil // what cannot be read is replaced
		}
		return nil, err
	}
	if !i.force {
		return append(have, c.Sources...), nil
	}
	goes := newTaken(c.Sources)
	var stay []config.Source
	for _, s := range have {
		if !goes.urls[s.URL] {
			stay = append(stay, s)
		}
	}
	return stay, nil
}

// read reads the list from where it is.
func (i opmlImport) read(ctx context.Context) ([]config.Source, error) {
	if i.list == "-" {
		return config.ReadOPML(i.title(), i.in)
	}
	if isWeb(i.list) {
		conf, err := i.loadIfAny()
		if err != nil {
			return nil, err
		}
		client, err := newClient(conf, nil)
		if err != nil {
			return nil, err
		}
		defer client.Close()
		visit, err := client.Get(ctx, fetch.Request{URL: i.list, Access: fetch.Access{Allow: named(i.list)}})
		if err != nil {
			return nil, err
		}
		return config.ReadOPML(i.title(), bytes.NewReader(visit.Body))
	}
	f, err := os.Open(i.list)
	if err != nil {
		return nil, status{exitUsage, err}
	}
	defer f.Close()
	return config.ReadOPML(i.title(), f)
}

// title names the list for people.
func (i opmlImport) title() string {
	switch {
	case i.list == "-":
		return "standard input"
	case isWeb(i.list):
		return storage.Shown(i.list)
	}
	return i.list
}

// listName is the name of a list without its folder and ending, as a slug.
func listName(list string) string {
	if u, err := url.Parse(list); err == nil && isWeb(list) {
		list = cmp.Or(strings.Trim(u.Path, "/"), u.Hostname())
	}
	base := path.Base(filepath.ToSlash(list))
	words := strings.FieldsFunc(strings.ToLower(strings.TrimSuffix(base, path.Ext(base))), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return cmp.Or(strings.Join(words, "-"), "subscriptions")
}

func isWeb(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// write writes the file.
func (i opmlImport) write(text []byte) error {
	old, err := os.ReadFile(i.target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return err
	case i.add:
	case !i.force:
		return fmt.Errorf("%s is there already; --append adds to it what is new, --force replaces it", i.target)
	case filepath.Clean(i.target) == filepath.Clean(i.main):
		return status{exitUsage, errors.New("--force would replace the configuration itself; --append adds to it")}
	default:
		old = nil
	}
	if err := os.MkdirAll(filepath.Dir(i.target), 0o755); err != nil {
		return err
	}
	return i.put(joined(old, text))
}

// joined is a text after another, with an empty line between.
func joined(old, text []byte) []byte {
	switch {
	case len(old) == 0:
		return text
	case !bytes.HasSuffix(old, []byte("\n")):
		old = append(old, '\n')
	}
	return append(append(old, '\n'), text...)
}

// mode is who may read the file: who may read the configuration.
func (i opmlImport) mode() fs.FileMode {
	for _, file := range []string{i.target, i.main} {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return info.Mode().Perm()
		}
	}
	return 0o644
}

// put puts a text in the place of the target, as a whole and once it is certain
// that it can be read. The file keeps its owner where that can be done.
func (i opmlImport) put(text []byte) error {
	target := i.target
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".newsfeed-*.toml")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // of no effect once it is in its place
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(i.mode()), f.Sync(), f.Close()); err != nil {
		return err
	}
	if _, _, err := config.LoadBeside(f.Name(), i.env, expressions{}.check); err != nil {
		return fmt.Errorf("%s stays as it is: %w", i.target, err)
	}
	if info, err := os.Stat(target); err == nil {
		if was, ok := info.Sys().(*syscall.Stat_t); ok {
			_ = os.Chown(f.Name(), int(was.Uid), int(was.Gid))
		}
	}
	return os.Rename(f.Name(), target)
}

// report says what was done, and what is left to do.
func (i opmlImport) report(ctx context.Context, found choice) {
	for _, r := range found.remarks {
		i.note("newsfeed: %s\n", r)
	}
	to := ""
	if i.target != "-" && len(found.more) > 0 {
		to = " to " + i.target
	}
	i.note("%s new%s, %d configured already, %d left out\n", plural(len(found.more), "source"), to, found.known, found.bad)
	switch {
	case to == "":
	case !i.isIncluded(found.more):
		i.note("%s\n", i.includeLine())
	case i.isServed(ctx):
		i.note("the daemon does not follow them yet; let it read them: newsfeed reload\n")
	}
}

// isServed reports whether a daemon runs with the configuration.
func (i opmlImport) isServed(ctx context.Context) bool {
	remote, ok, err := i.daemon(ctx)
	if ok {
		_ = remote.close()
	}
	return ok || errors.As(err, new(forbidden))
}

// isIncluded reports whether the configuration has the sources now.
func (i opmlImport) isIncluded(sources []config.Source) bool {
	if i.main == "" {
		return filepath.Base(i.target) == "newsfeed.toml"
	}
	c, _, err := i.loadBeside()
	if err != nil {
		return false
	}
	has := newTaken(c.Sources)
	for _, s := range sources {
		if !has.ids[s.ID] {
			return false
		}
	}
	return true
}

// includeLine says what the configuration needs to read the file.
func (i opmlImport) includeLine() string {
	name := i.target
	if rel, err := filepath.Rel(filepath.Dir(i.main), i.target); err == nil && filepath.IsLocal(rel) {
		name = rel
	}
	if dir := filepath.Dir(name); dir != "." {
		name = filepath.Join(dir, "*.toml")
	}
	line := fmt.Sprintf("include = [%q]", name)
	if i.main == "" {
		return "there is no configuration yet that reads it; write newsfeed.toml with the line " + line
	}
	return fmt.Sprintf("%s does not read it yet; write above its first [table]: %s", i.main, line)
}

// choice is the sources of a list that a configuration lacks, and what was
// left out.
type choice struct {
	more       []config.Source
	remarks    []string // on what was left out for a fault
	known, bad int
	parts      []string // of the file: sources and comments in the order of the list
}

// choose picks from a list what is not there yet.
func choose(listed, have []config.Source) choice {
	var found choice
	taken := newTaken(have)
	for _, s := range listed {
		shown := printable(storage.Shown(s.URL))
		switch {
		case taken.urls[s.URL]:
			found.known++
			found.parts = append(found.parts, "# left out: "+shown+" is configured already\n")
		case !taken.add(&s):
			found.bad++
			found.remarks = append(found.remarks, "left out, not a web address: "+shown)
			found.parts = append(found.parts, "# left out: "+shown+" is not a web address\n")
		default:
			found.more = append(found.more, s)
			var b bytes.Buffer
			_ = config.WriteSources(&b, []config.Source{s}) // a buffer takes all
			found.parts = append(found.parts, b.String())
		}
	}
	return found
}

// text is a file with the chosen sources, as a person would write it.
func (f choice) text(list string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# From the subscription list %s.\n", printable(list))
	comment := true
	for n, part := range f.parts {
		wasComment := comment
		comment = strings.HasPrefix(part, "#")
		if n == 0 || !comment || !wasComment {
			b.WriteByte('\n')
		}
		b.WriteString(part)
	}
	return b.Bytes()
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
