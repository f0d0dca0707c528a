package schedule_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
)

// year is the habit of a source that publishes so many items a day, at no hour
// more than at others.
func year(perDay float64) *schedule.Habit {
	var shown []time.Time
	for i := range 20 {
		_, apart := math.Modf(float64(i) * math.Phi)
		shown = append(shown, noon.Add(-time.Duration((float64(i)+apart)/perDay*float64(aDay))))
	}
	var h schedule.Habit
	h.Learn(noon, shown)
	return &h
}

// TestBudget_IsKept polls sources of many rates for a week after the first
// day, each when its plan says, and counts.
func TestBudget_IsKept(t *testing.T) {
	const sources, days = 60, 8
	for _, perMinute := range []float64{0, 0.4, 2} {
		t.Run(fmt.Sprint(perMinute), func(t *testing.T) {
			b := schedule.NewBudget(perMinute)
			want := perMinute
			if want == 0 {
				want = sources / 60.
			}
			r := rand.New(rand.NewPCG(1, 2))
			var published [sources][]time.Time
			var habits [sources]schedule.Habit
			var due [sources]time.Time
			for i := range sources {
				published[i] = random(r, noon.AddDate(0, 0, -20), 20+days, math.Pow(1.15, float64(i-20)))
				due[i] = noon
				b.Set(fmt.Sprint(i), policy.Demand(schedule.Visit{Time: noon}))
			}
			requests := 0.0
			for now := noon; now.Before(noon.AddDate(0, 0, days)); now = now.Add(time.Minute) {
				for i := range sources {
					if due[i].After(now) {
						continue
					}
					n, _ := slices.BinarySearchFunc(published[i], now, time.Time.Compare)
					habits[i].Learn(now, published[i][:n])
					published[i] = published[i][n:]
					v := schedule.Visit{ID: fmt.Sprint(i), Time: now, Habit: &habits[i]}
					b.Set(v.ID, policy.Demand(v))
					b.Spend(now, 1)
					v.Price = b.Price(now)
					due[i] = policy.Next(v).Due
					if now.Sub(noon) >= aDay {
						requests++
					}
				}
			}
			if share := requests / (days - 1) / 1440 / want; share < 0.93 || share > 1.08 {
				t.Errorf("%.3f of the budget", share)
			}
		})
	}
}

func TestBudget_TheBusyGetMore(t *testing.T) {
	b := schedule.NewBudget(0)
	waits := map[float64]time.Duration{}
	rates := []float64{1, 4, 16}
	for _, rate := range rates {
		b.Set(fmt.Sprint(rate), policy.Demand(schedule.Visit{Time: noon, Habit: year(rate)}))
	}
	price := b.Price(noon)
	for _, rate := range rates {
		for hour := range 24 { // of which each source has better ones
			now := noon.Add(time.Duration(hour) * time.Hour)
			waits[rate] += policy.Next(schedule.Visit{ID: "a", Time: now, Habit: year(rate), Price: price}).Due.Sub(now) / 24
		}
	}
	if ratio := float64(waits[1]) / float64(waits[16]); ratio < 2.5 || ratio > 6 {
		t.Errorf("waits %v: sixteen times the news are worth four times the requests", waits)
	}
}

func TestBudget_WhatItLearnedSurvivesARestart(t *testing.T) {
	fill := func(b *schedule.Budget) {
		for i := range 50 {
			b.Set(fmt.Sprint(i), policy.Demand(schedule.Visit{Time: noon, Habit: year(float64(i + 1))}))
		}
	}
	old, restored := schedule.NewBudget(0), schedule.NewBudget(0)
	fill(old)
	now := noon
	for range 24 * 20 {
		now = now.Add(time.Hour)
		old.Spend(now, 60) // of 50
		old.Price(now)
	}
	if old.Trim() < 0.1 {
		t.Errorf("after too many requests the price is corrected by %g", old.Trim())
	}
	fill(restored)
	restored.Restore(now, old.Trim())
	if was, is := old.Price(now), restored.Price(now.Add(time.Minute)); math.Abs(is/was-1) > 0.01 {
		t.Errorf("%g, was %g", is, was)
	}
}

// TestBudget_FollowsTheClock sets the clock back by a day: nobody waits for it
// to come again.
func TestBudget_FollowsTheClock(t *testing.T) {
	b := schedule.NewBudget(10)
	b.Restore(noon, 0)
	for range 1000 {
		b.Admit(noon)
	}
	last := b.Admit(noon).Sub(noon)
	b.Shift(-aDay)
	if wait := b.Admit(noon.Add(-aDay)).Sub(noon.Add(-aDay)); wait > last+time.Minute {
		t.Errorf("waits %v, and %v before", wait, last)
	}
}

// TestBudget_AdmitsNoHerd asks for thousands of requests at once: they come at
// thrice the budget at most, after a first lot.
func TestBudget_AdmitsNoHerd(t *testing.T) {
	b := schedule.NewBudget(10)
	b.Restore(noon, 0)
	within := map[int]int{} // by the minute
	for range 3000 {
		within[int(b.Admit(noon).Sub(noon)/time.Minute)]++
	}
	if within[0] < 300 || within[0] > 331 {
		t.Errorf("%d at once", within[0])
	}
	for minute := 1; minute < 80; minute++ {
		if n := within[minute]; n < 29 || n > 31 {
			t.Errorf("%d in minute %d", n, minute)
		}
	}
	if at := b.Admit(noon.Add(10 * time.Hour)); !at.Equal(noon.Add(10 * time.Hour)) {
		t.Errorf("after a rest admits at %v", at)
	}
}

func TestBudget_NobodyAsks(t *testing.T) {
	b := schedule.NewBudget(0)
	if price := b.Price(noon); math.IsNaN(price) || math.IsInf(price, 0) {
		t.Errorf("price %g", price)
	}
	b.Set("a", schedule.Demand{Least: 1, Most: 1})
	b.Remove("a")
	b.Remove("a")
	if at := b.Admit(noon); !at.Equal(noon) {
		t.Errorf("admits at %v", at)
	}
}

// BenchmarkPoll is what a poll costs the scheduler among a hundred thousand
// sources: the habit read, taught and written, the plan, the budget with its
// share of the hourly work, and the queue. BenchmarkDecision is the plan and the
// budget alone.
func BenchmarkPoll(b *testing.B) {
	f := newFleet()
	b.ReportAllocs()
	for b.Loop() {
		f.poll(b)
	}
}

func BenchmarkDecision(b *testing.B) {
	f := newFleet()
	h := year(12)
	v := schedule.Visit{ID: f.ids[0], Time: noon, Habit: h, Shown: 20}
	b.ReportAllocs()
	for b.Loop() {
		v.Time = v.Time.Add(time.Hour / time.Duration(len(f.ids)))
		f.budget.Set(v.ID, policy.Demand(v))
		v.Price = f.budget.Price(v.Time)
		policy.Next(v)
	}
}

// fleet is a hundred thousand sources.
type fleet struct {
	budget *schedule.Budget
	queue  *schedule.Queue
	ids    []string
	number map[string]int
	habits [][]byte
	now    time.Time
}

func newFleet() *fleet {
	const sources = 100_000
	f := &fleet{budget: schedule.NewBudget(0), queue: schedule.NewQueue(time.Second), number: map[string]int{}, now: noon}
	for i := range sources {
		id := fmt.Sprint("source-", i)
		h := year(math.Pow(1.1, float64(i%60-20)))
		form, _ := h.AppendBinary(nil)
		f.ids, f.habits, f.number[id] = append(f.ids, id), append(f.habits, form), i
		f.budget.Set(id, policy.Demand(schedule.Visit{Time: noon, Habit: h}))
		f.queue.Set(id, id, noon)
	}
	f.budget.Restore(noon, 0)
	return f
}

func (f *fleet) poll(b *testing.B) {
	id, ok := f.queue.Next(f.now)
	for !ok {
		f.now, _ = f.queue.Wake(f.now)
		id, ok = f.queue.Next(f.now)
	}
	i := f.number[id]
	var h schedule.Habit
	if err := h.UnmarshalBinary(f.habits[i]); err != nil {
		b.Fatal(err)
	}
	h.Learn(f.now, []time.Time{f.now.Add(-time.Minute)})
	f.habits[i], _ = h.AppendBinary(f.habits[i][:0])
	v := schedule.Visit{ID: id, Time: f.now, Habit: &h, Shown: 20}
	f.budget.Set(id, policy.Demand(v))
	f.budget.Spend(f.now, 1)
	v.Price = f.budget.Price(f.now)
	f.queue.Set(id, id, policy.Next(v).Due)
	f.queue.Done(id, f.now)
	f.now = f.now.Add(time.Hour / time.Duration(len(f.ids)))
}
