package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// overdueSpread is the time over which overdue polls are spread.
const overdueSpread = 10 * time.Minute

// Policy says how long sources wait between polls. All its fields are above
// zero and Min is not above Max.
//
// Every wait depends on nothing but the arguments. What spreads sources is a
// hash of their ids: it is only ever added to a wait, so that no source is
// polled sooner than its interval, and it is the same after a restart.
type Policy struct {
	Interval time.Duration // between two polls of a source by default; held within Min and Max
	Min      time.Duration // floor of every wait
	Max      time.Duration // cap on Interval and on what failures and publishers ask for
	Backoff  time.Duration // after the first failure; doubles with each further one
}

// Interval returns the interval at which so many sources share a budget of
// requests a minute, or one hour when there is no budget.
func Interval(sources, requestsPerMinute int) time.Duration {
	if requestsPerMinute <= 0 {
		return time.Hour
	}
	return time.Duration(sources) * time.Minute / time.Duration(requestsPerMinute)
}

// Visit is a poll that has ended, and what its source is known for.
type Visit struct {
	ID        string
	Time      time.Time     // of the poll
	First     bool          // the source was never polled successfully before
	Failures  int           // in a row, this poll included; 0: it succeeded
	NotBefore time.Time     // the publisher asked for no request before this; zero: it did not
	Schedule  cron.Schedule // nil: by interval
	Min       time.Duration // floor of this source; 0: none
}

// Next returns when the source is due after a visit, and why, in a few words
// for people.
func (p Policy) Next(v Visit) (due time.Time, reason string) {
	due, reason = p.next(v)
	if asked := earlier(v.NotBefore, v.Time.Add(p.Max)); asked.After(due) {
		return asked, "the publisher asked to wait"
	}
	return due, reason
}

func (p Policy) next(v Visit) (time.Time, string) {
	floor := max(p.Min, v.Min)
	switch {
	case v.Failures > 0:
		due, reason := v.Time.Add(p.backoff(v.ID, v.Failures, floor)), "after "+count(v.Failures, "failure")
		if v.Schedule != nil {
			due = p.slot(v.Schedule, v.Time, due)
		}
		return due, reason
	case v.Schedule != nil:
		return later(p.slot(v.Schedule, v.Time, v.Time), v.Time.Add(floor)), "schedule"
	}
	interval := p.interval(floor)
	spread := interval / 10
	if v.First {
		// Sources that were added together are from here on apart.
		spread = interval
	}
	return v.Time.Add(interval + offset(spread, v.ID)), "every " + short(interval)
}

// Resume returns when a source is due whose due time was stored, or computed
// before the machine was suspended. Overdue sources are spread over the next
// ten minutes, each at the same moment of every ten minutes, so that one
// restart after another does not put a source off for ever. A due time beyond
// what Next gives, as after a step of the clock, is brought back to within Max.
// A source never polled has no due time and is due at once. Of v count the ID,
// the Schedule and Min only.
func (p Policy) Resume(v Visit, due, now time.Time) time.Time {
	switch {
	case due.IsZero():
		return now
	case !due.After(now):
		due = now.Truncate(overdueSpread).Add(offset(overdueSpread, v.ID))
		if due.Before(now) {
			due = due.Add(overdueSpread)
		}
		return due
	case v.Schedule != nil:
		// A slot may be further away than Max.
		if latest := p.slot(v.Schedule, now, now.Add(p.Max)); due.After(latest) {
			return p.slot(v.Schedule, now, now)
		}
	case due.After(now.Add(p.Max)):
		interval := p.interval(max(p.Min, v.Min))
		return now.Add(interval + offset(p.Max-interval, v.ID))
	}
	return due
}

func (p Policy) interval(floor time.Duration) time.Duration {
	return max(min(p.Interval, p.Max), floor)
}

// backoff returns the wait after so many failures in a row.
func (p Policy) backoff(id string, failures int, floor time.Duration) time.Duration {
	// The jitter, up to a tenth, stays below Max with the wait itself:
	// sources that have failed for long must not all come at once.
	limit := p.Max - p.Max/11
	wait := p.Backoff
	for range failures - 1 {
		if wait >= limit/2 {
			wait = limit
			break
		}
		wait *= 2
	}
	wait = max(min(wait, limit), floor)
	return wait + offset(min(wait/10, p.Max-wait), id, strconv.Itoa(failures))
}

// slot returns the first time of the schedule after the poll, at or after
// bound. A schedule whose time is years away counts as Max.
func (p Policy) slot(s cron.Schedule, poll, bound time.Time) time.Time {
	slot := s.Next(poll.UTC())
	if slot.Before(bound) {
		slot = s.Next(bound.UTC().Add(-time.Nanosecond))
	}
	if slot.IsZero() {
		return later(poll.Add(p.Max), bound)
	}
	return slot.UTC()
}

// offset returns a stable duration from 0 to below span, evenly spread over
// the names.
func offset(span time.Duration, names ...string) time.Duration {
	if span <= 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return time.Duration(binary.BigEndian.Uint64(sum[:]) % uint64(span))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// short writes a duration without its trailing seconds when there are none.
func short(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
