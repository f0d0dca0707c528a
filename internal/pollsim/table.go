package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// table is what all policies came to at one budget.
type table struct {
	Budget  float64  `json:"budget"` // minutes between two polls of a source, on average
	Results []result `json:"results"`
	Bars    []bar    `json:"bars"`
}

// bar is a figure that has to lie within bounds. A budget for which no bounds
// were set has none.
type bar struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
	Passed bool    `json:"passed"`
}

// barBudget is the only budget that the bars are set for.
const barBudget = 60

// ratios are the figures of ours-online over those of others and what they may
// be at most. Recorded sources leave less to gain against aimd.
var ratios = []struct {
	figure string
	of     func(result) float64
	other  string
	most   float64
	traced float64 // most on traces
}{
	{"mean", meanDelay, "miniflux", 0.50, 0.50},
	{"mean", meanDelay, "fixed", 0.45, 0.45},
	{"mean", meanDelay, "sqrt-rate", 0.80, 0.80},
	{"mean", meanDelay, "aimd", 0.80, 0.92},
	{"mean", meanDelay, "oracle", 1.20, 0},
	{"p95", slowDelay, "miniflux", 0.50, 0.50},
	{"p95", slowDelay, "fixed", 0.80, 0.80},
}

func meanDelay(r result) float64 { return r.Mean }
func slowDelay(r result) float64 { return r.P95 }

// setBars measures the results against the bars that they are enough for.
func (t *table) setBars(traced bool) {
	byName := map[string]result{}
	for _, r := range t.Results {
		byName[r.Policy] = r
	}
	add := func(name string, value, least, most float64) {
		t.Bars = append(t.Bars, bar{name, value, least, most, value >= least && value <= most})
	}
	own, ok := byName["ours-online"]
	for _, r := range ratios {
		other, both := byName[r.other]
		if !ok || !both {
			continue
		}
		most := r.most
		if traced {
			most = r.traced
		}
		add(fmt.Sprintf("%s of ours-online / %s", r.figure, r.other), r.of(own)/r.of(other), 0, most)
	}
	for _, name := range []string{"ours-online", "ours-new"} {
		if r, ok := byName[name]; ok {
			add("budget used by "+name+" after its first day", r.Later, 0.95, 1.01)
		}
	}
}

// passed reports whether all bars were met, where they count.
func (t *table) passed() bool {
	return t.Budget != barBudget || !slices.ContainsFunc(t.Bars, func(b bar) bool { return !b.Passed })
}

// write writes the table as Markdown.
func (t *table) write(w io.Writer) {
	kinds := slices.Sorted(maps.Keys(t.Results[0].Kinds))
	fmt.Fprintf(w, "One poll a source every %g minutes; delays in minutes.\n\n", t.Budget)
	fmt.Fprint(w, "| policy | requests | day 1 | later | mean | p50 | p95 | over sources | wasted | missed |")
	for _, kind := range kinds {
		fmt.Fprintf(w, " %s |", kind)
	}
	fmt.Fprint(w, "\n|---|")
	for range 9 + len(kinds) {
		fmt.Fprint(w, "--:|")
	}
	fmt.Fprintln(w)
	for _, r := range t.Results {
		fmt.Fprintf(w, "| %s | %.1f%% | %.1f%% | %.1f%% | %.1f | %.1f | %.1f | %.1f | %.1f%% | %.2f%% |",
			r.Policy, 100*r.Requests, 100*r.FirstDay, 100*r.Later, r.Mean, r.P50, r.P95, r.Sources, 100*r.Wasted, 100*r.Missed)
		for _, kind := range kinds {
			fmt.Fprintf(w, " %.1f |", r.Kinds[kind])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	for _, b := range t.Bars {
		fmt.Fprintf(w, "- %s: %.3f", b.Name, b.Value)
		switch {
		case t.Budget != barBudget:
			fmt.Fprintln(w)
			continue
		case b.Least > 0:
			fmt.Fprintf(w, " (%.2f to %.2f): ", b.Least, b.Most)
		default:
			fmt.Fprintf(w, " (at most %.2f): ", b.Most)
		}
		if b.Passed {
			fmt.Fprintln(w, "pass")
		} else {
			fmt.Fprintln(w, "FAIL")
		}
	}
	fmt.Fprintln(w)
}
