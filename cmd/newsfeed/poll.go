package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator"
)

func (p *program) pollCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "poll [SOURCE...]",
		Short: "Poll the due sources, or the named ones, once",
		Long: "Polls the due sources, or those of the named ones that are due, once, and keeps what they bring.\n" +
			"With --force they need not be due; what a publisher asked for (Retry-After, 410) still holds.",
		Example:           "  newsfeed poll\n  newsfeed poll --force kyiv-independent",
		SuggestFor:        []string{"fetch", "update", "refresh", "sync"},
		ValidArgsFunction: p.ofSources,
		RunE: func(c *cobra.Command, args []string) error {
			return p.poll(c.Context(), pollRequest{Sources: args, Force: force})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "poll sources that are not due, too")
	p.jsonFlag(c)
	return c
}

// poll asks the running daemon, or polls in this process when none runs.
func (p *program) poll(ctx context.Context, request pollRequest) error {
	remote, ok, err := p.daemon(ctx)
	if err != nil {
		return err
	}
	if ok {
		return errors.Join(p.pollOver(ctx, remote, request), remote.close())
	}
	config, err := p.aloud(p.load())
	if err != nil {
		return err
	}
	log, err := p.logger()
	if err != nil {
		return err
	}
	store, err := openStore(config, writing, logTellers(log))
	if err != nil {
		return err
	}
	fetcher, err := newClient(config, nil)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	defer fetcher.Close()
	options, err := p.expressions.options(config, store, fetcher, log)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	options.Manual = true
	agg := aggregator.New(options)
	if err := agg.Configure(ctx); err != nil {
		return errors.Join(err, store.Close())
	}
	group, running := errgroup.WithContext(ctx)
	running, stop := context.WithCancel(running)
	group.Go(func() error { return agg.Run(running) })
	local := client{http: &http.Client{Transport: inProcess{api{store: store, aggregator: agg}.handler()}}}
	err = p.pollOver(ctx, local, request)
	select {
	case <-agg.Judged(): // filters that are new hold for what was stored, too
	case <-running.Done():
	}
	stop()
	return errors.Join(err, group.Wait(), store.Close())
}

// pollOver polls through the api and prints the results.
func (p *program) pollOver(ctx context.Context, c client, request pollRequest) error {
	body, err := c.post(ctx, "/api/poll", request)
	if err != nil {
		return err
	}
	defer body.Close()
	results, err := p.results(body)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("read results: %w", err)
	}
	if !p.json && !p.quiet {
		p.printResults(results)
	}
	count := map[aggregator.Outcome]int{}
	for _, r := range results {
		count[r.Outcome]++
	}
	if n := count[aggregator.Stopped]; n > 0 {
		return fmt.Errorf("%d of %s were not polled: %w", n, plural(len(results), "source"), aggregator.ErrStopped)
	}
	if n := count[aggregator.Failed]; n > 0 {
		return status{exitPartly, fmt.Errorf("%d of %s failed", n, plural(len(results), "source"))}
	}
	return nil
}

// results reads what the api tells, with a progress line on a terminal.
func (p *program) results(body io.Reader) ([]aggregator.Result, error) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	var accepted pollAccepted
	if !lines.Scan() {
		return nil, errors.Join(lines.Err(), io.ErrUnexpectedEOF)
	}
	if err := json.Unmarshal(lines.Bytes(), &accepted); err != nil {
		return nil, err
	}
	bar := p.progress(accepted.Total)
	defer bar.end()
	var results []aggregator.Result
	for lines.Scan() {
		var r aggregator.Result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, err
		}
		if p.json {
			fmt.Fprintf(p.out, "%s\n", lines.Bytes())
		}
		results = append(results, r)
		bar.step(len(results))
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(results) < accepted.Total {
		return results, fmt.Errorf("%d of %d came: %w", len(results), accepted.Total, io.ErrUnexpectedEOF)
	}
	return results, nil
}

func (p *program) printResults(results []aggregator.Result) {
	slices.SortFunc(results, func(a, b aggregator.Result) int {
		return strings.Compare(a.Source, b.Source)
	})
	t := p.table("SOURCE", "OUTCOME", "STATUS", "NEW", "UPDATED", "SIZE", "TIME", "NOTE")
	added, updated, skipped := 0, 0, 0
	for _, r := range results {
		added, updated = added+r.New, updated+r.Updated
		if r.Outcome == aggregator.Skipped {
			skipped++
		}
		t.row(r.Source, verdict(r.Outcome), blankZero(r.Status), r.New, r.Updated,
			humanize.IBytes(uint64(r.Bytes)), r.Elapsed.Round(time.Millisecond).String(), r.Error)
	}
	if len(results) > 0 {
		t.print()
	}
	more := ""
	if skipped > 0 {
		more = fmt.Sprintf("; %d skipped", skipped)
	}
	p.note("%s polled: %s new, %d updated%s\n", plural(len(results)-skipped, "source"), plural(added, "entry"), updated, more)
}
