package main

import (
	"fmt"
	"math"
	"math/rand/v2"
)

const day = 24 * 60.0

// source is a source and all it publishes.
type source struct {
	name    string
	kind    string
	shown   int       // newest items in its document
	items   []float64 // publication times in minutes, oldest first
	process process   // nil: of a trace, unknown
}

// trial is what policies are tried on. Polling begins at start, requests and
// items count from from to end.
type trial struct {
	sources          []*source
	start, from, end float64
	spread           float64 // the first polls are spread evenly over it
	undated          bool    // the items do not say when they were published
}

// kinds are the kinds of publishers and their share of the sources. A changing
// one changes between early and late.
var kinds = []struct {
	name    string
	percent int
	process func(random *rand.Rand, perDay, early, late float64) process
}{
	{"poisson", 15, func(_ *rand.Rand, perDay, _, _ float64) process {
		return steady(perDay, evenWeek())
	}},
	{"diurnal", 25, func(random *rand.Rand, perDay, _, _ float64) process {
		return steady(perDay, officeWeek(random))
	}},
	{"sched", 10, func(random *rand.Rand, perDay, _, _ float64) process {
		return &slots{every: 30, window: 2, chance: perDay / 48, week: officeWeek(random), items: 1}
	}},
	{"bursty", 22, func(random *rand.Rand, perDay, _, _ float64) process {
		return &hawkes{
			rate: perDay / day, week: officeWeek(random),
			branching: between(random, 0.4, 0.8), decay: 1 / between(random, 12, 180),
		}
	}},
	{"digest", 10, func(random *rand.Rand, perDay, _, _ float64) process {
		return &slots{
			first: between(random, 0, day-60), every: day, window: between(random, 5, 30),
			chance: maxChance, week: evenWeek(), items: int(min(max(1, math.Round(perDay)), 12)),
		}
	}},
	{"rare", 10, func(random *rand.Rand, _, _, _ float64) process {
		return steady(between(random, 0.03, 0.3), evenWeek())
	}},
	{"regime", 8, func(random *rand.Rand, perDay, early, late float64) process {
		p := steady(perDay, evenWeek())
		p.change = between(random, early, late)
		if random.IntN(2) == 0 {
			p.factor = 5
		} else {
			p.factor = 0
		}
		return p
	}},
}

func steady(perDay float64, w week) *poisson {
	return &poisson{rate: perDay / day, week: w, change: math.Inf(1)}
}

// history is how long before the first poll the sources began to publish.
const history = 4 * 7 * day

// synthetic returns a trial of publishers drawn by a seed. The same arguments
// give the same trial.
func synthetic(seed uint64, sources int, warmup, days float64) *trial {
	t := &trial{start: history, from: history + warmup*day}
	t.end = t.from + days*day
	for i := range sources {
		t.sources = append(t.sources, draw(seed, i, sources, t))
	}
	return t
}

// draw makes the source with that number of so many.
func draw(seed uint64, number, sources int, t *trial) *source {
	random := rand.New(rand.NewPCG(seed, uint64(number)))
	percentile, kind := 100*number/sources, kinds[0]
	for _, next := range kinds[1:] {
		if percentile -= kind.percent; percentile < 0 {
			break
		}
		kind = next
	}
	quarter := (t.end - t.from) / 4
	s := &source{
		name:    fmt.Sprintf("%s/%d", kind.name, number),
		kind:    kind.name,
		shown:   []int{10, 15, 20, 20, 20, 25, 30, 50}[random.IntN(8)],
		process: kind.process(random, perDay(seed, number, sources), t.from+quarter, t.end-quarter),
	}
	s.items = s.process.publish(random, t.end)
	return s
}

// perDay returns the items a day of a source. They are lognormal, with a median
// of two and a sigma of 1.5, and are spread evenly over the quantiles: drawn
// each by itself, the few busiest sources decided the figures of a seed.
func perDay(seed uint64, number, sources int) float64 {
	offset := rand.New(rand.NewPCG(seed, math.MaxUint64)).Float64()
	margin := 0.5 / float64(sources)
	quantile := min(max(evenly(number, offset), margin), 1-margin)
	return 2 * math.Exp(1.5*math.Sqrt2*math.Erfinv(2*quantile-1))
}

// evenly returns a number from 0 to below 1. Those of consecutive numbers lie
// evenly.
func evenly(number int, offset float64) float64 {
	_, part := math.Modf(float64(number)*math.Phi + offset)
	return part
}
