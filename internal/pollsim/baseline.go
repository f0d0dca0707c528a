package main

import "math"

// fixed waits the same time always.
type fixed float64

func (p fixed) wait(float64, []float64) float64 { return float64(p) }

// miniflux waits like Miniflux's entry_frequency: a week over the items of the
// past week.
type miniflux struct {
	scale float64
	week  []float64
}

func (p *miniflux) wait(now float64, found []float64) float64 {
	p.week = append(p.week, found...)
	for len(p.week) > 0 && p.week[0] <= now-7*day {
		p.week = p.week[1:]
	}
	return p.scale * 7 * day / float64(len(p.week))
}

// commafeed waits like CommaFeed's empirical interval: half the mean gap of
// the items shown, and long when the newest is old.
type commafeed struct {
	scale float64
	recent
}

func (p *commafeed) wait(now float64, found []float64) float64 {
	p.add(found)
	switch age := now - p.newest(); {
	case age >= 30*day:
		return longest
	case age >= 14*day:
		return longest / 2
	case age >= 7*day:
		return longest / 4
	}
	return p.scale * p.meanGap() / 2
}

// movingAverage waits the mean gap of the items shown (MAV). While none comes,
// the time since the newest replaces the oldest gap.
type movingAverage struct {
	scale float64
	recent
}

func (p *movingAverage) wait(now float64, found []float64) float64 {
	p.add(found)
	if len(found) > 0 || len(p.times) < 2 {
		return p.scale * p.meanGap()
	}
	return p.scale * (now - p.times[1]) / float64(len(p.times)-1)
}

// adaptiveTTL waits a share of the age of the newest item.
type adaptiveTTL struct {
	scale float64
	recent
}

func (p *adaptiveTTL) wait(now float64, found []float64) float64 {
	p.size = 1
	p.add(found)
	return p.scale * (now - p.newest())
}

// aimd halves its wait when it finds something and lengthens it by a step when
// not.
type aimd struct {
	step, interval float64
}

func (p *aimd) wait(_ float64, found []float64) float64 {
	if len(found) > 0 {
		p.interval /= 2
	} else {
		p.interval += p.step
	}
	p.interval = min(max(p.interval, shortest), longest)
	return p.interval
}

// freshness keeps the share of sources with nothing unseen as high as it can
// (Cho and Garcia-Molina): a poll must win price minutes of freshness.
type freshness struct {
	price float64
	rate
}

func (p *freshness) wait(now float64, found []float64) float64 {
	perMinute := p.learn(now, found)
	// A wait of x mean gaps wins (1-(1+x)e^-x)/rate over no poll.
	if p.price*perMinute >= 1 {
		return longest
	}
	low, high := 0.0, 50.0
	for range 40 {
		if x := (low + high) / 2; 1-(1+x)*math.Exp(-x) < p.price*perMinute {
			low = x
		} else {
			high = x
		}
	}
	return low / perMinute
}

// sqrtRate waits in proportion to the inverse square root of the rate: the
// best intervals for items that come evenly.
type sqrtRate struct {
	scale float64
	rate
}

func (p *sqrtRate) wait(now float64, found []float64) float64 {
	return p.scale / math.Sqrt(p.learn(now, found))
}

// recent holds the publication times of the newest items.
type recent struct {
	size  int
	times []float64
}

func (r *recent) add(found []float64) {
	r.times = append(r.times, found...)
	r.times = r.times[max(0, len(r.times)-r.size):]
}

func (r *recent) newest() float64 {
	if len(r.times) == 0 {
		return math.Inf(-1)
	}
	return r.times[len(r.times)-1]
}

func (r *recent) meanGap() float64 {
	n := len(r.times)
	if n < 2 {
		return math.Inf(1)
	}
	return (r.times[n-1] - r.times[0]) / float64(n-1)
}

// rate learns the items a minute of a source from counts that fade.
type rate struct {
	last, items, minutes float64
}

const halfLife = 10 * day

func (r *rate) learn(now float64, found []float64) float64 {
	gap := now - r.last
	if r.minutes == 0 {
		// The first poll's items speak for the time since the oldest.
		gap = 2 * halfLife
		if len(found) > 0 {
			gap = max(1, now-found[0])
		}
	}
	fade := math.Exp2(-gap / halfLife)
	r.items *= fade
	r.minutes = r.minutes*fade + (1-fade)*halfLife/math.Ln2
	for _, at := range found {
		r.items += math.Exp2(-(now - at) / halfLife)
	}
	r.last = now
	return (r.items + 0.2) / (r.minutes + 0.2*day)
}
