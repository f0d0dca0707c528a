package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator/fetch"
	"newsfeed/config"
)

func (p *program) checkCommand() *cobra.Command {
	var network bool
	c := &cobra.Command{
		Use:     "check",
		Short:   "Check the configuration; with --network visit each source once",
		Example: "  newsfeed check\n  newsfeed check --network",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := p.load()
			if err != nil {
				return err
			}
			if _, err := sources(config); err != nil {
				return status{exitUsage, err}
			}
			p.note("configuration is good: %s, store %s\n", plural(len(config.Sources), "source"), config.Storage.Path)
			if !network {
				return nil
			}
			return p.checkSources(c.Context(), config)
		},
	}
	c.Flags().BoolVar(&network, "network", false, "visit each source once and say what it holds; nothing is stored")
	return c
}

// checkSources visits the enabled sources and prints what each holds.
func (p *program) checkSources(ctx context.Context, c config.Config) error {
	client, err := newClient(c)
	if err != nil {
		return err
	}
	defer client.Close()
	findings := make([]finding, len(c.Sources))
	failures := make([]error, len(c.Sources))
	var group errgroup.Group
	group.SetLimit(c.Poll.Workers)
	for i, s := range c.Sources {
		if !s.Enabled {
			continue
		}
		group.Go(func() error {
			visit, err := client.Get(ctx, fetch.Request{URL: s.URL})
			if err == nil {
				findings[i], err = inspectVisit(visit, time.Now())
			}
			failures[i] = err
			return nil
		})
	}
	_ = group.Wait() // its functions return nil
	t := p.table("SOURCE", "RESULT", "FORMAT", "ENTRIES", "TITLE", "NOTE")
	failed := 0
	for i, s := range c.Sources {
		f := findings[i]
		switch {
		case !s.Enabled:
			t.row(s.ID, "disabled", "", "", "", "")
		case failures[i] != nil:
			failed++
			t.row(s.ID, "failed", "", "", "", failures[i].Error())
		default:
			note := ""
			if len(f.warnings) > 0 {
				note = f.warnings[0]
			}
			t.row(s.ID, "ok", f.about.Format, len(f.entries), f.about.Title, note)
		}
	}
	t.print()
	if failed > 0 {
		return status{exitPartly, fmt.Errorf("%d of %s failed", failed, plural(len(c.Sources), "source"))}
	}
	return nil
}
