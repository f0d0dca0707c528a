// Growth measures what a store costs as it grows: it fills one store to 10^4,
// 10^5 and so on up to -entries, and at each size prints what a commit, a page,
// a rendering, a look-up of keys and an opening take, and how much memory of its
// own the store needs and the daemon on it.
//
//	go run ./internal/growth -entries 1000000
//
// Times are of the processor, which the rest of the machine disturbs least, but
// for those of commits. Each size is measured in a process of its own. It needs
// Linux, and about 3 KB of disk an entry.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
)

func main() {
	most := flag.Int("entries", 100_000, "entries in the store at the end")
	dir := flag.String("dir", "", "folder of the store; empty: a temporary one")
	child := flag.String("measure", "", "store to measure; for the processes of this program")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *most, *dir, *child)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, most int, dir, child string) error {
	if child != "" {
		f, err := measure(ctx, child)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(f)
	}
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "growth-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	return grow(ctx, most, dir)
}

// grow fills a store in steps and prints a line for each.
func grow(ctx context.Context, most int, dir string) error {
	path := filepath.Join(dir, "newsfeed.db")
	daemon, err := buildDaemon(ctx, dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	printHead()
	stored := 0
	for size := 10_000; size <= most; size *= 10 {
		cpu, raw, err := fill(ctx, path, stored, size)
		if err != nil {
			return fmt.Errorf("fill to %d entries: %w", size, err)
		}
		out, err := exec.CommandContext(ctx, self, "-measure", path).Output()
		if err != nil {
			return fmt.Errorf("measure %d entries: %w", size, err)
		}
		var f figures
		if err := json.Unmarshal(out, &f); err != nil {
			return err
		}
		f.load, f.raw = cpu, raw
		if f.daemon, err = daemon.memory(ctx, path); err != nil {
			return fmt.Errorf("memory of the daemon with %d entries: %w", size, err)
		}
		f.print(strconv.Itoa(size))
		stored = size + measured
	}
	return nil
}
