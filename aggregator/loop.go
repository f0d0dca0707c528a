package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// longestSleep bounds how long the loop trusts a timer: after suspend or a
// step of the clock it looks at the due times again.
const longestSleep = 30 * time.Second

// retryCommit is how long a source waits whose poll could not be committed.
const retryCommit = time.Minute

// loop owns the queue. All its fields belong to the goroutine that runs it.
type loop struct {
	*Aggregator
	queue   *schedule.Queue
	workers errgroup.Group
	busy    map[string]bool       // sources under way
	forced  map[string]bool       // sources to be polled by force
	waiting map[string][]*request // who waits for a source's result
	polled  map[string]Result     // of polls whose articles are still being visited

	articles map[string]bool // sources whose next turn is for an article
}

// finished is the end of one poll.
type finished struct {
	source string
	result Result
	err    error
}

func (a *Aggregator) newLoop(ctx context.Context) (*loop, error) {
	l := &loop{
		Aggregator: a,
		queue:      schedule.NewQueue(a.o.HostInterval),
		busy:       map[string]bool{},
		forced:     map[string]bool{},
		waiting:    map[string][]*request{},
		polled:     map[string]Result{},
		articles:   map[string]bool{},
	}
	if a.o.Manual {
		return l, nil
	}
	sources, err := a.o.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, s := range sources {
		src, ok := a.sources[s.ID]
		if !ok || s.Hidden() || s.State.Gone {
			continue
		}
		v := schedule.Visit{ID: s.ID, Schedule: src.Schedule, Min: src.MinInterval}
		s.State.NextDue = a.o.Policy.Resume(v, s.State.NextDue, now)
		l.enqueue(s.ID, nextTurn(src, s.State))
	}
	return l, nil
}

// enqueue sets when a source's next turn is, and for what.
func (l *loop) enqueue(id string, next sourceTurn) {
	l.articles[id] = next.article
	l.queue.Set(id, next.host, next.at)
}

// host is whom a poll of the source will ask.
func host(s storage.Source) string { return fetch.Host(cmp.Or(s.State.MovedTo, s.URL)) }

// run polls what is due until ctx ends, and returns when the polls under way
// have ended.
func (l *loop) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.start(ctx)
		timer.Reset(l.sleep())
		select {
		case <-ctx.Done():
			l.drain()
			return
		case r := <-l.requests:
			l.accept(ctx, r)
		case f := <-l.finished:
			l.finish(f)
		case <-timer.C:
		}
	}
}

func (l *loop) sleep() time.Duration {
	if len(l.busy) >= l.o.Workers {
		return longestSleep
	}
	now := time.Now()
	wake, ok := l.queue.Wake(now)
	if !ok {
		return longestSleep
	}
	return min(max(wake.Sub(now), 0), longestSleep)
}

// start begins the polls that are due, as far as there are workers.
func (l *loop) start(ctx context.Context) {
	for len(l.busy) < l.o.Workers && ctx.Err() == nil {
		id, ok := l.queue.Next(time.Now())
		if !ok {
			return
		}
		l.busy[id] = true
		l.underway.Store(int64(len(l.busy)))
		forced, article := l.forced[id], l.articles[id]
		delete(l.forced, id)
		l.workers.Go(func() error {
			f := finished{source: id}
			f.result, f.err = l.guarded(ctx, l.sources[id], forced, article)
			l.Aggregator.finished <- f
			return nil
		})
	}
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
	return a.newTurn(src, known.State, forced).failed(ctx, fmt.Errorf("internal error: %v", cause))
}

// finish takes in the end of a poll.
func (l *loop) finish(f finished) {
	now := time.Now()
	delete(l.busy, f.source)
	l.underway.Store(int64(len(l.busy)))
	l.queue.Done(f.source, now)
	next := f.result.next
	switch {
	case errors.Is(f.err, context.Canceled):
		f.result = Result{Source: f.source, Outcome: Stopped}
	case f.err != nil:
		l.o.Log.Error("poll could not be kept", "source", f.source, "err", f.err)
		next = sourceTurn{at: now.Add(retryCommit), host: fetch.Host(l.sources[f.source].URL)}
		f.result = Result{Source: f.source, Outcome: Failed, Error: line(f.err)}
	default:
		l.o.Log.Debug("polled", "source", f.source, "outcome", string(f.result.Outcome), "status", f.result.Status,
			"new", f.result.New, "updated", f.result.Updated, "bytes", f.result.Bytes, "elapsed", f.result.Elapsed,
			"next_due", f.result.NextDue, "err", f.result.Error)
	}
	result, polled := l.polled[f.source]
	if !polled && !f.result.article {
		result, polled = f.result, true
	}
	waiting := l.waiting[f.source]
	switch {
	case !polled && len(waiting) > 0:
		// They asked for a poll while an article was being visited.
		l.forced[f.source] = slices.ContainsFunc(waiting, func(r *request) bool { return r.force })
		l.enqueue(f.source, sourceTurn{at: now, host: fetch.Host(l.sources[f.source].URL)})
		return
	case l.o.Manual && next.article && next.at.Before(now.Add(longestSleep)):
		// Nobody will come back for the articles, so they are part of the poll.
		l.polled[f.source] = result
		l.enqueue(f.source, next)
		return
	case !l.o.Manual && !next.at.IsZero():
		l.enqueue(f.source, next)
	}
	delete(l.polled, f.source)
	delete(l.waiting, f.source)
	for _, r := range waiting {
		r.answer(result)
	}
}

// drain waits for the polls under way and turns away who waits.
func (l *loop) drain() {
	for len(l.busy) > 0 {
		l.finish(<-l.Aggregator.finished)
	}
	_ = l.workers.Wait() // its functions return nil
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
