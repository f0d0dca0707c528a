package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/parse"
	"newsfeed/config"
)

func (p *program) checkCommand() *cobra.Command {
	var network bool
	c := &cobra.Command{
		Use:        "check",
		Short:      "Check the configuration; with --network visit each source once",
		Example:    "  newsfeed check\n  newsfeed check --network",
		SuggestFor: []string{"validate", "test", "config", "lint"},
		Args:       usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := p.loadAloud()
			if err != nil {
				return err
			}
			if err := checkExpressions(config); err != nil {
				return err
			}
			p.note("configuration is good: %s, store %s\n", plural(len(config.Sources), "source"), config.Storage.Path)
			if !network {
				return nil
			}
			return p.checkSources(c.Context(), config)
		},
	}
	p.jsonFlag(c)
	c.Flags().BoolVar(&network, "network", false, "visit each source once and say what it holds; nothing is stored")
	return c
}

// checkedJSON is a source as check --network --json prints it, on one line.
type checkedJSON struct {
	Source   string   `json:"source"`
	Result   string   `json:"result"` // ok, failed or disabled
	Format   string   `json:"format"`
	Entries  int      `json:"entries"`
	Title    string   `json:"title"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// checkSources visits the enabled sources and prints what each holds.
func (p *program) checkSources(ctx context.Context, c config.Config) error {
	client, err := newClient(c)
	if err != nil {
		return err
	}
	defer client.Close()
	checked := make([]checkedJSON, len(c.Sources))
	var group errgroup.Group
	group.SetLimit(c.Poll.Workers)
	for i, s := range c.Sources {
		checked[i] = checkedJSON{Source: s.ID, Result: "disabled", Warnings: []string{}}
		if s.Enabled {
			group.Go(func() error { checked[i].visit(ctx, client, s); return nil })
		}
	}
	_ = group.Wait() // its functions return nil
	if ctx.Err() != nil {
		return ctx.Err()
	}
	failed := 0
	t := p.table("SOURCE", "RESULT", "FORMAT", "ENTRIES", "TITLE", "NOTE")
	lines := json.NewEncoder(p.out)
	for _, j := range checked {
		if j.Result == "failed" {
			failed++
		}
		if p.json {
			if err := lines.Encode(j); err != nil {
				return err
			}
			continue
		}
		t.row(j.Source, verdict(j.Result), j.Format, blankZero(j.Entries), j.Title, strings.Join(append(j.Warnings, j.Error), " "))
	}
	if !p.json {
		t.print()
	}
	if failed > 0 {
		return status{exitPartly, fmt.Errorf("%d of %s failed", failed, plural(len(c.Sources), "source"))}
	}
	return nil
}

// visit asks the source and takes down what it holds.
func (j *checkedJSON) visit(ctx context.Context, client *fetch.Client, s config.Source) {
	visit, err := client.Get(ctx, fetch.Request{URL: s.URL, Access: access(s)})
	var f finding
	if err == nil {
		f, err = inspectVisit(visit, parse.Options{Format: parse.Format(s.Format), Select: parse.Select(s.Select)}, time.Now())
	}
	if err != nil {
		j.Result, j.Error = "failed", err.Error()
		return
	}
	j.Result, j.Format, j.Title, j.Entries = "ok", f.about.Format, f.about.Title, len(f.entries)
	j.Warnings = append(j.Warnings, f.warnings...)
}
