package aggregator

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

// errElsewhere says that the document of a poll is not kept, because its source
// has another URL since.
var errElsewhere = errors.New("the source has another URL since")

// ErrUnconfigured says that the store has refused the configuration that an
// aggregator began with, and why: its chain has what storage.Refused knows.
var ErrUnconfigured = errors.New("the configuration is not applied yet")

// configured returns an ErrUnconfigured or, once the configuration is in the
// store, nil.
func (a *Aggregator) configured() error {
	cause := a.room.cause()
	if cause == nil || !a.unconfigured.Load() {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnconfigured, cause)
}

// reconfiguration is another configuration on its way.
type reconfiguration struct {
	next *configuration
	done chan error
}

// Reconfigure makes o the options, as a whole or, with an error, not at all:
// where the store refuses what it is to keep of them, those before hold on. As
// long as it refuses those of the start the error is ErrUnconfigured.
// Store, Client, Manual, Log, Troubled and Polled stay what they are.
//
// Polls under way go on; the document of a source that has another URL now is
// dropped, and the source asked anew. A source keeps when it is due, unless it
// is new or enabled, or its URL or schedule is another. What was stored is
// judged by other filters in the background.
func (a *Aggregator) Reconfigure(ctx context.Context, o Options) error {
	if err := a.configured(); err != nil {
		return err
	}
	r := &reconfiguration{newConfiguration(o), make(chan error, 1)}
	select {
	case a.reloads <- r:
		return <-r.done
	case <-a.stopped:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Alive returns nil when the loop that begins polls has answered: it is neither
// stuck nor gone. An aggregator whose configuration waits for room in the store
// is alive.
func (a *Aggregator) Alive(ctx context.Context) error {
	if a.unconfigured.Load() {
		return nil
	}
	answer := make(chan struct{})
	select {
	case a.pings <- answer:
		<-answer
		return nil
	case <-a.stopped:
		return ErrStopped
	case <-ctx.Done():
		return fmt.Errorf("the scheduler does not answer: %w", ctx.Err())
	}
}

// reconfigure applies another configuration. Nothing is begun meanwhile.
func (l *loop) reconfigure(ctx context.Context, next *configuration) error {
	old := l.config()
	r := &reconfiguration{next, make(chan error, 1)}
	l.switches <- r
	if err := <-r.done; err != nil {
		l.room.failed(err, 0)
		return fmt.Errorf("apply configuration: %w", err)
	}
	now := clock()
	l.queue.SetGap(next.HostInterval)
	l.budget.SetRate(float64(next.Budget))
	for id := range old.byID {
		if _, ok := next.polled(id); !ok {
			l.leave(id)
		}
	}
	for id, src := range next.byID {
		if before, ok := old.polled(id); !src.Disabled && !(ok && before.plannedAs(*src)) {
			l.resume(ctx, id, now)
		}
	}
	select {
	case l.unjudged <- struct{}{}:
	default: // it is known already
	}
	return nil
}

// plannedAs reports whether a source is asked, and when, as another one.
func (s Source) plannedAs(o Source) bool {
	return s.URL == o.URL && s.MinInterval == o.MinInterval && s.FullText == o.FullText && reflect.DeepEqual(s.Schedule, o.Schedule)
}

// leave takes a source out that is not polled any more.
func (l *loop) leave(id string) {
	l.budget.Remove(id)
	l.tally.forget(id)
	if l.busy[id] {
		l.altered[id] = true
		return
	}
	l.queue.Remove(id)
	waiting, result := l.waiting[id], l.polled[id]
	delete(l.turns, id)
	delete(l.forced, id)
	delete(l.waiting, id)
	if _, polled := l.polled[id]; !polled {
		result = Result{Source: id, Outcome: Skipped, Error: "not configured any more"}
	}
	delete(l.polled, id)
	for _, r := range waiting {
		r.answer(result)
	}
}

// resume gives a source its next turn as the store and the configuration have
// it now. One under way gets it when that has ended.
func (l *loop) resume(ctx context.Context, id string, now time.Time) {
	src, ok := l.config().polled(id)
	switch {
	case !ok:
		l.leave(id)
		return
	case l.busy[id]:
		l.altered[id] = true
		return
	case len(l.waiting[id]) > 0 && l.turns[id] != (sourceTurn{}):
		return // it is asked at once
	}
	delete(l.altered, id)
	known, err := l.o.Store.Source(ctx, id)
	if err != nil {
		l.o.Log.Error("source could not be planned", "source", id, "err", err)
		return
	}
	policy := l.config().Policy
	if known.State.Gone && len(l.waiting[id]) == 0 {
		l.leave(id)
		return
	}
	l.budget.Set(id, policy.Demand(src.visit(known.State, habitOf(known.State))))
	if l.o.Manual && len(l.waiting[id]) == 0 {
		return
	}
	known.State.NextDue = policy.Resume(src.visit(known.State, nil), known.State.NextDue, now)
	next := nextTurn(src, known.State)
	if len(l.waiting[id]) > 0 {
		next = sourceTurn{at: now, host: AskedHost(known)}
	}
	l.enqueue(id, next)
}

// switchTo commits what the store keeps of a configuration, and judges and plans
// by it from then on.
func (c *committer) switchTo(ctx context.Context, next *configuration) error {
	now, old := time.Now(), c.config()
	show := visible(now, c.changed)
	records, err := c.records(ctx, next, now, show)
	if err != nil {
		return err
	}
	shows := len(records) > 0
	replanned, err := c.replanned(ctx, old, next, now)
	if err != nil {
		return err
	}
	if records = append(records, replanned...); len(records) > 0 {
		if err := c.o.Store.Commit(ctx, records...); err != nil {
			return err
		}
	}
	if shows {
		c.changed = show
	}
	if next.Similarity != old.Similarity {
		c.resolver = dedup.NewResolver(c.o.Store, dedup.Options{Similarity: next.Similarity})
	}
	c.current.Store(next)
	return nil
}

// replanned returns the records of sources that another schedule has other due
// times for.
func (c *committer) replanned(ctx context.Context, old, next *configuration, now time.Time) ([]storage.Record, error) {
	var records []storage.Record
	for _, src := range next.Sources {
		before, ok := old.polled(src.ID)
		if src.Disabled || !ok || before.URL != src.URL || before.plannedAs(src) {
			continue
		}
		known, err := c.o.Store.Source(ctx, src.ID)
		if err != nil {
			return nil, err
		}
		if state, differs := c.replan(next, src, known.State, now); differs && !state.Gone {
			records = append(records, storage.Record{Time: now, Poll: &storage.Poll{Source: src.ID, State: state}})
		}
	}
	return records, nil
}
