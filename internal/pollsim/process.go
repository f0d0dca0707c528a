package main

import (
	"math"
	"math/rand/v2"
)

// A process is how a source publishes. All times are in minutes.
type process interface {
	// publish returns the times of the items up to a time, oldest first.
	publish(random *rand.Rand, until float64) []float64

	// forecast returns a function that tells how many items to expect in the
	// minute that begins at a time, given all items published until now. It is
	// called with one minute after the other, from now on.
	forecast(now float64, published []float64) func(minute float64) float64
}

// poisson publishes items that know nothing of each other, at a rate that
// follows the week and may change once.
type poisson struct {
	rate   float64 // items a minute
	week   week
	change float64 // when the rate is multiplied by factor
	factor float64
}

func (p *poisson) at(minute float64) float64 {
	rate := p.rate * p.week.at(minute)
	if minute >= p.change {
		rate *= p.factor
	}
	return rate
}

func (p *poisson) publish(random *rand.Rand, until float64) []float64 {
	var items []float64
	peak := p.rate * p.week.peak() * max(1, p.factor)
	for now := random.ExpFloat64() / peak; now < until; now += random.ExpFloat64() / peak {
		if random.Float64()*peak < p.at(now) {
			items = append(items, now)
		}
	}
	return items
}

func (p *poisson) forecast(float64, []float64) func(float64) float64 {
	return func(minute float64) float64 { return p.at(minute + 0.5) }
}

// slots publishes at fixed minutes of the day, a little late, or skips one:
// posts scheduled for the full and the half hour, or a daily digest.
type slots struct {
	first, every float64
	window       float64 // an item comes at any moment of it
	chance       float64 // of a slot to be used, at most maxChance
	week         week
	items        int // that appear at once
}

const maxChance = 0.95

func (p *slots) chanceOf(slot float64) float64 {
	if slot < 0 {
		return 0
	}
	return min(maxChance, p.chance*p.week.at(slot))
}

func (p *slots) publish(random *rand.Rand, until float64) []float64 {
	var items []float64
	for slot := p.first; slot+p.window < until; slot += p.every {
		if random.Float64() >= p.chanceOf(slot) {
			continue
		}
		at := slot + random.Float64()*p.window
		for range p.items {
			items = append(items, at)
		}
	}
	return items
}

func (p *slots) forecast(now float64, published []float64) func(float64) float64 {
	last := math.Inf(-1)
	if len(published) > 0 {
		last = published[len(published)-1]
	}
	return func(minute float64) float64 {
		// Windows are shorter than the time between slots, so that no more than
		// one of them reaches into a minute.
		slot := p.first + math.Floor((minute+1-p.first)/p.every)*p.every
		inside := min(minute+1, slot+p.window) - max(minute, slot)
		if inside <= 0 || last >= slot {
			return 0
		}
		chance := p.chanceOf(slot)
		if now > slot {
			// What has not come in the part of the window that is over
			// comes in the rest of it, or not at all.
			chance /= 1 - chance*(now-slot)/p.window
		}
		return chance * float64(p.items) * inside / p.window
	}
}

// hawkes publishes in bursts: each item draws others after it.
type hawkes struct {
	rate      float64 // items a minute on average, those drawn included
	week      week    // of the items that come by themselves
	branching float64 // items that one draws on average
	decay     float64 // of its draw, a minute
}

func (p *hawkes) background(minute float64) float64 {
	return p.rate * (1 - p.branching) * p.week.at(minute)
}

func (p *hawkes) publish(random *rand.Rand, until float64) []float64 {
	var (
		items []float64
		now   float64
		drawn float64 // items a minute, drawn by those before now
		peak  = p.rate * (1 - p.branching) * p.week.peak()
	)
	for {
		bound := peak + drawn
		step := random.ExpFloat64() / bound
		now += step
		if now >= until {
			return items
		}
		drawn *= math.Exp(-p.decay * step)
		if random.Float64()*bound < p.background(now)+drawn {
			items = append(items, now)
			drawn += p.branching * p.decay
		}
	}
}

func (p *hawkes) forecast(now float64, published []float64) func(float64) float64 {
	const forgotten = 12 // lifetimes of a draw
	var drawn float64
	for i := len(published) - 1; i >= 0 && (now-published[i])*p.decay < forgotten; i-- {
		drawn += p.branching * p.decay * math.Exp(-p.decay*(now-published[i]))
	}
	// Items yet to come draw others too. What is drawn therefore dies down
	// slower than the draw of one item, towards its share of the background.
	fade := p.decay * (1 - p.branching)
	minutely := math.Exp(-fade)
	return func(minute float64) float64 {
		background := p.background(minute + 0.5)
		level := background * p.branching / (1 - p.branching)
		before := drawn
		drawn = level + (drawn-level)*minutely
		return background + (before+drawn)/2
	}
}
