// Pollsim compares ways to schedule polls: it plays publishers, synthetic or
// recorded, to each policy and prints how long items wait until they are
// polled. All policies make the same number of requests: each has one scalar,
// which is calibrated until it does.
//
//	go run ./internal/pollsim
//	go run ./internal/pollsim -budget 15,60,240 -seeds 4,5
//	go run ./internal/pollsim -write trace.tsv -seeds 1
//	go run ./internal/pollsim -traces trace.tsv -undated
//
// Under the table are the figures that the module's own policy has to reach;
// the exit status is 1 when it misses one.
//
// A trace is a text file with one item a line, SOURCE, a tab, and when it was
// published, as RFC 3339 or seconds since 1970. Lines may be in any order; empty
// ones and those that begin with # say nothing. What comes before the first slash
// of a source's name is its kind, for the columns of the table. The first half
// of the time is the warm-up; polling begins after a tenth.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// options are the command's flags.
type options struct {
	seeds        []uint64
	sources      int
	warmup, days float64
	budgets      []float64
	policies     []string // all when empty
	traces       []string // instead of seeds
	undated      bool
	write        string
	json         bool
	report       bool
}

var errBars = errors.New("a bar was missed")

func main() {
	o := options{seeds: []uint64{1, 2, 3}, budgets: []float64{barBudget}}
	list(&o.seeds, "seeds", "seeds of the synthetic publishers", func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	flag.IntVar(&o.sources, "sources", 300, "sources a seed")
	flag.Float64Var(&o.warmup, "warmup", 14, "days before the measured time")
	flag.Float64Var(&o.days, "days", 28, "days of the measured time")
	list(&o.budgets, "budget", "minutes between two polls of a source on average; each has a table", func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	list(&o.policies, "policies", "policies to compare (default all)", knownPolicy)
	list(&o.traces, "traces", "trace files to play instead of synthetic publishers", func(s string) (string, error) { return s, nil })
	flag.BoolVar(&o.undated, "undated", false, "hide the publication dates from the policies")
	flag.StringVar(&o.write, "write", "", "write what the publishers of the first seed publish as a trace to this `file`, and stop")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.BoolVar(&o.report, "report", false, "exit with 0 though a bar is missed")
	quick := flag.Bool("quick", false, "1 seed, 100 sources, 7 days of warm-up and 7 measured")
	flag.Parse()
	if *quick {
		o.seeds, o.sources, o.warmup, o.days = o.seeds[:1], 100, 7, 7
	}
	err := run(o, os.Stdout)
	if err != nil && !(o.report && errors.Is(err, errBars)) {
		fmt.Fprintln(os.Stderr, "pollsim:", err)
		os.Exit(1)
	}
}

// list defines a flag that is a list with commas, in place of what is in to.
func list[T any](to *[]T, name, usage string, parse func(string) (T, error)) {
	flag.Func(name, usage, func(s string) error {
		*to = nil
		for word := range strings.SplitSeq(s, ",") {
			x, err := parse(word)
			if err != nil {
				return err
			}
			*to = append(*to, x)
		}
		return nil
	})
}

func knownPolicy(name string) (string, error) {
	if !slices.ContainsFunc(policies, func(p policy) bool { return p.name == name }) {
		return "", errors.New("no policy is named so")
	}
	return name, nil
}

// run prints a table for each budget. It returns errBars when a bar is missed.
func run(o options, w io.Writer) error {
	trials, err := o.trials()
	if err != nil {
		return err
	}
	if o.write != "" {
		return writeFile(o.write, trials[0])
	}
	tables := make([]table, len(o.budgets))
	missed := false
	for i, budget := range o.budgets {
		t := &tables[i]
		t.Budget = budget
		if t.Results, err = compare(o.compared(), trials, budget); err != nil {
			return err
		}
		t.setBars(len(o.traces) > 0)
		missed = missed || !t.passed()
		if !o.json {
			t.write(w)
		}
	}
	if o.json {
		err = json.NewEncoder(w).Encode(tables)
	}
	if missed {
		err = errors.Join(err, errBars)
	}
	return err
}

// trials returns what the policies are to be tried on.
func (o options) trials() ([]*trial, error) {
	var trials []*trial
	if len(o.traces) > 0 {
		t, err := readTraces(o.traces)
		if err != nil {
			return nil, err
		}
		trials = append(trials, t)
	} else {
		for _, seed := range o.seeds {
			trials = append(trials, synthetic(seed, o.sources, o.warmup, o.days))
		}
	}
	for _, t := range trials {
		t.undated = o.undated
		if len(t.sources) == 0 || t.end-t.from <= day {
			return nil, errors.New("the measured time has to be longer than a day, with a source at least")
		}
	}
	return trials, nil
}

// compared returns the policies asked for. Nobody knows the processes behind
// traces.
func (o options) compared() []policy {
	return slices.DeleteFunc(slices.Clone(policies), func(p policy) bool {
		unasked := len(o.policies) > 0 && !slices.Contains(o.policies, p.name)
		return unasked || p.name == "oracle" && len(o.traces) > 0
	})
}

func writeFile(name string, t *trial) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(writeTrace(f, t), f.Close())
}
