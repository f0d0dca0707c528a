package schedule

import (
	"math"
	"sync"
	"time"
)

// Budget shares a number of requests a minute among sources by a price that
// all of them pay. The price is found hourly, and moves slowly: a price that
// follows every change costs more delay than it saves requests.
//
// A Budget is safe for concurrent use. The now of its methods should not go
// back.
type Budget struct {
	mu        sync.Mutex // guards the fields below
	perMinute float64    // 0: one a source and hour
	demands   map[string]Demand
	adaptive  int     // demands that the price has a say in
	fixed     float64 // requests a minute of the others
	least     float64 // requests a minute of all at any price

	price   float64   // logarithm, before trim; 0 and no found: none yet
	found   time.Time // when the price was last looked for
	among   int       // sources then
	begun   time.Time
	learned bool    // prices are known from an earlier run
	trim    float64 // what the requests made say about the price

	spent    [24]float64 // requests by hour, a ring
	hour     int64       // the newest, since the epoch
	reserved time.Time   // Admit has given out all before this
}

// Demand is what a source asks of a Budget.
type Demand struct {
	Root        float64 // requests a minute at a price of one
	Least, Most float64 // bounds of its requests a minute
}

const (
	burst      = 3 // times the budget, at most, over a longer time
	burstDepth = overdueSpread
	burstLeast = 10 // requests that may come together
	maxTrim    = 1.5
	trimTime   = 5 * 24 * time.Hour
	trimAfter  = 12 * time.Hour
	slowPrice  = 1. / 120 // of the way to a new price, each hour; more when the budget is young

	leastPrice, greatestPrice = -12.0, 24.0 // logarithms
)

// NewBudget returns a budget of requests a minute, or one of a request a source
// and hour when that is 0.
func NewBudget(perMinute float64) *Budget {
	return &Budget{perMinute: perMinute, demands: map[string]Demand{}}
}

// SetRate changes the budget. The price follows as it follows any change.
func (b *Budget) SetRate(perMinute float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.perMinute = perMinute
}

// Set adds a source, or changes what it asks.
func (b *Budget) Set(id string, d Demand) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.remove(id)
	b.demands[id] = d
	b.least += d.Least
	if d.Root > 0 {
		b.adaptive++
	} else {
		b.fixed += d.Least
	}
}

// Remove takes a source out, if it is there.
func (b *Budget) Remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.remove(id)
}

func (b *Budget) remove(id string) {
	d, ok := b.demands[id]
	if !ok {
		return
	}
	delete(b.demands, id)
	b.least -= d.Least
	if d.Root > 0 {
		b.adaptive--
	} else {
		b.fixed -= d.Least
	}
}

// Restore goes on from the correction that an earlier run had learned.
func (b *Budget) Restore(now time.Time, trim float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin(now)
	b.learned = true
	b.price = b.fair()
	b.found, b.among = now, len(b.demands)
	b.trim = clamp(trim, maxTrim)
}

// Trim returns the correction of the price by the requests that were made, to
// be kept for Restore.
func (b *Budget) Trim() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.trim
}

// Shift moves all times, after a step of the clock.
func (b *Budget) Shift(by time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range []*time.Time{&b.found, &b.begun, &b.reserved} {
		if !t.IsZero() {
			*t = t.Add(by)
		}
	}
	b.spent, b.hour = [24]float64{}, 0
}

// Price returns the price of a request in item-minutes.
func (b *Budget) Price(now time.Time) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin(now)
	passed := now.Sub(b.found)
	firstDay := b.firstDay(now)
	grown := firstDay && len(b.demands)-b.among > b.among/8
	if passed >= time.Hour || b.found.IsZero() || grown {
		b.find(now, firstDay)
	}
	return math.Exp(b.price + b.trim)
}

// find looks for the price anew.
func (b *Budget) find(now time.Time, firstDay bool) {
	fair := b.fair()
	if firstDay || b.found.IsZero() {
		b.price = fair
	} else {
		hours := min(now.Sub(b.found).Hours(), 24)
		step := min(max(slowPrice, 4/max(now.Sub(b.begun).Hours(), 4)), 1)
		b.price += (1 - math.Pow(1-step, hours)) * (fair - b.price)
		if run := now.Sub(b.begun); run >= trimAfter {
			excess := b.rate(now, run)/b.requests() - 1
			b.trim = clamp(b.trim+hours*float64(time.Hour)/float64(trimTime)*clamp(excess, 1), maxTrim)
		}
	}
	b.found, b.among = now, len(b.demands)
}

// requests returns the budget as requests a minute. It is not below what all
// sources need that are polled as seldom as is allowed.
func (b *Budget) requests() float64 {
	budget := b.perMinute
	if budget <= 0 {
		budget = float64(b.adaptive)/60 + b.fixed
	}
	return max(budget, b.least)
}

// fair returns the logarithm of the price at which the sources' demands are
// the budget.
func (b *Budget) fair() float64 {
	low, high := leastPrice, greatestPrice
	for range 40 {
		middle := (low + high) / 2
		if b.asked(math.Exp(-middle/2)) > b.requests() {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// asked returns the requests a minute of all sources at a price, of which the
// inverse root is given.
func (b *Budget) asked(inverse float64) float64 {
	total := 0.0
	for _, d := range b.demands {
		total += min(max(d.Root*inverse, d.Least), d.Most)
	}
	return total
}

// Spend counts requests that were made.
func (b *Budget) Spend(now time.Time, requests int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin(now)
	b.turn(now)
	b.spent[b.hour%int64(len(b.spent))] += float64(requests)
}

// turn empties the hours of the ring that have come since.
func (b *Budget) turn(now time.Time) {
	hour := now.Unix() / 3600
	for i := range min(max(hour-b.hour, 0), int64(len(b.spent))) {
		b.spent[(hour-i)%int64(len(b.spent))] = 0
	}
	b.hour = max(b.hour, hour)
}

// rate returns the requests a minute of the last day, or since the budget
// began.
func (b *Budget) rate(now time.Time, run time.Duration) float64 {
	b.turn(now)
	// The newest hour of the ring is not over.
	window := 23*time.Hour + time.Duration(now.Unix()%3600)*time.Second
	return sum(b.spent[:]) / min(window, run).Minutes()
}

// Admit reserves a request and returns when it may be made: now, unless
// sources ask for far more than the budget at once.
func (b *Budget) Admit(now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin(now)
	rate := burst * b.requests()
	if b.firstDay(now) {
		rate = b.requests()
	}
	if rate <= 0 {
		return now
	}
	each := time.Duration(float64(time.Minute) / rate)
	b.reserved = later(b.reserved, now.Add(-max(burstDepth, burstLeast*each)))
	at := later(now, b.reserved)
	b.reserved = b.reserved.Add(each)
	return at
}

func (b *Budget) begin(now time.Time) {
	if b.begun.IsZero() {
		b.begun = now
	}
}

// firstDay reports whether there is no experience with prices yet.
func (b *Budget) firstDay(now time.Time) bool { return !b.learned && now.Sub(b.begun) < 24*time.Hour }

func clamp(x, limit float64) float64 { return min(max(x, -limit), limit) }
