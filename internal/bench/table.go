package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// bar is a figure that is measured: what it is, and what it must be.
type bar struct {
	row           string
	what          string
	unit          string  // empty: a ratio
	must, stretch float64 // 0: none
	least         bool    // the bars are the least that will do, not the most
}

// The bars of all rows, in the order of the table.
var bars = []bar{
	{row: "1", what: "cold poll: CPU of a source / gofeed alone", must: 1.7, stretch: 1.5},
	{row: "3", what: "entries lost or doubled", unit: "entries"},
	{row: "3 killed", what: "the same, with kill -9 on the way", unit: "entries"},
	{row: "4", what: "unchanged poll: CPU of a source / a bare HTTP client, connections kept", must: 1.6, stretch: 1.25},
	{row: "4 new", what: "the same, with a host for each source and most connections new", must: 1.6, stretch: 1.25},
	{row: "5", what: "2 items of a source new: CPU of a source / gofeed alone", must: 0.5, stretch: 0.2},
	{row: "6", what: "durable entries a second / bbolt alone, 3 KB values in batches of 1,000", must: 0.35, stretch: 0.6, least: true},
	{row: "7 p99", what: "one new entry while all sources are polled, from arrival to durable", unit: "ms", must: 1000},
	{row: "7 p50", what: "the same / a commit of one entry with bbolt alone", stretch: 2},
	{row: "8 plain", what: "serving 100 entries: requests of a CPU second / nginx", must: 0.50, stretch: 0.6, least: true},
	{row: "8 gzip", what: "the same, compressed", must: 0.40, stretch: 0.5, least: true},
	{row: "8 304", what: "the same, unchanged", must: 0.45, stretch: 0.6, least: true},
	{row: "9", what: "publishing a change: CPU / compressing the same bytes", must: 1.5, stretch: 1.2},
	{row: "10 peak", what: "anonymous memory, most in the cold poll, looked at each 100 ms", unit: "MB", must: 80, stretch: 48},
	{row: "10 idle", what: "anonymous memory, idle", unit: "MB", must: 30},
	{row: "10 more", what: "anonymous memory of one more source, idle", unit: "KB", must: 2},
	{row: "11 cold", what: "200 ms latency, 500 hosts: time / the greater of busiest host and CPU", must: 1.5, stretch: 1.2},
	{row: "11 304", what: "the same, unchanged", must: 1.5, stretch: 1.2},
	{row: "12", what: "bytes of the file / bytes that its entries say", must: 1, stretch: 0.75},
}

// table is what has been measured, by row.
type table struct {
	values map[string][]float64
	notes  []string // what the ratios are made of
}

func (t *table) add(row string, value float64) {
	if t.values == nil {
		t.values = map[string][]float64{}
	}
	t.values[row] = append(t.values[row], value)
}

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// print writes a line for each row that was measured: the median, the range, the
// bars, and whether they are met.
func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "%-9s%-73s %9s %-17s %7s %7s\n", "row", "what", "median", "(range)", "must", "stretch")
	for _, b := range bars {
		values := slices.Sorted(slices.Values(t.values[b.row]))
		if len(values) == 0 {
			continue
		}
		spread := fmt.Sprintf("(%s-%s)", figure(values[0]), figure(values[len(values)-1]))
		median := values[len(values)/2]
		line := fmt.Sprintf("%-9s%-73s %9s %-17s %7s %7s %-3s %s", b.row, b.what, figure(median), spread, limit(b.must), limit(b.stretch), b.unit, b.verdict(median))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	for _, n := range t.notes {
		fmt.Fprintln(w, n)
	}
}

// verdict says which of its bars a figure meets.
func (b bar) verdict(value float64) string {
	meets := func(limit float64) bool { return b.least && value >= limit || !b.least && value <= limit }
	switch {
	case b.stretch != 0 && meets(b.stretch):
		return "better than the stretch"
	case b.must == 0 && b.stretch != 0:
		return ""
	case meets(b.must):
		return "met"
	}
	return "MISSED"
}

// figure is a number with two digits after the point where it is small.
func figure(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func limit(v float64) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf("%g", v)
}
