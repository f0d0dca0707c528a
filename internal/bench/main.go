// Bench measures the daemon with thousands of sources at once, each figure beside
// the bare limit of its stage in the same run, and prints one table of ratios:
// polls beside gofeed, a bare client, bbolt and the busiest host, serving beside
// nginx, publishing beside compression, memory, disk, and what was lost.
//
//	go run ./internal/bench -origin ../shared/tools/origin
//
// The sources are those of a simulator of feeds that does not come with this
// project: a program that serves them on loopback as its flags -n, -hosts, -port,
// -items, -body, -latency and -jitter say, lists them at /ctl/sources?format=json
// and all their items at /ctl/truth, and publishes more at POST /ctl/advance. It
// needs Linux, and for the rows of serving and publishing what their own commands
// need: internal/servebench, and the benchmark Republish.
//
// Processor time is the figure to trust where other programs run. What it says of
// a limit was measured right after the figure beside it; with -rounds the table
// has the median of the ratios, and their range.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// options are what a run is asked for.
type options struct {
	origin  string // folder of the simulator's program
	sources int
	rounds  int
	rows    []string // names of the groups to measure; none: all
	profile string   // file for a profile of the first cold poll; empty: none
}

// bench is one run: its folder, the programs it has built, and what it found.
type bench struct {
	options
	dir   string
	table table
}

func main() {
	var o options
	flag.StringVar(&o.origin, "origin", "", "folder of the simulator's program")
	flag.IntVar(&o.sources, "sources", 2000, "sources to poll")
	flag.IntVar(&o.rounds, "rounds", 5, "how often the polls are measured")
	flag.StringVar(&o.profile, "profile", "", "file for a profile of the processor in the first cold poll")
	rows := flag.String("rows", "", "what to measure, of "+strings.Join(names(), ",")+"; empty: all")
	flag.Parse()
	if *rows != "" {
		o.rows = strings.Split(*rows, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// group is what is measured together.
type group struct {
	name    string
	measure func(*bench, context.Context, *origin) error
	hosts   int      // of the simulator; 0: it is not needed
	further int      // sources more than those asked for
	flags   []string // of the simulator
}

// apiece stands for as many hosts as there are sources.
const apiece = -1

var little = []string{"-items", "1-2", "-body", "100-200"}

// groups are in the order of the table.
var groups = []group{
	{name: "polls", measure: (*bench).polls, hosts: hosts},
	{name: "apart", measure: (*bench).apart, hosts: apiece, flags: little},
	{name: "killed", measure: (*bench).killed, hosts: hosts},
	{name: "memory", measure: (*bench).memory, hosts: hosts, further: further, flags: little},
	{name: "latency", measure: (*bench).latency, hosts: many, flags: []string{"-latency", "200ms", "-jitter", "lognormal"}},
	{name: "serving", measure: (*bench).serving},
	{name: "publishing", measure: (*bench).publishing},
}

func names() []string {
	var list []string
	for _, g := range groups {
		list = append(list, g.name)
	}
	return list
}

func run(ctx context.Context, o options) error {
	if o.origin == "" {
		return fmt.Errorf("no simulator: say where with -origin")
	}
	for _, name := range o.rows {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("no rows %q; there are %s", name, strings.Join(names(), ", "))
		}
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{options: o, dir: dir}
	if err := b.build(ctx); err != nil {
		return err
	}
	var failed error
	for _, g := range groups {
		if len(o.rows) > 0 && !slices.Contains(o.rows, g.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", g.name)
		if err := b.group(ctx, g); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", g.name, err))
		}
	}
	b.table.print(os.Stdout)
	return failed
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }

// group measures one, with the simulator that it needs.
func (b *bench) group(ctx context.Context, g group) error {
	if g.hosts == 0 {
		return g.measure(b, ctx, nil)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	n := g.hosts
	if n == apiece {
		n = b.sources
	}
	o, err := b.startOrigin(ctx, b.sources+g.further, n, g.flags...)
	if err == nil {
		err = g.measure(b, ctx, o)
	}
	stop()
	if o != nil {
		_ = o.process.Wait()
	}
	return err
}
