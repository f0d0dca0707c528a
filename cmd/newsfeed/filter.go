package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/filter"
	"newsfeed/storage"
)

// filterRequest asks what filters would do to the stored entries: expressions
// by the id of their source. The answer is JSON lines of filteredJSON.
type filterRequest struct {
	Where map[string]string `json:"where"`
}

// filteredJSON is what filter test --json prints: a line for each source, after
// those of its entries that would change.
type filteredJSON struct {
	Source string `json:"source"`
	Where  string `json:"where"`

	Entry     string `json:"entry,omitempty"` // id
	Title     string `json:"title,omitempty"`
	URL       string `json:"url,omitempty"`
	Published string `json:"published,omitempty"`
	Change    string `json:"change,omitempty"` // hidden, shown, or failed

	Sums *filteredSums `json:"sums,omitempty"`
}

// filteredSums are those of a source.
type filteredSums struct {
	Entries    int `json:"entries"`
	HiddenNow  int `json:"hidden_now"`
	HiddenThen int `json:"hidden_then"`
	Week       int `json:"week"`        // shown now, of the last week
	WeekHidden int `json:"week_hidden"` // of Week, hidden then
}

func (p *program) filterCommand() *cobra.Command {
	test := &cobra.Command{
		Use:   "test",
		Short: "Replay the stored entries against the filters of the configuration",
		Long: "Replays the stored entries of each source with a 'where', or that had one, against the filters that the\n" +
			"configuration has now, and shows what they would hide or show again. Nothing is changed.",
		Example: "  newsfeed filter test\n  newsfeed filter test --config new.toml --json",
		Args:    usage(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.testFilters(c.Context()) },
	}
	p.jsonFlag(test)
	c := &cobra.Command{Use: "filter", Short: "Try the filters of the configuration", Args: unknownCommand}
	c.AddCommand(test)
	return c
}

func (p *program) testFilters(ctx context.Context) error {
	config, err := p.loadAloud()
	if err != nil {
		return err
	}
	request := filterRequest{Where: map[string]string{}}
	for _, s := range config.Sources {
		request.Where[s.ID] = s.Where
	}
	if _, err := sources(config); err != nil {
		return status{exitUsage, err}
	}
	c, err := readers(ctx, config)
	if err != nil {
		return err
	}
	body, err := c.post(ctx, "/api/filter", request)
	if err != nil {
		return errors.Join(err, c.close())
	}
	answer, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close(), c.close()); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return p.printFiltered(answer)
}

func (p *program) printFiltered(answer []byte) error {
	if p.json {
		_, err := p.out.Write(answer)
		return err
	}
	entries := p.table("SOURCE", "CHANGE", "PUBLISHED", "TITLE")
	sums := p.table("SOURCE", "ENTRIES", "HIDDEN NOW", "HIDDEN THEN", "OF THE LAST WEEK")
	changes := 0
	for lines := json.NewDecoder(bytes.NewReader(answer)); ; {
		var j filteredJSON
		if err := lines.Decode(&j); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		if j.Sums == nil {
			entries.row(j.Source, j.Change, j.Published, j.Title)
			changes++
			continue
		}
		sums.row(j.Source, j.Sums.Entries, j.Sums.HiddenNow, j.Sums.HiddenThen, fmt.Sprintf("%d of %d", j.Sums.WeekHidden, j.Sums.Week))
	}
	if changes > 0 {
		entries.print()
		fmt.Fprintln(p.out)
	}
	sums.print()
	p.note("%s would change\n", plural(changes, "entry"))
	return nil
}

// filterTest answers what filters would do.
func (a api) filterTest(w http.ResponseWriter, r *http.Request) {
	var request filterRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<20)).Decode(&request); err != nil {
		fail(w, badRequest("read request: "+err.Error()))
		return
	}
	stored, err := a.store.Sources(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	filters := map[string]*filter.Filter{}
	for id, text := range request.Where {
		if text == "" {
			continue
		}
		if filters[id], err = filter.Compile(text); err != nil {
			fail(w, badRequest("source "+id+": "+err.Error()))
			return
		}
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, s := range stored {
		if s.Removed || filters[s.ID] == nil && s.Judged == "" {
			continue
		}
		if err := a.replay(r.Context(), s, filters[s.ID], lines); err != nil {
			panic(http.ErrAbortHandler) // too late for another status
		}
	}
}

// replay writes what a filter would do to the entries of a source; nil shows
// all.
func (a api) replay(ctx context.Context, s storage.Source, f *filter.Filter, lines *json.Encoder) error {
	sums := &filteredSums{}
	line := filteredJSON{Source: s.ID}
	if f != nil {
		line.Where = f.String()
	}
	week := time.Now().AddDate(0, 0, -7)
	q := storage.Query{Source: s.ID, Hidden: true, Limit: storage.MaxPage}
	for {
		page, err := a.store.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			if change := sums.count(e, f, week); change != "" {
				line := line
				line.Entry, line.Title, line.URL = e.ID, e.Title, e.URL
				line.Published, line.Change = rfc3339(e.Effective), change
				if err := lines.Encode(line); err != nil {
					return err
				}
			}
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	line.Sums = sums
	return lines.Encode(line)
}

// count counts an entry and returns what a filter would change about it.
func (n *filteredSums) count(e storage.Entry, f *filter.Filter, week time.Time) (change string) {
	hidden := false
	if f != nil {
		meets, err := f.Match(e)
		if hidden = err == nil && !meets; err != nil {
			change = "failed"
		}
	}
	n.Entries++
	fresh := e.Hidden == "" && e.Effective.After(week)
	if fresh {
		n.Week++
	}
	if e.Hidden != "" {
		n.HiddenNow++
	}
	if hidden {
		n.HiddenThen++
	}
	switch {
	case hidden && e.Hidden == "":
		if fresh {
			n.WeekHidden++
		}
		return "hidden"
	case !hidden && e.Hidden != "":
		return "shown"
	}
	return change
}
