package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shownByTraces is how many items a source of a trace is taken to show.
const shownByTraces = 20

// readTraces returns a trial of the sources in trace files. Its first half is
// the warm-up. Polling begins after a tenth, lest all first documents should be
// empty, which those of real sources are not.
func readTraces(files []string) (*trial, error) {
	sources := map[string]*source{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = errors.Join(readTrace(sources, f), f.Close())
		if err != nil {
			return nil, fmt.Errorf("read trace %s: %w", name, err)
		}
	}
	t := &trial{start: math.Inf(1), end: math.Inf(-1)}
	for _, s := range sources {
		slices.Sort(s.items)
		t.start = min(t.start, s.items[0])
		t.end = max(t.end, s.items[len(s.items)-1])
		t.sources = append(t.sources, s)
	}
	slices.SortFunc(t.sources, func(a, b *source) int { return cmp.Compare(a.name, b.name) })
	t.from = (t.start + t.end) / 2
	t.start += (t.end - t.start) / 10
	return t, nil
}

// readTrace adds the items of a trace to its sources.
func readTrace(sources map[string]*source, r io.Reader) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, published, _ := strings.Cut(line, "\t")
		at, err := parseTime(published)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		s := sources[name]
		if s == nil {
			kind, _, named := strings.Cut(name, "/")
			if !named {
				kind = "trace"
			}
			s = &source{name: name, kind: kind, shown: shownByTraces}
			sources[name] = s
		}
		s.items = append(s.items, minuteOf(at))
	}
	return lines.Err()
}

// parseTime parses RFC 3339 or seconds since 1970.
func parseTime(s string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	return time.Parse(time.RFC3339, s)
}

// writeTrace writes what the sources of a trial publish from its start to its
// end.
func writeTrace(w io.Writer, t *trial) error {
	buffer := bufio.NewWriter(w)
	for _, s := range t.sources {
		for _, at := range s.items {
			if at >= t.start && at < t.end {
				fmt.Fprintf(buffer, "%s\t%s\n", s.name, timeOf(at).Format(time.RFC3339))
			}
		}
	}
	return buffer.Flush()
}
