// Ingest measures the daemon with thousands of sources at once: how many entries
// a second it makes durable, beside bbolt alone; how long one new entry takes from
// its arrival until it is durable while all sources are polled; and how much of
// the disk an entry takes beside what it says.
//
//	go run ./internal/ingest -origin ../shared/tools/origin
//
// The sources are those of a simulator of feeds that does not come with this
// project: a program that serves them on loopback as its flags -n, -hosts and
// -port say, and lists them at /ctl/sources?format=json. It needs Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"time"

	"newsfeed/internal/process"
)

func main() {
	origin := flag.String("origin", "", "folder of the simulator's program")
	sources := flag.Int("sources", 2000, "sources to poll")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *origin, *sources)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ingest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, source string, n int) error {
	if source == "" {
		return fmt.Errorf("no simulator: say where with -origin")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	dir, err := os.MkdirTemp("", "ingest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o, err := startOrigin(ctx, source, dir, n)
	if err != nil {
		return err
	}
	defer o.wait(stop)
	d, err := startDaemon(ctx, dir, o.urls)
	if err != nil {
		return err
	}
	defer d.wait(stop)

	polled := make(chan error, 1)
	var entries int
	begin := time.Now()
	before, err := process.CPU(d.process.Process.Pid)
	if err != nil {
		return err
	}
	go func() {
		var err error
		entries, err = d.poll(ctx, o.ids)
		polled <- err
	}()
	delays, err := d.probe(ctx, polled)
	if err != nil {
		return err
	}
	wall := time.Since(begin)
	after, err := process.CPU(d.process.Process.Pid)
	if err != nil {
		return err
	}
	cpu := after - before
	alone, err := bare(ctx, max(1, entries/1000), 1000)
	if err != nil {
		return err
	}
	one, err := bare(ctx, len(delays), 1)
	if err != nil {
		return err
	}
	said, file, err := d.disk(ctx)
	if err != nil {
		return err
	}
	slices.Sort(delays)
	rate := float64(entries) / wall.Seconds()
	fmt.Printf("%d sources, %d entries in %.1f s, %.1f s of the processor (%.2f ms a source)\n", n, entries, wall.Seconds(), cpu.Seconds(), cpu.Seconds()*1e3/float64(n))
	fmt.Printf("durable entries a second: %.0f; bbolt alone, as many, 1000 at once: %.0f; ratio %.2f\n", rate, alone, rate/alone)
	fmt.Printf("from arrival to durable, %d entries: p50 %.1f ms, p99 %.1f ms; bbolt alone, one entry: %.1f ms\n", len(delays),
		ms(delays[len(delays)/2]), ms(delays[len(delays)*99/100]), 1e3/one)
	fmt.Printf("bytes of an entry: says %.0f, in the file %.0f; ratio %.2f\n", said, file, file/said)
	return nil
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }

// bare returns the entries a second of bbolt alone in that many commits of so many.
func bare(ctx context.Context, commits, entries int) (rate float64, err error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", fmt.Sprintf("^BenchmarkCommit$/^entries=%d$", entries),
		"-benchtime", fmt.Sprint(commits, "x"), "newsfeed/storage/bolt").Output()
	if err != nil {
		return 0, fmt.Errorf("bbolt alone: %w: %s", err, out)
	}
	m := regexp.MustCompile(`([\d.]+) bbolt-entries/s`).FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("bbolt alone: no figures in %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
