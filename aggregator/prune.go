package aggregator

import (
	"context"
	"fmt"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

// Retention says what is kept, the newest first. 0: no bound.
type Retention struct {
	Age     time.Duration
	Entries int
	Bytes   int64 // of storage.Stats.Live
}

const pruneEvery = 10 * time.Minute

// The bounds of one step: the entries removed in one commit, how long it may
// take, since others wait for it, and how long to wait for a slow disk.
const (
	leastStep = 8
	mostStep  = 100
	stepTime  = 10 * time.Millisecond
	longRest  = 5 * time.Second
)

// Prune removes the entries that are not to be kept as of now, the oldest
// first, in small commits with pauses between, so that those of polls hardly
// wait. Run does so by itself every ten minutes.
func (a *Aggregator) Prune(ctx context.Context, now time.Time) error {
	removed := 0
	defer func() {
		if removed > 0 {
			a.o.Log.Info("old entries removed", "entries", removed)
		}
	}()
	for step := leastStep; ; {
		excess, err := a.excess(ctx, now, step)
		if err != nil {
			return fmt.Errorf("find old entries: %w", err)
		}
		if len(excess) == 0 {
			return nil
		}
		o, err := a.submit(ctx, commit{record: removal(excess, now), now: now})
		switch {
		case err == nil:
			removed += len(excess)
			step = nextStep(step, o.took)
		case storage.Refused(err) && step > 1:
			step = 1 // it takes room before it gives some
		default:
			return fmt.Errorf("remove old entries: %w", err)
		}
		select {
		case <-time.After(rest(o.took)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// nextStep returns how many entries to remove at a time after so many took so
// long.
func nextStep(step int, took time.Duration) int {
	switch {
	case took > stepTime:
		return min(step, max(step/2, leastStep))
	case took < stepTime/2:
		return min(step*2, mostStep)
	}
	return step
}

// rest returns how long to leave the store to others after a step that took so
// long: as long, and the longer the more it took. Where even a small step takes
// long the disk has much to do, and few commits are to meet another one.
func rest(took time.Duration) time.Duration {
	return min(max(took, time.Duration(float64(took)*took.Seconds()/stepTime.Seconds())), longRest)
}

// excess returns the oldest entries that are not to be kept, at most that many.
func (a *Aggregator) excess(ctx context.Context, now time.Time, most int) ([]storage.Entry, error) {
	r := a.config().Retention
	if r == (Retention{}) {
		return nil, nil
	}
	stats, err := a.o.Store.Stats(ctx)
	if err != nil || stats.Entries == 0 {
		return nil, err
	}
	over := 0
	if r.Entries > 0 {
		over = stats.Entries - r.Entries
	}
	if excess := stats.Live - r.Bytes; r.Bytes > 0 && excess > 0 {
		each := max(1, stats.Live/int64(stats.Entries))
		over = max(over, int(excess/each)+1)
	}
	oldest, err := a.o.Store.Oldest(ctx, most)
	if err != nil {
		return nil, err
	}
	n := 0
	for n < len(oldest) && (n < over || r.Age > 0 && oldest[n].Effective.Before(now.Add(-r.Age))) {
		n++
	}
	return oldest[:n], nil
}

// removal is the record that removes entries, and remembers by what they would
// be known if they came again.
func removal(entries []storage.Entry, now time.Time) storage.Record {
	var p storage.Prune
	for _, e := range entries {
		p.Entries = append(p.Entries, e.ID)
		p.Remember = append(p.Remember, dedup.Identity(e.Keys)...)
	}
	return storage.Record{Time: now, Prune: &p}
}
