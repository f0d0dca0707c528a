package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// serving takes the figures of requests from the command that measures them.
func (b *bench) serving(ctx context.Context, _ *origin) error {
	out, err := exec.CommandContext(ctx, "go", "run", "newsfeed/internal/servebench", "-rounds", strconv.Itoa(b.rounds)).Output()
	if err != nil && len(out) == 0 {
		return err
	}
	for _, kind := range []string{"plain", "gzip", "304"} {
		if err := b.take(out, `(?m)^`+kind+` .*?([\d.]+) \([\d.]+-[\d.]+\) +[\d.]+ +[\d.]+$`, "8 "+kind); err != nil {
			return err
		}
	}
	return nil
}

// publishing takes the worst figure of publishing a change from its benchmark.
func (b *bench) publishing(ctx context.Context, _ *origin) error {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "Republish", "-benchtime", "30x", "newsfeed/aggregator/publish").Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return b.take(out, `([\d.]+) x-compression`, "9")
}

// take adds what a pattern finds, at least once.
func (b *bench) take(out []byte, pattern, row string) error {
	found := regexp.MustCompile(pattern).FindAllSubmatch(out, -1)
	if len(found) == 0 {
		return fmt.Errorf("no figures of row %s in %s", row, out)
	}
	for _, m := range found {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return err
		}
		b.table.add(row, v)
	}
	return nil
}
