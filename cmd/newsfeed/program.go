package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"newsfeed/config"
	"newsfeed/storage/bolt"
)

// The exit statuses of the program.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or configuration
	exitPartly = 3 // some sources failed
)

// status is an error that chooses the exit status.
type status struct {
	code int
	err  error // nil: all has been said
}

func (s status) Error() string {
	if s.err == nil {
		return ""
	}
	return s.err.Error()
}

func (s status) Unwrap() error { return s.err }

// program is one run of the command: what it reads and writes, and its common
// flags.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	environ  []string // all variables, as os.Environ gives them

	configPath string
	logLevel   string
	logFormat  string
	json       bool
	quiet      bool

	expressions expressions // of the configuration that was read last

	journalSocket string // empty: systemd's
}

// run runs the command that args name and returns the exit status. SIGINT and
// SIGTERM end it in order; a second one ends it at once.
func (p *program) run(ctx context.Context, args []string) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := p.command()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code := exitCode(err)
	if code == exitFailed && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if message := remedy(err); message != "" {
		for line := range strings.Lines(message) {
			fmt.Fprintln(p.err, "newsfeed: "+printable(strings.TrimSuffix(line, "\n")))
		}
	}
	return code
}

// exitCode returns the exit status that an error is.
func exitCode(err error) int {
	var s status
	var bad *config.Error
	switch {
	case errors.As(err, &s):
		return s.code
	case errors.As(err, &bad):
		return exitUsage
	}
	return exitFailed
}

// command builds the tree of commands.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:           "newsfeed COMMAND [flags]",
		Short:         "One merged News Feed of many sources",
		Long:          "newsfeed polls RSS, Atom and JSON feeds, keeps their entries in one file,\nand publishes one merged News Feed as RSS, Atom and JSON Feed.",
		Example:       "  newsfeed demo\n  newsfeed check\n  newsfeed serve",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          unknownCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetUsageFunc(printUsage)
	root.SetFlagErrorFunc(wrongFlag)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(p.helpCommand())
	f := root.PersistentFlags()
	f.StringVarP(&p.configPath, "config", "c", "", "configuration `FILE` (default $NEWSFEED_CONFIG, ./newsfeed.toml, /etc/newsfeed/newsfeed.toml)")
	f.StringVar(&p.logLevel, "log-level", "info", "log what is of this `LEVEL` or above: debug, info, warn or error")
	f.StringVar(&p.logFormat, "log-format", "", "log in this `FORMAT`: text, json or journal (default journal under systemd, else text)")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "print errors and data only")
	p.completeCommon(root)
	root.AddGroup(groups...)
	root.AddCommand(inGroup("run", p.serveCommand(), p.reloadCommand(), p.pollCommand(), p.demoCommand())...)
	root.AddCommand(inGroup("look", p.sourcesCommand(), p.entriesCommand(), p.whyCommand(), p.eventsCommand(), p.renderCommand())...)
	root.AddCommand(inGroup("configure", p.checkCommand(), p.discoverCommand(), p.previewCommand(), p.filterCommand(), p.opmlCommand())...)
	root.AddCommand(inGroup("keep", p.storeCommand())...)
	root.AddCommand(inGroup("setup", p.completionCommand(), p.manCommand(), p.versionCommand())...)
	return root
}

// jsonFlag adds --json to a command that prints data.
func (p *program) jsonFlag(c *cobra.Command) {
	c.Flags().BoolVar(&p.json, "json", false, "print JSON")
}

// load finds and reads the configuration.
func (p *program) load() (config.Config, []string, error) {
	return p.loadBy(config.LoadWith)
}

// loadBeside is load for a command that needs no secrets, which the service may
// have for itself.
func (p *program) loadBeside() (config.Config, []string, error) {
	return p.loadBy(config.LoadBeside)
}

// loader is config.LoadWith or one like it.
type loader func(path string, getenv func(string) string, expression func(string) error) (config.Config, []string, error)

func (p *program) loadBy(load loader) (config.Config, []string, error) {
	path, err := p.findConfig()
	if err != nil {
		return config.Config{}, nil, err
	}
	if p.expressions == nil {
		p.expressions = expressions{}
	}
	clear(p.expressions)
	c, warnings, err := load(path, p.env, p.expressions.check)
	if err != nil {
		return c, nil, err
	}
	return c, append(warnings, config.UnknownVariables(p.environ, "NEWSFEED_CONFIG")...), nil
}

// aloud prints the warnings of what it is given of a configuration.
func (p *program) aloud(c config.Config, warnings []string, err error) (config.Config, error) {
	for _, w := range warnings {
		p.note("newsfeed: warning: %s\n", printable(w))
	}
	return c, err
}

func (p *program) findConfig() (string, error) {
	if p.configPath != "" {
		return p.configPath, nil
	}
	if path := p.env("NEWSFEED_CONFIG"); path != "" {
		return path, nil
	}
	places := []string{"newsfeed.toml", "/etc/newsfeed/newsfeed.toml"}
	for _, path := range places {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", status{exitUsage, fmt.Errorf("no configuration: neither --config nor $NEWSFEED_CONFIG is set, and there is no %s; begin with a copy of config.example.toml, or try 'newsfeed demo'",
		strings.Join(places, " and no "))}
}

// note prints what is not the command's data.
func (p *program) note(format string, args ...any) {
	if !p.quiet {
		fmt.Fprintf(p.err, format, args...)
	}
}

// remedy is an error as a message that says what to do.
func remedy(err error) string {
	switch {
	case errors.Is(err, bolt.ErrLocked):
		return err.Error() + "; stop that process, or check server.admin_listen if it is the daemon"
	case errors.Is(err, bolt.ErrDamaged):
		return err.Error() + "; it is left as it is: 'newsfeed store restore FILE' puts a backup in its place, 'newsfeed store salvage FILE' saves what can be read"
	case errors.Is(err, bolt.ErrOlder):
		return err.Error() + "; 'newsfeed serve' or 'newsfeed poll' brings it up to date, and keeps a copy"
	case errors.Is(err, bolt.ErrNewer):
		return err.Error() + "; run the version that wrote it, or restore an older backup"
	case errors.As(err, new(unwritable)):
		return err.Error() + "; make the store's file and folder writable, or name another in storage.path"
	case errors.As(err, new(forbidden)):
		return err.Error() + "; run the command as root, such as with sudo, or as the user of the daemon"
	case errors.Is(err, errNoStore):
		return err.Error() + "; 'newsfeed serve' or 'newsfeed poll' makes it"
	}
	return err.Error()
}
