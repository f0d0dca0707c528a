package main

import (
	"context"
	"fmt"
	"time"

	"newsfeed/internal/process"
)

// further is how many sources more than the others a daemon has for the memory
// of one.
const further = 8000

// rest is how long a daemon has been idle when its memory is measured.
const rest = 10 * time.Second

// memory measures daemons that have polled all their sources, once they are idle.
func (b *bench) memory(ctx context.Context, o *origin) error {
	few, err := b.idle(ctx, "few", o.sources[:b.sources])
	if err != nil {
		return err
	}
	many, err := b.idle(ctx, "many", o.sources)
	if err != nil {
		return err
	}
	b.table.add("10 idle", float64(few)/1e6)
	b.table.add("10 more", float64(many-few)/1e3/further)
	b.table.note("row 10: idle with %d sources %.1f MB, with %d sources %.1f MB", b.sources, float64(few)/1e6, len(o.sources), float64(many)/1e6)
	return nil
}

// idle returns the anonymous memory of a daemon some time after it was started
// with sources that have all been polled.
func (b *bench) idle(ctx context.Context, folder string, sources []source) (bytes int64, err error) {
	d, err := b.startDaemon(ctx, folder, workers, sources...)
	if err != nil {
		return 0, err
	}
	_, err = d.pollAll(ctx, sources)
	d.end()
	if err != nil {
		return 0, err
	}
	if d, err = b.startDaemon(ctx, folder, workers, sources...); err != nil {
		return 0, err
	}
	defer d.end()
	if _, err := d.get(ctx, "/feed.rss"); err != nil {
		return 0, fmt.Errorf("ask for the feed: %w", err)
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(rest):
	}
	return process.Anonymous(d.process.Process.Pid)
}
