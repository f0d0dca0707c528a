package schedule_test

import (
	"fmt"
	"time"

	"newsfeed/aggregator/schedule"
)

func ExamplePolicy() {
	p := schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute}
	poll := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

	// A source that has published something each morning at seven.
	var habit schedule.Habit
	var mornings []time.Time
	for days := range 20 {
		mornings = append(mornings, poll.Add(-5*time.Hour).AddDate(0, 0, -days))
	}
	habit.Learn(poll, mornings)

	visit := schedule.Visit{ID: "daily", Time: poll, Habit: &habit, Price: 40}
	plan := p.Next(visit)
	fmt.Println(plan.Due.Format("Monday 15h"), plan.Reason)

	visit.NotBefore = poll.Add(20 * time.Hour)
	plan = p.Next(visit)
	fmt.Println(plan.Due.Format("Monday 15h"), plan.Reason)
	// Output:
	// Tuesday 07h publishes 1.1 items a day
	// Tuesday 08h the publisher asked to wait
}

func ExampleBudget() {
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	p := schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute}
	b := schedule.NewBudget(1) // a request a minute, for all sources
	for i := range 60 {
		b.Set(fmt.Sprint(i), p.Demand(schedule.Visit{Time: now}))
	}
	visit := schedule.Visit{ID: "blog", Time: now, Price: b.Price(now)}
	fmt.Println(p.Next(visit).Due.Sub(now).Round(10 * time.Minute))
	// Output:
	// 1h0m0s
}

func ExampleQueue() {
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	q := schedule.NewQueue(time.Second)
	q.Set("world", "example.org", now)
	q.Set("sport", "example.org", now)
	q.Set("blog", "example.net", now)

	for {
		id, ok := q.Next(now)
		if !ok {
			break
		}
		fmt.Println("poll", id)
	}
	q.Set("sport", "example.org", now.Add(time.Hour))
	q.Done("sport", now)
	wake, _ := q.Wake(now)
	fmt.Println("wake after", wake.Sub(now))
	// Output:
	// poll blog
	// poll sport
	// wake after 1s
}
