package aggregator

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/storage"
)

// reply is what a poll learned about a host.
type reply struct {
	host     string    // that answered, or did not
	answered bool      // by itself, not by somebody between
	refused  bool      // too many requests, it does not say until when
	pause    time.Time // before which it wants no request; zero: it does not say
	pardoned []string  // sources whose failures turned out to be our own network's
}

// AskedHost returns the registrable domain, or the address, that polls of a
// source ask: the one that answered last, which redirects may have led to.
func AskedHost(s storage.Source) string {
	return askedHost(s.SourceSettings, s.State)
}

func askedHost(s storage.SourceSettings, state storage.State) string {
	asked := cmp.Or(state.Moving, state.Validators.URL, state.MovedTo, s.URL)
	if asked == s.URL {
		asked = s.URL // of which the host is a part: no second copy is kept for it
	}
	return fetch.Host(asked)
}

// Pauses returns until when hosts asked to be left alone.
func Pauses(sources []storage.Source, now time.Time) map[string]time.Time {
	pauses := map[string]time.Time{}
	for _, s := range sources {
		state := s.State
		if host := AskedHost(s); state.NotBefore.After(now) && (state.Failures == 0 || isPause(state.Status)) && state.NotBefore.After(pauses[host]) {
			pauses[host] = state.NotBefore
		}
	}
	return pauses
}

// isPause reports whether a status with a Retry-After is about the whole host.
func isPause(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// burstRun is how many requests in a row make a burst.
const burstRun = 3

// limited reports whether a status says that we ask too often. After a burst,
// 403 does so too.
func limited(status, run int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusForbidden && run >= burstRun
}

// heed takes in what a poll learned about its host and about our network.
func (l *loop) heed(ctx context.Context, f finished, now time.Time) {
	if !f.asked && !f.result.article {
		l.budget.Spend(now, f.result.requests)
	}
	r := f.result.reply
	switch {
	case r.pause.After(now):
		l.queue.Pause(r.host, r.pause)
		l.turnAway(ctx, f.source, r)
	case r.refused:
		l.queue.Slow(r.host)
	case r.answered:
		l.queue.Ease(r.host)
	}
	if r.answered && l.outage.answered(r.host, now) {
		l.o.Log.Info("our own network is back; polls resume")
		l.spread(now)
	}
	l.pardon(ctx, r.pardoned)
}

// turnAway answers those who wait for other polls of a host that has just asked
// to be left alone.
func (l *loop) turnAway(ctx context.Context, source string, said reply) {
	for id, waiting := range maps.Clone(l.waiting) {
		if id == source || l.busy[id] || l.turns[id].host != said.host {
			continue
		}
		known, err := l.o.Store.Source(ctx, id)
		if err != nil {
			continue
		}
		result, polled := l.polled[id]
		if !polled {
			result = Result{Source: id, Outcome: Skipped, NextDue: known.State.NextDue, Error: pausedReason(said.pause)}
		}
		delete(l.waiting, id)
		delete(l.polled, id)
		delete(l.forced, id)
		delete(l.turns, id)
		l.queue.Remove(id)
		src, _ := l.config().source(id)
		if next := nextTurn(src, known.State); !l.o.Manual && !next.at.IsZero() {
			l.enqueue(id, next)
		}
		for _, r := range waiting {
			r.answer(result)
		}
	}
}
