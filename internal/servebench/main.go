// Servebench measures what a request for a feed costs the daemon, against
// nginx with the same bytes in files.
//
// It builds the daemon, has it poll a source of 100 items, and then lets wrk
// ask each server in turns, each of them alone on one processor and wrk on
// another. What it compares is requests per second of processor time of the
// server, which the rest of the machine disturbs least.
//
//	go run ./internal/servebench
//
// It needs nginx and wrk (Debian: nginx-light, wrk), and Linux; taskset pins
// the processes where it is there. It prints the median of the ratios, and the
// ratio of the runs of each server that were disturbed least (best): it fails
// where that is below its bar, since what else runs on a machine adds time to a
// run and never takes any away.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

// kind is a kind of request.
type kind struct {
	name   string
	header func(server) string
	bar    float64 // of the ratio to nginx that we must reach
}

var kinds = []kind{
	{"plain", func(server) string { return "Accept: */*" }, 0.50},
	{"gzip", func(server) string { return "Accept-Encoding: gzip" }, 0.40},
	{"304", func(s server) string { return "If-None-Match: " + s.tag }, 0.45},
}

func main() {
	rounds := flag.Int("rounds", 5, "pairs of runs of each kind")
	length := flag.Duration("time", 2*time.Second, "how long a run takes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := bench(ctx, *rounds, *length)
	if err != nil {
		fmt.Fprintln(os.Stderr, "servebench:", err)
	}
	if err != nil || !ok {
		stop()
		os.Exit(1)
	}
}

// bench prints the ratios and reports whether that of the least disturbed runs
// reaches each bar.
func bench(ctx context.Context, rounds int, length time.Duration) (ok bool, err error) {
	dir, err := os.MkdirTemp("", "servebench-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	// Both servers end with the context.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ours, body, err := startDaemon(ctx, dir)
	if err != nil {
		return false, err
	}
	defer ours.wait(stop)
	nginx, err := startNginx(ctx, dir, body)
	if err != nil {
		return false, err
	}
	defer nginx.wait(stop)

	ok = true
	fmt.Printf("%-6s %22s %22s %22s %6s %6s\n", "", "nginx µs/request", "newsfeed µs/request", "ratio, median (range)", "best", "bar")
	for _, k := range kinds {
		var theirs, own, ratios []float64
		for range rounds {
			a, err := nginx.load(ctx, k, length)
			if err != nil {
				return false, err
			}
			b, err := ours.load(ctx, k, length)
			if err != nil {
				return false, err
			}
			theirs, own, ratios = append(theirs, a), append(own, b), append(ratios, a/b)
		}
		for _, all := range [][]float64{theirs, own, ratios} {
			slices.Sort(all)
		}
		best := theirs[0] / own[0]
		fmt.Printf("%-6s %22s %22s %22s %6.2f %6.2f\n", k.name, spread("%.0f", theirs), spread("%.0f", own), spread("%.2f", ratios), best, k.bar)
		ok = ok && best >= k.bar
	}
	return ok, nil
}

// spread prints the median of sorted figures, and the least and the greatest.
func spread(format string, sorted []float64) string {
	return fmt.Sprintf(format+" ("+format+"-"+format+")", sorted[len(sorted)/2], sorted[0], sorted[len(sorted)-1])
}
