package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheSameSeedGivesTheSameItems(t *testing.T) {
	items := func(seed uint64) [][]float64 {
		var all [][]float64
		for _, s := range synthetic(seed, 20, 1, 1).sources {
			all = append(all, s.items)
		}
		return all
	}
	if diff := cmp.Diff(items(1), items(1)); diff != "" {
		t.Errorf("seed 1 twice (-first +second):\n%s", diff)
	}
	if cmp.Equal(items(1), items(2)) {
		t.Error("seeds 1 and 2 give the same items")
	}
}

func TestKindsHaveTheirShareOfTheSources(t *testing.T) {
	got, want := map[string]int{}, map[string]int{}
	for _, s := range synthetic(1, 200, 1, 1).sources {
		got[s.kind]++
	}
	for _, k := range kinds {
		want[k.name] = 2 * k.percent
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources by kind (-want +got):\n%s", diff)
	}
}

func TestRatesAreLognormal(t *testing.T) {
	const sources = 1000
	below := map[float64]int{}
	quantiles := map[float64]float64{0.16: 2 * math.Exp(-1.5), 0.5: 2, 0.84: 2 * math.Exp(1.5)}
	for i := range sources {
		for quantile, rate := range quantiles {
			if perDay(7, i, sources) < rate {
				below[quantile]++
			}
		}
	}
	for quantile, rate := range quantiles {
		if share := float64(below[quantile]) / sources; math.Abs(share-quantile) > 0.01 {
			t.Errorf("%.3f of the rates are below %.2f, want %.2f", share, rate, quantile)
		}
	}
}

// What is published less what was forecast has the variance of the items
// published, if the forecasts are right.
func TestForecastsAddUpToTheItems(t *testing.T) {
	const (
		weeks    = 20
		forecast = 45 // minutes of each that are used
	)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(11, 0))
			end := weeks * 7 * day
			p := k.process(random, 20, end/4, end/2)
			items := p.publish(random, end)
			expected, published := 0.0, 0
			for now := 0.0; now < end; now += forecast {
				for published < len(items) && items[published] <= now {
					published++
				}
				next := p.forecast(now, items[:published])
				for i := range forecast {
					expected += next(now + float64(i))
				}
			}
			batch := 1.0
			if s, ok := p.(*slots); ok {
				batch = float64(s.items)
			}
			if off := float64(len(items)) - expected; math.Abs(off) > 4*math.Sqrt(expected*batch) {
				t.Errorf("%d items published, %.1f forecast", len(items), expected)
			}
		})
	}
}

func TestSlotForecastsKnowWhatHasCome(t *testing.T) {
	daily := slots{first: 600, every: day, window: 10, chance: 0.8, week: evenWeek(), items: 3}
	const slot = 600 + 5*day
	tests := map[string]struct {
		now       float64
		published []float64
		want      float64 // in the hour from now
	}{
		"before the window":              {slot - 30, nil, 3 * 0.8},
		"long before the window":         {slot - 90, nil, 0},
		"in the window, none yet":        {slot + 5, nil, 3 * 0.4 / 0.6},
		"at its last moment":             {slot + 9.9, nil, 3 * 0.8 * 0.01 / (1 - 0.8*0.99)},
		"in the window, it has come":     {slot + 5, []float64{slot + 2}, 0},
		"after the window":               {slot + 10, nil, 0},
		"yesterday's says nothing":       {slot - 30, []float64{slot - day + 1}, 3 * 0.8},
		"before the first slot of all":   {0, nil, 0},
		"across the end of the forecast": {slot - 55, nil, 3 * 0.8 / 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			next := daily.forecast(test.now, test.published)
			got := 0.0
			for i := range 60 {
				got += next(test.now + float64(i))
			}
			if math.Abs(got-test.want) > 1e-9 {
				t.Errorf("got %.4f items, want %.4f", got, test.want)
			}
		})
	}
}
