package schedule_test

import (
	"fmt"
	"time"

	"newsfeed/aggregator/schedule"
)

func ExamplePolicy() {
	p := schedule.Policy{
		Interval: schedule.Interval(500, 0),
		Min:      15 * time.Minute,
		Max:      24 * time.Hour,
		Backoff:  5 * time.Minute,
	}
	poll := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

	due, reason := p.Next(schedule.Visit{ID: "daily", Time: poll, NotBefore: poll.Add(3 * time.Hour)})
	fmt.Println(due.Format(time.TimeOnly), reason)

	sixes, err := schedule.ParseSchedule("0 6,18 * * *")
	if err != nil {
		fmt.Println(err)
		return
	}
	due, reason = p.Next(schedule.Visit{ID: "daily", Time: poll, Schedule: sixes})
	fmt.Println(due.Format(time.TimeOnly), reason)
	// Output:
	// 15:00:00 the publisher asked to wait
	// 18:00:00 schedule
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
