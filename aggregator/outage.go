package aggregator

import (
	"context"
	"slices"
	"sync"
	"time"

	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// The signs by which a fault of our own network is told from those of others.
const (
	signs      = 12        // the newest, of as many hosts
	signLife   = time.Hour // older ones count no more
	leastSigns = 3         // of failure
	mostFailed = 1000      // sources whose failures may be taken back
	probeGap   = longestSleep
)

// outage tells whether it is our own network that is down: then most hosts
// that answered before fail at once. It is safe for concurrent use.
type outage struct {
	mu     sync.Mutex // guards the fields below
	recent []sign     // the newest last, one a host
	failed []failure  // of hosts that have not answered since
	down   bool
	back   []string // hosts that answered meanwhile, though they had not failed
}

// sign is how the last request to a host ended.
type sign struct {
	host   string
	at     time.Time
	failed bool
}

// failure is a source that could not be reached and had been before.
type failure struct {
	host, source string
	at           time.Time
}

// answered notes that a host answered, whatever it said. It reports whether
// that ends an outage: a host does that had failed, or the second of those
// that had not, since the first may be in a network beside.
func (o *outage) answered(host string, now time.Time) (ended bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.down {
		o.failed = slices.DeleteFunc(o.failed, func(f failure) bool { return f.host == host || now.Sub(f.at) > signLife })
		o.note(sign{host: host, at: now})
		return false
	}
	had := slices.ContainsFunc(o.failed, func(f failure) bool { return f.host == host })
	if !had && !slices.Contains(o.back, host) {
		o.back = append(o.back, host)
	}
	if !had && len(o.back) < 2 {
		return false
	}
	o.down, o.recent, o.failed, o.back = false, nil, nil, nil
	return true
}

// unreached notes that a source could not be reached; it is a sign when it
// had been before. unreached reports whether our network is down, and which
// sources had failed for that reason before it was known.
func (o *outage) unreached(host, source string, before bool, now time.Time) (down bool, pardoned []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !before && !o.down {
		return false, nil
	}
	if len(o.failed) < mostFailed {
		o.failed = append(o.failed, failure{host, source, now})
	}
	if o.down {
		return true, nil
	}
	o.note(sign{host: host, at: now, failed: true})
	failures := 0
	for _, s := range o.recent {
		if s.failed {
			failures++
		}
	}
	if failures < leastSigns || 3*failures < 2*len(o.recent) {
		return false, nil
	}
	o.down = true
	for _, f := range o.failed {
		if now.Sub(f.at) <= signLife && !slices.Contains(pardoned, f.source) {
			pardoned = append(pardoned, f.source)
		}
	}
	return true, pardoned
}

// isDown reports whether an outage lasts.
func (o *outage) isDown() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.down
}

func (o *outage) note(s sign) {
	o.recent = slices.DeleteFunc(o.recent, func(old sign) bool {
		return old.host == s.host || s.at.Sub(old.at) > signLife
	})
	o.recent = append(o.recent, s)
	o.recent = o.recent[max(0, len(o.recent)-signs):]
}

// held reports whether polls wait because our own network is down or the store
// takes nothing more, but for one now and then that tries.
func (l *loop) held(ctx context.Context, now time.Time) bool {
	if l.o.Manual {
		return false
	}
	busy := len(l.busy) > 0
	return l.outage.isDown() && (busy || now.Sub(l.probed) < probeGap) || l.room.holds(ctx, busy)
}

// pardon takes back the failures that were counted before it was known that our
// own network is down: these sources were well until then. Those under way are
// pardoned when they have ended.
func (l *loop) pardon(ctx context.Context, ids []string) {
	if len(ids) > 0 {
		l.o.Log.Warn("our own network seems to be down: most sources fail at once, and none of them is blamed")
	}
	for _, id := range ids {
		l.pardons[id] = true
	}
	for id := range l.pardons {
		if l.busy[id] {
			continue
		}
		delete(l.pardons, id)
		known, err := l.o.Store.Source(ctx, id)
		if err == nil && known.State.Failures > 0 {
			known.State.Failures, known.State.DueReason = 0, schedule.ReasonOutage
			_, err = l.submit(ctx, commit{poll: &storage.Poll{Source: id, State: known.State}, now: clock()})
		}
		if err != nil {
			l.o.Log.Error("failures could not be taken back", "source", id, "err", err)
		}
	}
}
