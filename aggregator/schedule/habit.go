package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Habit is what polls have taught about when a source publishes: how often,
// at which hours and on which days, and whether news brings more news. The
// zero value knows nothing. A Habit is about a kilobyte, and grows no further.
//
// Publications less than two minutes apart count as one batch. All estimates
// forget: the level with half-lives of two days to two months, of which the
// one that predicted best is believed; the profiles within a month.
//
// The profiles follow Sia, Cho and Cho (Monitoring RSS feeds based on user
// browsing pattern, 2007), the bursts are a Hawkes process with its branching
// ratio found online.
type Habit struct {
	polled float64 // time of the last poll, 0: never
	last   float64 // time of the newest batch, 0: none
	size   float64 // items a batch, smoothed
	gap    float64 // between batches, smoothed
	lull   float64 // the longest gap, fading

	levels [len(halfLives)]level

	hours    [quarters]float64 // batches by quarter of an hour of the day
	minutes  [fives]float64    // by five minutes of the hour
	weekdays [7]float64        // from Sunday

	sharpness [3]float64 // log likelihoods of no, a wide and a narrow profile
	phase     float64    // of the minutes within the hour, against none

	branching float64               // share of batches that follow from others
	seen      float64               // batches that branching is known from
	excited   [len(kernels)]float64 // what batches left behind, at the time of the last
	fit       [len(kernels)]float64 // log likelihoods of the kernels
}

// level is an estimate of the rate that forgets with one half-life.
type level struct {
	batches  float64 // decayed
	exposure float64 // decayed minutes
	score    float64 // log likelihood of what it predicted, decayed
}

const (
	quarters = 96
	fives    = 12

	day  = 24 * 60.0 // in minutes, as all times here
	week = 7 * day

	sameBatch   = 2
	maxBatches  = 50 // of one poll; more is a source that shows its archive
	maxSeed     = 20 // batches of the first document that are learned from
	profileLife = 30 * day
	lullLife    = 1460 * day // longer than from one holiday to the next

	seenAtFirst   = 10 // batches that the first branching counts as
	enoughBatches = 20 // from which on gaps are known

	// What a source is thought to publish that gave no date yet.
	priorBatches, priorExposure = 2, day
)

var (
	halfLives = [...]float64{2 * day, 10 * day, 60 * day}
	kernels   = [...]float64{1. / 12, 1. / 45, 1. / 180} // decay of an excitement a minute
)

// minutesOf is a time in minutes since 1970, 0 for all before. Float64 keeps it to better than a
// millisecond for centuries.
func minutesOf(t time.Time) float64 { return max(0, float64(t.UnixMilli())/60000) }

// Learn takes in a poll at now and when the items that are new were published.
// A zero time is one that is not known. The first poll gives all items the
// source shows. A poll before the one learned last, as after a step of the
// clock, teaches nothing, and of a long absence only the last week counts.
func (h *Habit) Learn(now time.Time, published []time.Time) {
	at := minutesOf(now)
	switch {
	case h.polled == 0:
		h.seed(at, published)
	case at <= h.polled:
		h.polled, h.last = at, min(h.last, at)
	default:
		gap, lull, missed := h.gap, h.lull, at-h.polled > week
		h.polled = max(h.polled, at-week)
		h.observe(at, h.within(at, published))
		if missed { // nobody saw how long it really was
			h.gap, h.lull = gap, lull
		}
	}
}

// Known reports whether there was anything to learn from yet.
func (h *Habit) Known() bool { return h.polled != 0 }

// Rate returns how many items the source publishes a day, on average.
func (h *Habit) Rate() float64 { return h.rate() * h.items() * day }

// Gaps returns the mean time between two batches and the longest one of the last
// years, 0 while too few batches are known. The time since the last batch does
// not count.
func (h *Habit) Gaps() (mean, longest time.Duration) {
	if h.seen < seenAtFirst+enoughBatches {
		return 0, 0
	}
	return time.Duration(h.gap * float64(time.Minute)), time.Duration(h.lull * float64(time.Minute))
}

// seed learns from the first document, which shows what came before.
func (h *Habit) seed(at float64, published []time.Time) {
	h.polled, h.size = at, 1
	h.branching, h.seen = 0.2, seenAtFirst
	var dates []float64
	for _, p := range published {
		if x := minutesOf(p); x > 0 && x <= at {
			dates = append(dates, x)
		}
	}
	batches := h.batch(dates)
	batches = batches[max(0, len(batches)-maxSeed):]
	if len(batches) == 0 {
		for i := range h.levels {
			h.levels[i] = level{batches: priorBatches, exposure: priorExposure}
			if len(published) == 0 {
				h.levels[i] = level{exposure: min(20*day, halfLives[i]/math.Ln2)}
			}
		}
		return
	}
	age := at - batches[0]
	for i, half := range halfLives {
		h.levels[i].exposure = (1 - math.Exp2(-age/half)) * half / math.Ln2
		for _, x := range batches {
			h.levels[i].batches += math.Exp2((x - at) / half)
		}
	}
	for _, x := range batches {
		h.place(x, math.Exp2((x-at)/profileLife))
	}
}

// within returns the batches of the items that appeared since the last poll,
// in order. An item whose date is missing, or lies outside that time, is taken
// to have appeared in even steps with the others like it.
func (h *Habit) within(at float64, published []time.Time) []float64 {
	var dates []float64
	unknown := 0
	for _, p := range published {
		x := minutesOf(p)
		if p.IsZero() || x <= h.polled-sameBatch || x > at+sameBatch {
			unknown++
			continue
		}
		dates = append(dates, min(max(x, h.polled), at))
	}
	unknown = min(unknown, maxBatches)
	for i := range unknown {
		dates = append(dates, h.polled+(at-h.polled)*(float64(i)+0.5)/float64(unknown))
	}
	batches := h.batch(dates)
	return batches[max(0, len(batches)-maxBatches):]
}

// batch returns the times of batches, in order, and learns how large they are.
func (h *Habit) batch(dates []float64) []float64 {
	slices.Sort(dates)
	var batches []float64
	size := 0.0
	for i, x := range dates {
		if i == 0 || x-dates[i-1] >= sameBatch {
			batches = append(batches, x)
			size = 0
		}
		size++
		if i+1 == len(dates) || dates[i+1]-x >= sameBatch {
			h.size += (size - h.size) / 10
		}
	}
	return batches
}

// observe learns from a gap between two polls in which there were these
// batches.
func (h *Habit) observe(at float64, batches []float64) {
	gap := at - h.polled
	f := h.forecast(h.polled)
	expected := f.mean(at) + 0.05
	best := math.Inf(-1)
	for i, half := range halfLives {
		l := &h.levels[i]
		predicted := l.rate() * gap * expected
		l.score = math.Exp2(-gap/(20*day))*l.score + 0.3*(float64(len(batches))*math.Log(predicted)-predicted)
		best = max(best, l.score)

		decay := math.Exp2(-gap / half)
		l.batches *= decay
		l.exposure = l.exposure*decay + gap
		for _, x := range batches {
			l.batches += math.Exp2((x - at) / half)
		}
	}
	for i := range h.levels {
		h.levels[i].score = max(h.levels[i].score-best, -20)
	}
	h.fade(math.Exp2(-gap / profileLife))
	for _, x := range batches {
		h.place(x, 1)
	}
	h.polled = at
}

func (h *Habit) fade(decay float64) {
	for _, list := range [][]float64{h.hours[:], h.minutes[:], h.weekdays[:]} {
		for i := range list {
			list[i] *= decay
		}
	}
}

// place learns from one batch: first how well the profiles and kernels
// foretold it, then from when it was.
func (h *Habit) place(x, weight float64) {
	f := h.forecast(x)
	quarter, five := quarterOf(x), fiveOf(x)

	h.sharpness[0] *= 0.995
	h.sharpness[1] = 0.995*h.sharpness[1] + math.Log(f.wide[quarter]+1e-6)
	h.sharpness[2] = 0.995*h.sharpness[2] + math.Log(f.narrow[quarter]+1e-6)
	h.phase = 0.995*h.phase + math.Log(fives*(h.minutes[five]+1)/(sum(h.minutes[:])+fives))

	base := h.rate() * (1 - h.branching) * f.shape(x)
	excitement := h.excitedAt(x)
	weights := softmax(h.fit)
	offspring := 0.0
	for i, beta := range kernels {
		excited := h.branching * beta * excitement[i]
		h.fit[i] = 0.99*h.fit[i] + math.Log((base+excited)/(base/(1-h.branching)))
		offspring += weights[i] * excited / (base + excited)
	}
	h.seen = min(h.seen+1, 80)
	h.branching = min(max(h.branching+(offspring-h.branching)/h.seen, 0), 0.85)
	for i := range excitement {
		h.excited[i] = excitement[i] + 1
	}
	if gap := x - h.last; h.last > 0 && gap > 0 {
		h.gap += (gap - h.gap) / max(h.seen-seenAtFirst, 1)
		h.lull = max(h.lull*math.Exp2(-gap/lullLife), gap)
	}
	h.last = max(h.last, x)

	h.hours[quarter] += weight
	h.minutes[five] += weight
	h.weekdays[weekdayOf(x)] += weight
}

// excitedAt returns what the batches so far have left behind at a time.
func (h *Habit) excitedAt(x float64) [len(kernels)]float64 {
	excited := h.excited
	for i, beta := range kernels {
		excited[i] *= math.Exp(-beta * max(0, x-h.last))
	}
	return excited
}

// rate returns the batches a minute.
func (h *Habit) rate() float64 {
	var scores [len(halfLives)]float64
	for i, l := range h.levels {
		scores[i] = l.score
	}
	rate := 0.0
	for i, weight := range softmax(scores) {
		rate += weight * h.levels[i].rate()
	}
	return rate
}

func (l level) rate() float64 { return (l.batches + 0.2) / (l.exposure + 0.2*day) }

// items returns how many items a batch has.
func (h *Habit) items() float64 { return cmp.Or(h.size, 1) }

func quarterOf(x float64) int { return int(x/15) % quarters }
func fiveOf(x float64) int    { return int(x/5) % fives }
func weekdayOf(x float64) int { return int(x/day+4) % 7 } // the epoch was a Thursday

func sum(list []float64) float64 {
	total := 0.0
	for _, x := range list {
		total += x
	}
	return total
}

// softmax turns log likelihoods into shares.
func softmax(scores [3]float64) [3]float64 {
	best := max(scores[0], scores[1], scores[2])
	var shares [3]float64
	total := 0.0
	for i, s := range scores {
		shares[i] = math.Exp(s - best)
		total += shares[i]
	}
	for i := range shares {
		shares[i] /= total
	}
	return shares
}

// root returns the requests a minute that are worth a price of one: the square
// root of half the intensity, averaged over the day and the week.
func (h *Habit) root() float64 {
	f := h.forecast(h.polled)
	daily, weekly := 0.0, 0.0
	for _, x := range f.daily {
		daily += math.Sqrt(x) / quarters
	}
	for _, x := range f.weekly {
		weekly += math.Sqrt(x) / 7
	}
	return math.Sqrt(f.level/2) * daily * weekly
}
