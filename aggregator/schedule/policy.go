package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// overdueSpread is the time over which overdue polls are spread.
const overdueSpread = 10 * time.Minute

// slowLife is the half-life of a wait learned from refusals.
const slowLife = 7 * 24 * time.Hour

// costlyPrice is what the requests cost of a source that sends its whole
// document each time, against those of others. The wait grows by its root.
const costlyPrice = 4

// How far the prices are spread that sources pay, to keep them apart.
const (
	spreadWidth = 0.05
	firstWidth  = 3.0
)

// Policy says how long sources wait between polls. All its fields are above
// zero and Min is not above Max.
//
// Every wait depends on nothing but the arguments. What spreads sources is a
// hash of their ids and the time of the poll: it only ever adds to a wait, and
// is the same after a restart.
type Policy struct {
	Min     time.Duration // floor of every wait
	Max     time.Duration // cap on every wait but that for a Schedule
	Backoff time.Duration // after the first failure; doubles with each further one
}

// Visit is a poll that has ended, and what its source is known for.
type Visit struct {
	ID       string
	Time     time.Time // of the poll
	First    bool      // the source was never polled successfully before
	Failures int       // in a row, this poll included; 0: it succeeded

	NotBefore time.Time     // the publisher asked for no request before this; zero: it did not
	Limited   bool          // the publisher refused because of too many requests
	Outage    bool          // the poll failed by a fault on this side
	Planned   time.Duration // the wait before this poll, as it was planned
	Slow      time.Duration // Plan.Slow of the poll before

	Schedule cron.Schedule // nil: by Habit and Price
	Min      time.Duration // floor of this source; 0: none
	Hints    Hints
	Costly   bool    // the source sends its whole document each time
	Habit    *Habit  // nil: nothing is known
	Shown    int     // items the document shows, 0: not known
	Price    float64 // in minutes that items wait, together, for one request to be worth it
}

// Plan is when a source is due next.
type Plan struct {
	Due    time.Time
	Reason string // for people, in a few words

	// Bounds are all the times that were considered. Due is the latest of
	// them, but for what spreads sources.
	Bounds []Bound

	// Slow is the wait learned from refusals, 0 when there is none.
	Slow time.Duration

	// Capped names the bounds that asked for more than Policy.Max.
	Capped []string
}

// Bound is a time before which a source is not due, and what says so.
type Bound struct {
	Name string
	At   time.Time
}

// The bounds that are no publisher's hints.
const (
	BoundHabit    = "habit"
	BoundSchedule = "schedule"
	BoundFloor    = "min_interval"
	BoundFailures = "failures"
	BoundOutage   = "outage"
	BoundRefused  = "refused"
	BoundAsked    = "retry-after"
	BoundSkip     = "skipHours and skipDays"
)

// ReasonOutage is the reason of a plan after a failure that was not the
// source's.
const ReasonOutage = "our own network seems to be down"

// Next returns when the source is due after a visit.
func (p Policy) Next(v Visit) Plan {
	plan := Plan{Slow: p.slow(v)}
	latest := v.Time.Add(p.Max)
	capped := func(name string, at time.Time) time.Time {
		if at.After(latest) {
			plan.Capped = append(plan.Capped, name)
			return latest
		}
		return at
	}
	add := func(name, reason string, at time.Time) {
		plan.Bounds = append(plan.Bounds, Bound{name, at})
		if plan.Due.IsZero() || at.After(plan.Due) {
			plan.Due, plan.Reason = at, reason
		}
	}
	floor := p.floor(v)
	add(BoundFloor, "not more often than every "+short(floor), v.Time.Add(floor))
	switch {
	case v.Outage:
		add(BoundOutage, ReasonOutage, v.Time.Add(floor+offset(overdueSpread, v.ID)))
	case v.Failures > 0:
		due := v.Time.Add(p.backoff(v.ID, v.Failures, max(p.Min, v.Min)))
		if v.Schedule != nil {
			due = p.slot(v.Schedule, v.Time, due)
		}
		add(BoundFailures, "after "+count(v.Failures, "failure"), due)
	case v.Schedule != nil:
		add(BoundSchedule, "schedule", p.slot(v.Schedule, v.Time, v.Time))
	default:
		wait, reason := p.habitual(v, floor)
		add(BoundHabit, reason, v.Time.Add(wait))
	}
	if plan.Slow > 0 {
		add(BoundRefused, "it refused to be asked oftener", v.Time.Add(plan.Slow))
	}
	if v.Failures == 0 {
		for _, b := range v.Hints.bounds(v.Time) {
			add(b.Name, "the publisher's "+b.Name, capped(b.Name, b.At))
		}
	}
	if !v.NotBefore.IsZero() {
		add(BoundAsked, "the publisher asked to wait", capped(BoundAsked, v.NotBefore))
	}
	if at, later := v.Hints.open(plan.Due); later && plan.Due.Before(latest) {
		at = capped(BoundSkip, at)
		add(BoundSkip, "the publisher's "+BoundSkip, at.Add(offset(min(overdueSpread, latest.Sub(at)), v.ID)))
	}
	return plan
}

// Demand returns what the source asks of the budget.
func (p Policy) Demand(v Visit) Demand {
	least, most := 1/p.Max.Minutes(), 1/max(p.floor(v), v.Hints.freshness(), p.slow(v)).Minutes()
	if v.Schedule != nil {
		next := v.Schedule.Next(v.Time.UTC())
		gap := max(v.Schedule.Next(next).Sub(next), time.Minute)
		return Demand{Least: 1 / gap.Minutes(), Most: 1 / gap.Minutes()}
	}
	return Demand{Root: v.habit().root() / math.Sqrt(v.cost()*(1+spreadWidth/2)), Least: min(least, most), Most: most}
}

// habitual returns the wait after which enough news is to be expected, and
// why.
func (p Policy) habitual(v Visit, floor time.Duration) (time.Duration, string) {
	f := v.habit().forecast(minutesOf(v.Time))
	most := math.Inf(1)
	if v.Shown > 0 {
		most = float64(v.Shown) / 2 // so that no item scrolls out of the document unseen
	}
	wait := f.wait(v.Price*v.cost()*v.spread(), most, floor.Minutes(), p.Max.Minutes())
	reason := "publishes " + perDay(v.habit().Rate())
	if wait == p.Max.Minutes() {
		reason += ", and max_interval is over"
	}
	return time.Duration(wait * float64(time.Minute)), reason
}

func (v Visit) habit() *Habit {
	if v.Habit == nil {
		return &Habit{}
	}
	return v.Habit
}

func (v Visit) cost() float64 {
	if v.Costly {
		return costlyPrice
	}
	return 1
}

// spread returns a factor of the price that keeps sources apart which were
// added together and publish alike. It moves a poll little where much is
// expected soon.
func (v Visit) spread() float64 {
	width := spreadWidth
	if v.First {
		width = firstWidth
	}
	return 1 + width*fraction(v.ID, v.Time.UTC().Format(time.RFC3339))
}

// floor returns the least wait after a poll of the source.
func (p Policy) floor(v Visit) time.Duration {
	least := p.Min
	if v.Failures == 0 {
		least = v.Hints.floor(p.Min)
	}
	if v.Costly {
		least *= 2
	}
	return min(max(least, v.Min), max(p.Max, v.Min))
}

// slow returns the wait that refusals have taught: twice the one that was
// refused, and less as time goes by.
func (p Policy) slow(v Visit) time.Duration {
	if v.Limited && v.NotBefore.IsZero() {
		return min(2*max(v.Planned, v.Slow, p.Min, v.Min), p.Max)
	}
	slow := time.Duration(float64(v.Slow) * math.Exp2(-float64(v.Planned)/float64(slowLife)))
	if slow <= max(p.Min, v.Min) {
		return 0
	}
	return slow
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
	case due.After(now.Add(max(p.Max, v.Min))):
		floor := max(p.Min, v.Min)
		return now.Add(floor + offset(p.Max-floor, v.ID))
	}
	return due
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
	return time.Duration(fraction(names...) * float64(max(span, 0)))
}

// fraction returns a stable number from 0 to below 1, evenly spread over the
// names.
func fraction(names ...string) float64 {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
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

// perDay writes a rate of items for people.
func perDay(rate float64) string {
	switch {
	case rate >= 10:
		return fmt.Sprintf("%.0f items a day", rate)
	case rate >= 1:
		return fmt.Sprintf("%.1f items a day", rate)
	case rate*7 >= 1:
		return fmt.Sprintf("%.1f items a week", rate*7)
	}
	return fmt.Sprintf("%.1f items a month", rate*30)
}
