package schedule

import "math"

// forecast is the intensity that a habit foretells from a time on, in items a
// minute, laid out so that asking it often is cheap.
type forecast struct {
	from   float64
	level  float64           // items a minute on average
	wide   [quarters]float64 // intensity by the smooth daily profile, against the average
	narrow [quarters]float64 // by the one of single quarters
	daily  [quarters]float64 // by what is believed of them
	hourly [fives]float64
	weekly [7]float64

	excess float64 // by which the intensity at from is above the profile's
	decay  float64 // of that excess, a minute
}

// forecast lays out what is expected from a time on, given all batches seen.
func (h *Habit) forecast(from float64) forecast {
	f := forecast{from: from, level: h.rate() * h.items(), weekly: h.weekly()}
	f.wide, f.narrow = h.profiles()
	shares := softmax(h.sharpness)
	for b := range f.daily {
		f.daily[b] = shares[0] + shares[1]*f.wide[b] + shares[2]*f.narrow[b]
	}
	trust := 0.0
	if h.phase > 0 {
		trust = 1 / (1 + math.Exp(-h.phase))
	}
	total := sum(h.minutes[:])
	for i, n := range h.minutes {
		f.hourly[i] = 1 - trust + trust*fives*(n+1)/(total+fives)
	}

	excited, decay := 0.0, 0.0
	excitement := h.excitedAt(from)
	for i, share := range softmax(h.fit) {
		excited += share * h.branching * kernels[i] * excitement[i]
		decay += share * kernels[i]
	}
	f.excess = excited*h.items() - h.branching*f.level*f.daily[quarterOf(from)]*f.weekly[weekdayOf(from)]
	f.decay = decay * (1 - h.branching)
	return f
}

// profiles returns the daily profiles of the batches seen: smoothed over a
// triangle of two hours to each side, and over neighbouring quarters.
func (h *Habit) profiles() (wide, narrow [quarters]float64) {
	// Batches spread over the day. A source that keeps to its quarter of an
	// hour is believed sooner: polls at other times would be in vain.
	const widePrior, narrowPrior = 4, 0.5
	total := sum(h.hours[:])
	wide = box(box(h.hours))
	for b := range wide {
		before, after := h.hours[(b+quarters-1)%quarters], h.hours[(b+1)%quarters]
		narrow[b] = (quarters*(h.hours[b]/2+before/4+after/4) + narrowPrior) / (total + narrowPrior)
		wide[b] = (quarters*wide[b] + widePrior) / (total + widePrior)
	}
	return wide, narrow
}

// box returns the mean over each quarter and the four to each side. Done
// twice, that is a triangle.
func box(list [quarters]float64) (means [quarters]float64) {
	const reach = 4
	total := 0.0
	for b := -reach; b < reach; b++ {
		total += list[(b+quarters)%quarters]
	}
	for b := range list {
		total += list[(b+reach)%quarters]
		means[b] = max(0, total) / (2*reach + 1)
		total -= list[(b+quarters-reach)%quarters]
	}
	return means
}

// weekly returns how much each day has of an average day: weekend and other
// days as one each, as far as they are known, and each day by itself with more
// caution.
func (h *Habit) weekly() [7]float64 {
	const groupPrior, dayPrior = 7, 14
	total := sum(h.weekdays[:])
	weekend := h.weekdays[0] + h.weekdays[6]
	group := func(batches, days float64) float64 {
		return (batches + groupPrior*days/7) / ((total + groupPrior) * days / 7)
	}
	work, rest := group(total-weekend, 5), group(weekend, 2)
	var days [7]float64
	for d, n := range h.weekdays {
		mean := work
		if d == 0 || d == 6 {
			mean = rest
		}
		days[d] = (n + dayPrior*mean/7) / ((total + dayPrior) / 7)
	}
	return days
}

// shape returns the intensity at a time against the average, without bursts.
func (f *forecast) shape(x float64) float64 {
	return f.daily[quarterOf(x)] * f.weekly[weekdayOf(x)] * f.hourly[fiveOf(x)]
}

// fine is for how long a forecast is looked at by five minutes.
const fine = 2 * day

// stretch returns the end of the stretch around x in which the shape counts as
// constant, and that shape.
func (f *forecast) stretch(x float64) (end, shape float64) {
	if x-f.from < fine {
		n := int(x / 5)
		return float64(n+1) * 5, f.daily[n/3%quarters] * f.weekly[weekdayOf(x)] * f.hourly[n%fives]
	}
	n := int(x / 15)
	return float64(n+1) * 15, f.daily[n%quarters] * f.weekly[weekdayOf(x)]
}

// mean returns the mean shape from the forecast's beginning to a time.
func (f *forecast) mean(to float64) float64 {
	total := 0.0
	for x := f.from; x < to; {
		end, shape := f.stretch(x)
		total += (min(end, to) - x) * shape
		x = end
	}
	return total / (to - f.from)
}

// leastShare of the average intensity is to be expected at any time.
const leastShare = 0.02

// wait returns the minutes after which the items published since from have
// waited for price item-minutes together, as expected, or are most items; not
// less than floor and not more than ceiling. It solves
//
//	∫ λ(v)(u-v) dv = price
//
// for u. At a constant rate that is the interval √(2·price/λ), by which a
// common price shares requests so that the mean delay is the least. The
// intensity is never taken to be below a small share of the average: nobody
// keeps to habits for ever.
func (f *forecast) wait(price, most, floor, ceiling float64) float64 {
	waited, items := 0.0, 0.0 // item-minutes and items until x
	excess := f.excess
	for x := f.from; x < f.from+ceiling; {
		end, shape := f.stretch(x)
		step := min(end, f.from+ceiling) - x
		rate := max(f.level*shape+excess, leastShare*f.level)
		next := waited + items*step + rate*step*step/2
		if (next >= price || items+rate*step >= most) && x+step-f.from > floor {
			dear := (math.Sqrt(items*items+2*rate*max(0, price-waited)) - items) / rate
			full := max(0, most-items) / rate
			return max(x-f.from+min(dear, full), floor)
		}
		waited, items, x = next, items+rate*step, end
		if math.Abs(excess) > 1e-3*f.level {
			excess *= math.Exp(-f.decay * step)
		}
	}
	return ceiling
}
