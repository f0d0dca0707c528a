package main

import (
	"context"
	"runtime"
	"time"
)

// many are the hosts, and the polls at a time.
const many = 500

// latency measures polls of sources that take their time, on many hosts, each of
// which is asked for one document at a time. The limit is the host that takes
// longest, as a bare client finds with the same delays, or the processor time of
// the daemon on all processors.
func (b *bench) latency(ctx context.Context, o *origin) error {
	w, err := newWeb(o.sources, true)
	if err != nil {
		return err
	}
	if _, err := w.all(ctx, many); err != nil { // asked again, it does not wait for bodies
		return err
	}
	d, err := b.startDaemon(ctx, "latency", many, o.sources...)
	if err != nil {
		return err
	}
	defer d.end()
	for _, row := range []string{"11 cold", "11 304"} {
		if err := o.tell(ctx, "reset"); err != nil { // the delays begin anew
			return err
		}
		ours, err := d.pollAll(ctx, o.sources)
		if err != nil {
			return err
		}
		if err := o.tell(ctx, "reset"); err != nil {
			return err
		}
		busiest, err := w.all(ctx, many)
		if err != nil {
			return err
		}
		cpu := ours.cpu / time.Duration(runtime.NumCPU())
		b.table.add(row, ours.wall.Seconds()/max(busiest, cpu).Seconds())
		b.table.note("row %s: %.2f s; the busiest host %.2f s, the processor %.2f s", row, ours.wall.Seconds(), busiest.Seconds(), cpu.Seconds())
	}
	return nil
}
