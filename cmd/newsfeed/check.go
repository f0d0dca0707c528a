package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
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
			if network {
				config, err := p.aloud(p.load())
				if err != nil {
					return err
				}
				p.noteGood(config)
				return p.checkSources(c.Context(), config)
			}
			return p.checkFile()
		},
	}
	p.jsonFlag(c)
	c.Flags().BoolVar(&network, "network", false, "visit each source once and say what it holds; nothing is stored")
	return c
}

// checkJSON is a configuration as check --json prints it, on one line.
type checkJSON struct {
	File     string        `json:"file"`
	Sources  int           `json:"sources"`
	Enabled  int           `json:"enabled"` // of the sources
	Views    int           `json:"views"`
	Store    string        `json:"store"`
	Warnings []string      `json:"warnings"`
	Problems []problemJSON `json:"problems"`
}

// problemJSON is one thing that is wrong with a configuration.
type problemJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1; 0: nowhere in the file
	Column  int    `json:"column"` // in bytes, from 1
	Key     string `json:"key"`
	Message string `json:"message"`
}

// checkFile says what is good about the configuration, and what is not.
func (p *program) checkFile() error {
	if !p.json {
		c, err := p.aloud(p.loadBeside())
		if err == nil {
			p.noteGood(c)
		}
		return err
	}
	path, err := p.findConfig()
	if err != nil {
		return err
	}
	c, warnings, err := p.loadBeside()
	j := checkJSON{
		File: path, Sources: len(c.Sources), Enabled: enabled(c), Views: len(c.Views), Store: c.Storage.Path,
		Warnings: append([]string{}, warnings...), Problems: []problemJSON{},
	}
	var bad *config.Error
	if errors.As(err, &bad) {
		for _, found := range bad.Problems {
			j.Problems = append(j.Problems, problemJSON(found))
		}
	}
	lines := json.NewEncoder(p.out)
	lines.SetEscapeHTML(false)
	return errors.Join(err, lines.Encode(j))
}

// noteGood says what a good configuration has.
func (p *program) noteGood(c config.Config) {
	more := ""
	if n := len(c.Sources) - enabled(c); n > 0 {
		more = fmt.Sprintf(" (%d disabled)", n)
	}
	if n := len(c.Views); n > 0 {
		more += ", " + plural(n, "view")
	}
	p.note("configuration is good: %s%s, store %s\n", plural(len(c.Sources), "source"), more, c.Storage.Path)
}

// enabled counts the sources that are polled.
func enabled(c config.Config) int {
	n := 0
	for _, s := range c.Sources {
		if s.Enabled {
			n++
		}
	}
	return n
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
	client, err := newClient(c, nil)
	if err != nil {
		return err
	}
	defer client.Close()
	checked := make([]checkedJSON, len(c.Sources))
	var group errgroup.Group
	group.SetLimit(c.Poll.Workers)
	bar := p.progress(enabled(c))
	visited := 0
	var mu sync.Mutex // guards bar and visited
	for i, s := range c.Sources {
		checked[i] = checkedJSON{Source: s.ID, Result: "disabled", Warnings: []string{}}
		if !s.Enabled {
			continue
		}
		group.Go(func() error {
			checked[i].visit(ctx, client, s)
			mu.Lock()
			defer mu.Unlock()
			visited++
			bar.step(visited)
			return nil
		})
	}
	_ = group.Wait() // its functions return nil
	bar.end()
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
