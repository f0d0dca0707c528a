package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/aggregator"
	"newsfeed/aggregator/filter"
	"newsfeed/storage"
)

// filterRequest asks what filters would do to the stored entries: expressions
// by the id of their source, and views. The answer is JSON lines of
// filteredJSON.
type filterRequest struct {
	Where map[string]string `json:"where"`
	Views []storage.View    `json:"views"`
}

// filteredJSON is what filter test --json prints: a line for each source, after
// those of its entries that would change, and then for each view.
type filteredJSON struct {
	Source string `json:"source"`
	View   string `json:"view,omitempty"`
	Where  string `json:"where"`

	Entry     string `json:"entry,omitempty"` // id
	Title     string `json:"title,omitempty"`
	URL       string `json:"url,omitempty"`
	Published string `json:"published,omitempty"`
	Change    string `json:"change,omitempty"` // hidden or shown; failed: the filter cannot be evaluated

	Sums *filteredSums `json:"sums,omitempty"`
}

// filteredSums are those of a source, or of a view over all sources.
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
		Long: "Replays the stored entries against the filters of sources and the views that the configuration has now, and\n" +
			"shows what they would hide or show again. Nothing is changed.",
		Example: "  newsfeed filter test\n  newsfeed filter test --config new.toml --json",
		Args:    usage(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.testFilters(c.Context()) },
	}
	p.jsonFlag(test)
	c := &cobra.Command{
		Use:     "filter COMMAND [flags]",
		Short:   "Try the filters of the configuration",
		Example: "  newsfeed filter test",
		Args:    unknownCommand,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(test)
	return c
}

func (p *program) testFilters(ctx context.Context) error {
	config, err := p.aloud(p.loadBeside())
	if err != nil {
		return err
	}
	request := filterRequest{Where: map[string]string{}}
	for _, s := range config.Sources {
		request.Where[s.ID] = s.Where
	}
	for _, v := range config.Views {
		request.Views = append(request.Views, storage.View{Name: v.Name, Sources: v.Sources, Categories: v.Categories, Where: v.Where})
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
	sums := p.table("SOURCE OR VIEW", "ENTRIES", "HIDDEN NOW", "HIDDEN THEN", "OF THE LAST WEEK")
	changes := 0
	for lines := json.NewDecoder(bytes.NewReader(answer)); ; {
		var j filteredJSON
		if err := lines.Decode(&j); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		if j.Sums == nil {
			change := j.Change
			if j.View != "" {
				change += " in feeds/" + j.View
			}
			entries.row(j.Source, change, j.Published, j.Title)
			changes++
			continue
		}
		name := j.Source
		if j.View != "" {
			name = "feeds/" + j.View
		}
		sums.row(name, j.Sums.Entries, j.Sums.HiddenNow, j.Sums.HiddenThen, fmt.Sprintf("%d of %d", j.Sums.WeekHidden, j.Sums.Week))
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
	test, err := newFilterTest(request)
	if err != nil {
		fail(w, err)
		return
	}
	stored, err := a.store.Sources(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	test.out = json.NewEncoder(w)
	test.out.SetEscapeHTML(false)
	for _, s := range stored {
		if !s.Removed {
			err = errors.Join(err, a.replay(r.Context(), s, test))
		}
	}
	for _, v := range test.views {
		err = errors.Join(err, test.out.Encode(filteredJSON{View: v.Name, Where: v.Where, Sums: &v.sums}))
	}
	if err != nil {
		panic(http.ErrAbortHandler) // too late for another status
	}
}

// filterTest is what stored entries are replayed against.
type filterTest struct {
	filters map[string]*filter.Filter // by source
	views   []*testedView
	week    time.Time // that the last week began
	out     *json.Encoder
}

type testedView struct {
	aggregator.View
	sums filteredSums
}

func newFilterTest(request filterRequest) (filterTest, error) {
	test := filterTest{filters: map[string]*filter.Filter{}, week: time.Now().AddDate(0, 0, -7)}
	compiled := expressions{}
	compile := func(of, text string) (*filter.Filter, error) {
		f, err := compiled.compile(text)
		if err != nil {
			err = badRequest(of + ": " + err.Error())
		}
		return f, err
	}
	var err error
	for id, text := range request.Where {
		if test.filters[id], err = compile("source "+id, text); err != nil {
			return test, err
		}
	}
	for _, v := range request.Views {
		view := &testedView{View: aggregator.View{View: v}}
		if view.Filter, err = compile("view "+v.Name, v.Where); err != nil {
			return test, err
		}
		test.views = append(test.views, view)
	}
	return test, nil
}

// replay writes what a test would change of the entries of a source.
func (a api) replay(ctx context.Context, s storage.Source, test filterTest) error {
	sums := &filteredSums{}
	line := filteredJSON{Source: s.ID}
	f := test.filters[s.ID]
	if f != nil {
		line.Where = f.String()
	}
	q := storage.Query{Source: s.ID, Hidden: true, Limit: storage.MaxPage}
	for {
		page, err := a.store.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			if err := test.replay(e, line, sums); err != nil {
				return err
			}
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	if f == nil && sums.HiddenNow == 0 {
		return nil
	}
	line.Sums = sums
	return test.out.Encode(line)
}

// replay writes what would change of one entry.
func (t filterTest) replay(e storage.Entry, line filteredJSON, sums *filteredSums) error {
	line.Entry, line.Title, line.URL, line.Published = e.ID, e.Title, e.URL, rfc3339(e.Effective)
	meets := func(f *filter.Filter) (bool, error) {
		if f == nil {
			return true, nil
		}
		return f.Match(e)
	}
	shown, err := meets(t.filters[e.Source])
	shown = shown || err != nil // what cannot be judged is shown
	fresh := e.Effective.After(t.week)
	if line.Change = sums.count(e.Hidden == "", shown, fresh, err); line.Change != "" {
		if err := t.out.Encode(line); err != nil {
			return err
		}
	}
	for _, v := range t.views {
		was := slices.Contains(e.Views, v.Name)
		is, err := v.Selects(e)
		if !was && !is && err == nil {
			continue
		}
		line.View, line.Where = v.Name, v.Where
		if line.Change = v.sums.count(was, is, fresh, err); line.Change != "" {
			if err := t.out.Encode(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// count counts an entry, shown or not now and then, and returns what would
// change about it.
func (n *filteredSums) count(now, then, fresh bool, failed error) (change string) {
	n.Entries++
	if !now {
		n.HiddenNow++
	}
	if !then {
		n.HiddenThen++
	}
	if now && fresh {
		n.Week++
		if !then {
			n.WeekHidden++
		}
	}
	switch {
	case now && !then:
		return "hidden"
	case then && !now:
		return "shown"
	case failed != nil:
		return "failed"
	}
	return ""
}
