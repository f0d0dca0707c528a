package aggregator

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// longestSleep bounds how long the loop trusts a timer: after suspend or a
// step of the clock it looks at the due times again.
const longestSleep = 30 * time.Second

// loop owns the queue. All its fields belong to the goroutine that runs it.
type loop struct {
	*Aggregator
	queue   *schedule.Queue
	workers workers
	busy    map[string]bool       // sources under way
	forced  map[string]bool       // sources to be polled by force
	waiting map[string][]*request // who waits for a source's result
	polled  map[string]Result     // of polls whose articles are still being visited

	turns   map[string]sourceTurn // the next one of each source that waits
	pardons map[string]bool       // sources under way whose failure will not have been theirs
	altered map[string]bool       // sources under way that have been configured anew since

	seen   time.Time // when the loop last looked at the clock
	probed time.Time // when the last poll began
}

// finished is the end of one poll.
type finished struct {
	source string
	host   string // as it was expected
	asked  bool   // by somebody, not by the schedule
	began  time.Time
	result Result
	err    error
}

func (a *Aggregator) newLoop(ctx context.Context) (*loop, error) {
	l := &loop{
		Aggregator: a,
		queue:      schedule.NewQueue(a.config().HostInterval),
		workers:    workers{tasks: make(chan func())},
		busy:       map[string]bool{},
		forced:     map[string]bool{},
		waiting:    map[string][]*request{},
		polled:     map[string]Result{},
		turns:      map[string]sourceTurn{},
		pardons:    map[string]bool{},
		altered:    map[string]bool{},
	}
	stored, err := a.o.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	l.seen = clock()
	for _, s := range stored {
		if rest := s.State.LastPoll.Add(a.config().HostInterval); rest.After(l.seen) && !s.State.LastPoll.After(l.seen) {
			l.queue.Rest(AskedHost(s), rest) // another process has just asked it
		}
	}
	for host, until := range Pauses(stored, l.seen) {
		l.queue.Pause(host, until)
	}
	due, replanned := a.resume(stored, l.seen)
	for _, s := range replanned {
		record := storage.Record{Time: l.seen, Poll: &storage.Poll{Source: s.ID, State: s.State}}
		switch err := a.o.Store.Commit(ctx, record); {
		case storage.Refused(err):
			a.room.failed(err, 0) // its new plan holds all the same
		case err != nil:
			return nil, err
		}
	}
	for _, s := range due {
		if !a.o.Manual {
			src, _ := a.config().source(s.ID)
			l.enqueue(s.ID, nextTurn(src, s.State))
		}
	}
	return l, nil
}

// enqueue sets when a source's next turn is, and for what.
func (l *loop) enqueue(id string, next sourceTurn) {
	next.at = wall(next.at)
	l.turns[id] = next
	l.queue.Set(id, next.host, next.at)
}

// run polls what is due until ctx ends, and returns when the polls under way
// have ended.
func (l *loop) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.watchClock(clock())
		if l.room.hasResumed() {
			l.spread(clock())
		}
		l.start(ctx)
		timer.Reset(l.sleep(ctx))
		select {
		case <-ctx.Done():
			l.drain(context.WithoutCancel(ctx))
			return
		case r := <-l.requests:
			l.accept(ctx, r)
		case r := <-l.reloads:
			r.done <- l.reconfigure(context.WithoutCancel(ctx), r.next)
		case answer := <-l.pings:
			close(answer)
		case f := <-l.finished:
			l.finish(context.WithoutCancel(ctx), f)
		case <-timer.C:
		}
	}
}

func (l *loop) sleep(ctx context.Context) time.Duration {
	if len(l.busy) >= l.config().Workers {
		return longestSleep
	}
	now := clock()
	wake, ok := l.queue.Wake(now)
	switch {
	case !ok:
		return longestSleep
	case l.held(ctx, now):
		return l.room.sleep(longestSleep)
	}
	return min(max(wake.Sub(now), 0), longestSleep)
}

// start begins the polls that are due, as far as there are workers.
func (l *loop) start(ctx context.Context) {
	for len(l.busy) < l.config().Workers && ctx.Err() == nil {
		now := clock()
		held := l.held(ctx, now)
		if held && len(l.waiting) == 0 {
			return
		}
		id, ok := l.queue.Next(now)
		if !ok {
			return
		}
		if held && len(l.waiting[id]) == 0 {
			l.queue.Postpone(id, now.Add(probeGap)) // only who was asked for goes on
			continue
		}
		if at := l.admit(id, now); at.After(now) {
			l.postpone(id, at)
			continue
		}
		l.begin(ctx, id, now)
	}
}

// admit returns when the budget lets a source that is due be polled. Exact
// visits, the first one and those asked for have no part in it.
func (l *loop) admit(id string, now time.Time) time.Time {
	turn := l.turns[id]
	src, _ := l.config().source(id)
	free := turn.first || turn.article || turn.admitted || src.Schedule != nil
	if l.o.Manual || free || len(l.waiting[id]) > 0 {
		return now
	}
	return l.budget.Admit(now)
}

// postpone puts a source back that will have its place in the budget then.
func (l *loop) postpone(id string, at time.Time) {
	turn := l.turns[id]
	turn.at, turn.admitted = at, true
	l.turns[id] = turn
	l.queue.Postpone(id, at)
}

func (l *loop) begin(ctx context.Context, id string, now time.Time) {
	l.busy[id] = true
	l.probed = now
	l.room.begun()
	l.underway.Store(int64(len(l.busy)))
	f := finished{source: id, host: l.turns[id].host, asked: len(l.waiting[id]) > 0, began: now}
	forced, article := l.forced[id], l.turns[id].article
	delete(l.forced, id)
	delete(l.turns, id)
	source, _ := l.config().source(id)
	l.workers.do(func() {
		f.result, f.err = l.guarded(ctx, source, forced, article)
		l.Aggregator.finished <- f
	}, len(l.busy))
}

// guarded polls, or visits an article, and turns a panic into the source's
// failure.
func (a *Aggregator) guarded(ctx context.Context, src Source, forced, article bool) (r Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.o.Log.Error("poll panicked", "source", src.ID, "panic", p, "stack", string(debug.Stack()))
			r, err = a.panicked(ctx, src, forced, p)
		}
	}()
	known, err := a.o.Store.Source(ctx, src.ID)
	if err != nil {
		return Result{}, err
	}
	if article && len(known.State.Articles) > 0 {
		return a.article(ctx, src, known.State)
	}
	return a.poll(ctx, src, known.State, forced)
}

func (a *Aggregator) panicked(ctx context.Context, src Source, forced bool, cause any) (Result, error) {
	known, err := a.o.Store.Source(ctx, src.ID)
	if err != nil {
		return Result{}, err
	}
	return a.newTurn(src, known.State, fetch.Visit{}, forced).failed(ctx, fmt.Errorf("internal error: %v", cause))
}

// finish takes in the end of a poll.
func (l *loop) finish(ctx context.Context, f finished) {
	now := clock()
	delete(l.busy, f.source)
	l.underway.Store(int64(len(l.busy)))
	l.heed(ctx, f, now)
	l.queue.Done(f.source, now)
	if errors.Is(f.err, errElsewhere) {
		l.resume(ctx, f.source, now) // who waits for a poll waits for that one
		return
	}
	f = l.settled(f, now)
	if !f.result.article {
		l.o.Polled(f.result, max(0, now.Sub(f.began))) // the clock may have been set
	}
	altered := l.altered[f.source]
	delete(l.altered, f.source)

	result, polled := l.polled[f.source]
	if !polled && !f.result.article {
		result, polled = f.result, true
	}
	waiting, next := l.waiting[f.source], f.result.next
	switch {
	case !polled && len(waiting) > 0:
		// They asked for a poll while an article was being visited.
		if slices.ContainsFunc(waiting, func(r *request) bool { return r.force }) {
			l.forced[f.source] = true
		}
		l.resume(ctx, f.source, now)
		return
	case l.o.Manual && next.article && next.at.Before(now.Add(longestSleep)) && !l.queue.Paused(next.host).After(now):
		// Nobody will come back for the articles, so they are part of the poll.
		l.polled[f.source] = result
		l.enqueue(f.source, next)
		return
	case altered:
		delete(l.waiting, f.source) // they are answered below
		l.resume(ctx, f.source, now)
	case !l.o.Manual && !next.at.IsZero():
		l.enqueue(f.source, next)
	}
	delete(l.polled, f.source)
	delete(l.waiting, f.source)
	for _, r := range waiting {
		r.answer(result)
	}
}

// settled tells how a poll ended, and gives one that could not be kept its
// result.
func (l *loop) settled(f finished, now time.Time) finished {
	switch {
	case errors.Is(f.err, context.Canceled):
		f.result = Result{Source: f.source, Outcome: Stopped}
	case f.err != nil:
		if !storage.Refused(f.err) || l.Trouble() == (storage.Trouble{}) { // else that has been told
			l.o.Log.Error("poll could not be kept", "source", f.source, "err", f.err)
		}
		src, _ := l.config().source(f.source)
		again := max(l.config().Policy.Min, src.MinInterval) // its publisher cannot help it
		f.result = Result{Source: f.source, Outcome: Failed, Error: line(f.err), next: sourceTurn{at: now.Add(again), host: f.host}}
	default:
		l.o.Log.Debug("polled", "source", f.source, "outcome", string(f.result.Outcome), "status", f.result.Status,
			"new", f.result.New, "updated", f.result.Updated, "bytes", f.result.Bytes, "elapsed", f.result.Elapsed,
			"next_due", f.result.NextDue, "err", f.result.Error)
	}
	return f
}

// drain waits for the polls under way and turns away who waits.
func (l *loop) drain(ctx context.Context) {
	for len(l.busy) > 0 {
		l.finish(ctx, <-l.Aggregator.finished)
	}
	l.workers.dismiss()
	for source, list := range l.waiting {
		result, polled := l.polled[source]
		if !polled {
			result = Result{Source: source, Outcome: Stopped}
		}
		for _, r := range list {
			r.answer(result)
		}
	}
}
