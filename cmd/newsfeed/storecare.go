package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"newsfeed/config"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

func (p *program) storeBackupCommand() *cobra.Command {
	rate := config.Size(64 << 20)
	var force bool
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the store to FILE, also while the daemon runs",
		Long: "Copies the store, as it is at one moment, to FILE, or to standard output for -. The daemon goes on meanwhile.\n" +
			"FILE is there once the copy is complete, synced to disk, and was opened as a store. What receives the copy at much\n" +
			"less than the rate is cut off, for the store cannot use its free space again until it has it all.",
		Example:           "  newsfeed store backup /backup/newsfeed.db\n  newsfeed store backup --rate 5MiB - | ssh host 'cat >newsfeed.db'",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: ofAnyFile(),
		RunE: func(c *cobra.Command, args []string) error {
			if rate < 1 {
				return status{exitUsage, errors.New("--rate must be at least 1 byte a second")}
			}
			return p.backup(c.Context(), args[0], rate, force)
		},
	}
	c.Flags().TextVar(&rate, "rate", rate, "at most so many bytes a `SECOND`")
	c.Flags().BoolVar(&force, "force", false, "replace FILE if it is there")
	completeFlag(c, "rate", of("5MiB", "64MiB", "1GiB"))
	return c
}

func (p *program) backup(ctx context.Context, file string, rate config.Size, force bool) (err error) {
	if file == "-" && isTerminal(p.out) {
		return status{exitUsage, errors.New("standard output is a terminal; name a file")}
	}
	c, err := p.readers(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	fill := func(w io.Writer) error {
		body, err := c.get(ctx, "/api/store/backup", url.Values{"rate": {strconv.FormatInt(int64(rate), 10)}})
		if err != nil {
			return err
		}
		defer body.Close()
		_, err = io.Copy(w, body)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the copy broke off; where it goes to a slow disk or network, choose a lower --rate")
		}
		return err
	}
	if file == "-" {
		return fill(p.out)
	}
	stats, err := bolt.Save(ctx, file, force, fill)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; --force replaces it", err)
	}
	if err != nil {
		return err
	}
	p.note("%s copied to %s, %s\n", contents(stats), file, humanize.IBytes(uint64(stats.Bytes)))
	return nil
}

// contents says in brief what is in a store.
func contents(s storage.Stats) string {
	return fmt.Sprintf("%s of %s", plural(s.Entries, "entry"), plural(s.Sources, "source"))
}

func (p *program) storeRestoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put the backup FILE in the place of the store",
		Long: "Checks the backup FILE and puts a copy of it in the place of the store. What was there before is kept beside it\n" +
			"under another name. The daemon must not run.",
		Example:           "  newsfeed store restore /backup/newsfeed.db",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: ofAnyFile(),
		RunE: func(c *cobra.Command, args []string) error {
			conf, err := p.alone(c.Context(), "store restore")
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(conf.Storage.Path), 0o700); err != nil {
				return fmt.Errorf("make folder of the store: %w", err)
			}
			kept, stats, err := bolt.Restore(c.Context(), args[0], conf.Storage.Path)
			if err != nil {
				return err
			}
			p.note("%s restored to %s\n", contents(stats), conf.Storage.Path)
			if kept != "" {
				p.note("what was there before is at %s\n", kept)
			}
			return nil
		},
	}
}

func (p *program) storeCompactCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "compact",
		Short: "Give the free space of the store back to the disk",
		Long: "Copies the store without its free space, checks the copy and puts it in the place of the store. The daemon must not\n" +
			"run, and the disk needs room for the copy. It is seldom worth it: the daemon uses free space again.",
		Example: "  newsfeed store compact",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := p.alone(c.Context(), "store compact")
			if err != nil {
				return err
			}
			before, after, err := bolt.Compact(c.Context(), conf.Storage.Path)
			if errors.Is(err, fs.ErrNotExist) {
				err = fmt.Errorf("%w at %s", errNoStore, conf.Storage.Path)
			}
			if err != nil {
				return err
			}
			p.note("%s compacted from %s to %s\n", conf.Storage.Path, humanize.IBytes(uint64(before)), humanize.IBytes(uint64(after)))
			return nil
		},
	}
}

func (p *program) storeSalvageCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "salvage FILE",
		Short: "Save what can be read of a damaged store into the new store FILE",
		Long: "Reads all that can be read of a damaged store into a new one at FILE, and says what is lost. The damaged store stays\n" +
			"as it is; 'newsfeed store restore FILE' then puts the new one in its place. The daemon must not run.",
		Example:           "  newsfeed store salvage saved.db\n  newsfeed store restore saved.db",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: ofAnyFile(),
		RunE: func(c *cobra.Command, args []string) error {
			conf, err := p.alone(c.Context(), "store salvage")
			if err != nil {
				return err
			}
			saved, err := bolt.Salvage(c.Context(), conf.Storage.Path, args[0])
			if errors.Is(err, fs.ErrNotExist) && isMissing(conf.Storage.Path) {
				err = fmt.Errorf("%w at %s", errNoStore, conf.Storage.Path)
			}
			if err != nil {
				return err
			}
			p.note("%s saved to %s; %s\n", contents(saved.Stats), args[0], losses(saved))
			if saved.Lost() {
				return status{exitPartly, nil}
			}
			return nil
		},
	}
}

// losses says what of a store could not be saved.
func losses(s bolt.Salvaged) string {
	if !s.Lost() {
		return "nothing is lost"
	}
	entries := "how many there were cannot be read"
	if s.Expected >= 0 {
		entries = fmt.Sprintf("%d are lost of %d", max(0, s.Expected-s.Entries), s.Expected)
	}
	return fmt.Sprintf("%s; %s of pages, %s that cannot be read", entries, plural(s.Faults, "fault"), plural(s.Rows, "row"))
}

// alone returns the configuration for a command that needs the store for itself.
func (p *program) alone(ctx context.Context, command string) (config.Config, error) {
	conf, _, err := p.loadBeside()
	if err != nil {
		return conf, err
	}
	c, ok, err := connect(ctx, conf)
	switch {
	case err != nil:
		return conf, err
	case ok:
		return conf, errors.Join(fmt.Errorf("the daemon holds the store; stop it before 'newsfeed %s'", command), c.close())
	}
	store, err := os.Open(conf.Storage.Path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return conf, forbidden{fmt.Errorf("open store: %w", err)}
	case err == nil:
		_ = store.Close()
	}
	return conf, nil
}
