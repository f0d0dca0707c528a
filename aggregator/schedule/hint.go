package schedule

import "time"

// Hints are what a publisher says about when to come again, each zero when it
// does not say it. They hold from the poll on.
type Hints struct {
	MaxAge time.Duration // freshness left (RFC 9111 section 4.2)
	TTL    time.Duration // of RSS 2.0

	// Period is the time between two updates of the document and Base a time
	// at which there was one (RSS 1.0 module Syndication).
	Period time.Duration
	Base   time.Time

	SkipHours uint32 // bit h: not from h to h+1 o'clock UTC (RSS 2.0)
	SkipDays  uint8  // bit d: not on weekday d of UTC, 0 is Sunday (RSS 2.0)
}

// leastFloor is how far a publisher's own hints lower the floor.
const leastFloor = 5 * time.Minute

// freshness returns the longest time for which the publisher calls a document
// fresh, zero when it does not say.
func (h Hints) freshness() time.Duration { return max(h.MaxAge, h.TTL, h.Period) }

// floor returns the least wait, given the policy's: a publisher who says that
// news come sooner may be believed in part.
func (h Hints) floor(least time.Duration) time.Duration {
	if fresh := h.freshness(); fresh > 0 {
		return min(least, max(fresh, leastFloor))
	}
	return least
}

// bounds returns the times before which the publisher said that there is
// nothing new after a poll.
func (h Hints) bounds(poll time.Time) []Bound {
	var list []Bound
	add := func(name string, wait time.Duration) {
		if wait > 0 {
			list = append(list, Bound{name, poll.Add(wait)})
		}
	}
	add("max-age", h.MaxAge)
	add("ttl", h.TTL)
	add("sy:updatePeriod", h.nextUpdate(poll))
	return list
}

// nextUpdate returns the wait until the first update after a poll.
func (h Hints) nextUpdate(poll time.Time) time.Duration {
	if h.Period <= 0 || h.Base.IsZero() {
		return h.Period
	}
	// Remainders of negative durations are negative.
	since := poll.Sub(h.Base) % h.Period
	if since < 0 {
		since += h.Period
	}
	return h.Period - since
}

const (
	allHours = 1<<24 - 1
	allDays  = 1<<7 - 1
)

// open returns the first time at or after t that is in no hour and no day to
// skip, and whether that is another time. Hints that leave nothing are none.
func (h Hints) open(t time.Time) (time.Time, bool) {
	hours, days := h.SkipHours&allHours, h.SkipDays&allDays
	if hours == allHours {
		hours = 0
	}
	if days == allDays {
		days = 0
	}
	at := t.UTC()
	for {
		switch {
		case days&(1<<at.Weekday()) != 0:
			at = at.Truncate(24 * time.Hour).Add(24 * time.Hour)
		case hours&(1<<at.Hour()) != 0:
			at = at.Truncate(time.Hour).Add(time.Hour)
		default:
			return at, !at.Equal(t)
		}
	}
}
