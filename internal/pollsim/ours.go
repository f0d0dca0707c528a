package main

import (
	"math"
	"time"

	"newsfeed/aggregator/schedule"
)

// ours returns our policy at a constant price.
func ours(t *trial, price float64) pacing {
	return pacing{pacers: owns(t, price, nil)}
}

// oursOnline returns our policy at the price that its budget finds.
func oursOnline(t *trial, perMinute float64) pacing {
	budget := schedule.NewBudget(perMinute)
	return pacing{
		pacers: owns(t, 0, budget),
		admit:  func(now float64) float64 { return minuteOf(budget.Admit(timeOf(now))) },
	}
}

// own paces a source with this module's policy.
type own struct {
	source  *source
	undated bool
	price   float64
	budget  *schedule.Budget // nil: the price is constant

	habit  schedule.Habit
	polled bool
	shown  int
}

func owns(t *trial, price float64, budget *schedule.Budget) []pacer {
	var pacers []pacer
	for _, s := range t.sources {
		pacers = append(pacers, &own{source: s, undated: t.undated, price: price, budget: budget})
	}
	return pacers
}

func (p *own) wait(now float64, found []float64) float64 {
	at := timeOf(now)
	published := make([]time.Time, len(found))
	for i, x := range found {
		if !p.undated {
			published[i] = timeOf(x)
		}
	}
	p.habit.Learn(at, published)
	p.shown = min(p.shown+len(found), p.source.shown)
	v := schedule.Visit{
		ID: p.source.name, Time: at, First: !p.polled, Habit: &p.habit, Shown: p.shown, Price: p.price,
	}
	p.polled = true

	policy := schedule.Policy{Min: minutes(shortest), Max: minutes(longest), Backoff: minutes(shortest)}
	if p.budget != nil {
		p.budget.Spend(at, 1)
		p.budget.Set(v.ID, policy.Demand(v))
		v.Price = p.budget.Price(at)
	}
	return minuteOf(policy.Next(v).Due) - now
}

// origin is minute zero, a Monday.
var origin = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func timeOf(minute float64) time.Time { return origin.Add(minutes(minute)) }
func minuteOf(t time.Time) float64    { return t.Sub(origin).Minutes() }
func minutes(n float64) time.Duration { return time.Duration(math.Round(n * float64(time.Minute))) }
