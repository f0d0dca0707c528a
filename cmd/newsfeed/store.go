package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"newsfeed/storage/bolt"
)

func (p *program) storeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:        "store COMMAND [flags]",
		Short:      "Check, measure, back up, restore, compact or salvage the store",
		Example:    "  newsfeed store verify\n  newsfeed store backup /backup/newsfeed.db",
		SuggestFor: []string{"backup", "restore", "db", "database", "vacuum"},
		Args:       unknownCommand,
		RunE:       func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		p.storeVerifyCommand(), p.storeStatsCommand(), p.storeBackupCommand(), p.storeRestoreCommand(), p.storeCompactCommand(), p.storeSalvageCommand(),
	)
	return c
}

func (p *program) storeVerifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Check the store, or the backup FILE",
		Long: "Checks the store from its pages to what its indexes say of each other, and prints what is wrong, one line each.\n" +
			"It works while the daemon runs, and does not stop it. FILE is a backup to check instead.",
		Example:           "  newsfeed store verify\n  newsfeed store verify /backup/newsfeed.db",
		Args:              usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: ofAnyFile(),
		RunE: func(c *cobra.Command, args []string) error {
			answer, err := p.verify(c, args)
			if err != nil {
				return err
			}
			if p.json {
				if err := json.NewEncoder(p.out).Encode(answer); err != nil {
					return err
				}
			} else {
				p.printVerification(answer)
			}
			switch {
			case answer.Error != "":
				return fmt.Errorf("the check broke off: %s", answer.Error)
			case answer.Found == 0:
				return nil
			}
			return damaged{fmt.Sprintf("the store is damaged: %s", plural(answer.Found, "fault"))}
		},
	}
	p.jsonFlag(c)
	return c
}

// damaged is the error that a store was found damaged.
type damaged struct{ message string }

func (e damaged) Error() string        { return e.message }
func (e damaged) Is(target error) bool { return target == bolt.ErrDamaged }

func (p *program) verify(c *cobra.Command, args []string) (answer verificationJSON, err error) {
	if len(args) == 0 {
		b, err := p.ask(c.Context(), "/api/store/verify", nil)
		if err == nil {
			err = json.Unmarshal(b, &answer)
		}
		return answer, err
	}
	s, err := bolt.Open(args[0], bolt.Options{ReadOnly: true})
	if err != nil {
		return answer, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return newVerification(c.Context(), s, s), nil
}

func (p *program) printVerification(v verificationJSON) {
	for _, fault := range v.Faults {
		fmt.Fprintln(p.out, printable(fault))
	}
	if more := v.Found - len(v.Faults); more > 0 {
		fmt.Fprintf(p.out, "and %d more\n", more)
	}
	if v.Found == 0 && v.Error == "" {
		fmt.Fprintf(p.out, "ok: %s in %s of %s, %s\n", plural(v.Entries, "entry"), plural(v.Stories, "story"), plural(v.Sources, "source"), humanize.IBytes(uint64(v.Bytes)))
	}
}

func (p *program) storeStatsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "stats",
		Short:   "Say what takes up the space of the store",
		Long:    "Lists the buckets of the store: keys, bytes in use, bytes for each stored entry, bytes of pages, and how many pages\nare read for one key. It reads the whole store, also while the daemon runs.",
		Example: "  newsfeed store stats\n  newsfeed store stats --json",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			answer, err := p.ask(c.Context(), "/api/store/stats", nil)
			if err != nil {
				return err
			}
			var f figuresJSON
			if err := json.Unmarshal(answer, &f); err != nil {
				return fmt.Errorf("read figures: %w", err)
			}
			switch {
			case f.Error != "":
				return errors.New(f.Error)
			case p.json:
				_, err := p.out.Write(answer)
				return err
			}
			p.printFigures(f)
			return nil
		},
	}
	p.jsonFlag(c)
	return c
}

func (p *program) printFigures(f figuresJSON) {
	t := p.table("BUCKET", "KEYS", "BYTES", "AN ENTRY", "PAGES", "DEPTH")
	sum := bucketJSON{Name: "all"}
	for _, b := range f.Buckets {
		t.row(b.Name, b.Keys, b.Bytes, perEntry(b.Bytes, f.Entries), b.Pages, b.Depth)
		sum.Keys, sum.Bytes, sum.Pages = sum.Keys+b.Keys, sum.Bytes+b.Bytes, sum.Pages+b.Pages
	}
	t.row(sum.Name, sum.Keys, sum.Bytes, perEntry(sum.Bytes, f.Entries), sum.Pages, "")
	t.print()
	fmt.Fprintf(p.out, "file of %d bytes, %d of them free; schema %d; %s, %s, %s\n",
		f.File, f.Free, f.Schema, plural(f.Entries, "entry"), plural(f.Stories, "story"), plural(f.Sources, "source"))
}

func perEntry(bytes int64, entries int) string {
	if entries == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(bytes)/float64(entries))
}
