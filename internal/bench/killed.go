package main

import (
	"context"
	"math/rand/v2"
	"time"
)

// kills is how often a daemon ends on its way.
const kills = 5

// killed has the daemon poll new sources and kills it at random moments on the
// way. What it polls the last time must be in the store with all that came
// before, once.
func (b *bench) killed(ctx context.Context, o *origin) error {
	for range kills {
		d, err := b.startDaemon(ctx, "killed", workers, o.sources...)
		if err != nil {
			return err
		}
		polled := make(chan struct{})
		go func() {
			_, _ = d.pollAll(ctx, o.sources) // ends with the daemon
			close(polled)
		}()
		select {
		case <-polled:
		case <-time.After(500*time.Millisecond + rand.N(2*time.Second)):
		}
		d.kill()
		<-polled
	}
	d, err := b.startDaemon(ctx, "killed", workers, o.sources...)
	if err != nil {
		return err
	}
	defer d.end()
	if _, err := d.pollAll(ctx, o.sources); err != nil {
		return err
	}
	d.end()
	lost, _, err := compare(ctx, d.store, o)
	if err != nil {
		return err
	}
	b.table.add("3 killed", float64(lost))
	return nil
}
