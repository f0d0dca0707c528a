package aggregator

import (
	"slices"
	"sync"
	"time"
)

// The signs by which a fault of our own network is told from those of others.
const (
	signs      = 12        // the newest, of as many hosts
	signLife   = time.Hour // older ones count no more
	leastSigns = 3         // of failure
	probeGap   = longestSleep
)

// outage tells whether it is our own network that is down: then most hosts
// that answered before fail at once. It is safe for concurrent use.
type outage struct {
	mu     sync.Mutex // guards the fields below
	recent []sign     // the newest last, one a host
	down   bool
}

// sign is how the last request to a host ended.
type sign struct {
	host   string
	source string
	at     time.Time
	failed bool
}

// answered notes that a host answered, whatever it said. It reports whether
// that ends an outage.
func (o *outage) answered(host string, now time.Time) (ended bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ended = o.down; ended {
		o.down, o.recent = false, nil
	}
	o.note(sign{host: host, at: now})
	return ended
}

// failed notes that a source could not be reached; it is a sign when the
// source was well before. failed reports whether our network is down, and
// which sources had failed for that reason before it was known.
func (o *outage) failed(host, source string, well bool, now time.Time) (down bool, pardoned []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down || !well {
		return o.down, nil
	}
	o.note(sign{host: host, source: source, at: now, failed: true})
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
	for _, s := range o.recent {
		if s.failed && s.source != source {
			pardoned = append(pardoned, s.source)
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
