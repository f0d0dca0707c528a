package aggregator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"newsfeed/storage"
)

// ErrStopped says that the aggregator takes no requests any more.
var ErrStopped = errors.New("the aggregator has stopped")

// Outcome says how a poll ended.
type Outcome string

// The outcomes of a poll.
const (
	Changed   Outcome = "changed"   // entries are new or changed
	Unchanged Outcome = "unchanged" // nothing to store
	Failed    Outcome = "failed"    // the source could not be read
	Skipped   Outcome = "skipped"   // no request was made
	Stopped   Outcome = "stopped"   // the aggregator stopped first
)

// UnknownSourceError names a source that is not configured. It is a
// storage.ErrNotFound.
type UnknownSourceError struct{ ID string }

func (e *UnknownSourceError) Error() string { return "source " + e.ID + " is not configured" }

// Is reports whether target is storage.ErrNotFound.
func (e *UnknownSourceError) Is(target error) bool { return target == storage.ErrNotFound }

// Result is what one poll came to.
type Result struct {
	Source  string        `json:"source"`
	Outcome Outcome       `json:"outcome"`
	Status  int           `json:"status"` // of HTTP, 0 when none came
	New     int           `json:"new"`
	Updated int           `json:"updated"`
	Bytes   int64         `json:"bytes"` // of body on the wire
	Elapsed time.Duration `json:"elapsed_nanoseconds"`
	NextDue time.Time     `json:"next_due,omitzero"`
	Error   string        `json:"error"` // why it failed or was skipped

	article  bool // the turn was for an article, not for a poll
	requests int  // made for it
	reply    reply
	next     sourceTurn
}

// request asks the loop for polls.
type request struct {
	sources  []string // empty: all that are due
	force    bool
	accepted chan error // nil: total results will come
	total    int        // set, as the next one is, before accepted is answered
	results  chan Result
	left     int
}

// Poll asks for a visit to each of the named sources, or to all when none is
// named, as far as they are due. With force they need not be due, but what the
// publisher asked for still holds (Retry-After, 410), and a source is forced
// at most once in Options.MinForce. total results will come on the channel,
// which is then closed; a named source that is not visited gives one too, with
// the reason. Where the store has no room for what they bring, none is made,
// and the error is one that storage.Refused knows.
func (a *Aggregator) Poll(ctx context.Context, sources []string, force bool) (total int, results <-chan Result, err error) {
	for _, id := range sources {
		if _, ok := a.config().byID[id]; !ok {
			return 0, nil, &UnknownSourceError{id}
		}
	}
	if err := a.configured(); err != nil {
		return 0, nil, err
	}
	r := &request{
		sources:  sources,
		force:    force,
		accepted: make(chan error, 1),
	}
	select {
	case a.requests <- r:
		err := <-r.accepted
		return r.total, r.results, err
	case <-a.stopped:
		return 0, nil, ErrStopped
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
}

// answer passes on one result. The channel has room for all.
func (r *request) answer(result Result) {
	r.results <- result
	if r.left--; r.left == 0 {
		close(r.results)
	}
}

// accept queues what a request asks for.
func (l *loop) accept(ctx context.Context, r *request) {
	if err := l.room.look(ctx, false); err != nil {
		r.accepted <- err
		return
	}
	byID, err := l.known(ctx, r.sources)
	if err != nil {
		r.accepted <- fmt.Errorf("read sources: %w", err)
		return
	}
	now := clock()
	named := len(r.sources) > 0
	wanted := r.sources
	if !named {
		for _, s := range l.config().Sources {
			if r.force || l.refusal(byID[s.ID], false, now) == "" {
				wanted = append(wanted, s.ID)
			}
		}
	}
	wanted = unique(wanted)
	r.total, r.left = len(wanted), len(wanted)
	r.results = make(chan Result, r.total)
	r.accepted <- nil
	if r.left == 0 {
		close(r.results)
	}
	for _, id := range wanted {
		s := byID[id]
		if why := l.refusal(s, r.force, now); why != "" {
			r.answer(Result{Source: id, Outcome: Skipped, NextDue: s.State.NextDue, Error: why})
			continue
		}
		l.waiting[id] = append(l.waiting[id], r)
		if !l.busy[id] {
			if r.force {
				l.forced[id] = true
			}
			l.enqueue(id, sourceTurn{at: now, host: AskedHost(s), first: s.State.LastPoll.IsZero()})
		}
	}
}

// known returns the named sources as the store has them, or all when none is
// named.
func (l *loop) known(ctx context.Context, ids []string) (map[string]storage.Source, error) {
	byID := map[string]storage.Source{}
	if len(ids) == 0 {
		stored, err := l.o.Store.Sources(ctx)
		for _, s := range stored {
			byID[s.ID] = s
		}
		return byID, err
	}
	for _, id := range ids {
		s, err := l.o.Store.Source(ctx, id)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		byID[id] = s
	}
	return byID, nil
}

// refusal says why a source may not be visited now; empty: it may.
func (l *loop) refusal(s storage.Source, force bool, now time.Time) string {
	state := s.State
	paused := l.queue.Paused(AskedHost(s))
	switch again := state.LastForced.Add(l.config().MinForce); {
	case s.ID == "":
		return "unknown to the store"
	case s.Disabled:
		return "disabled"
	case state.Gone:
		return goneReason
	case now.Before(state.NotBefore):
		return "the publisher asked to wait until " + stamp(state.NotBefore)
	case now.Before(paused):
		return pausedReason(paused)
	case force && !state.LastForced.IsZero() && now.Before(again):
		return "forced a moment ago; again from " + stamp(again)
	case !force && now.Before(state.NextDue):
		return "not due until " + stamp(state.NextDue)
	}
	return ""
}

func pausedReason(until time.Time) string { return "its host asked to wait until " + stamp(until) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func unique(list []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}
