package schedule_test

import (
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
)

func bits(numbers ...int) (set uint32) {
	for _, n := range numbers {
		set |= 1 << n
	}
	return set
}

func TestA37_TTLIsALowerBound(t *testing.T) {
	v := schedule.Visit{ID: "a", Time: noon, Habit: daily(t), Price: 1e-9, Hints: schedule.Hints{TTL: 180 * time.Minute}}
	if plan := policy.Next(v); plan.Due.Sub(noon) != 3*time.Hour || plan.Reason != "the publisher's ttl" {
		t.Errorf("waits %v: %s", plan.Due.Sub(noon), plan.Reason)
	}
}

// TestA38_HoursAndDaysToSkip goes through a week, polling whenever it may.
func TestA38_HoursAndDaysToSkip(t *testing.T) {
	tests := []struct {
		name    string
		hints   schedule.Hints
		skipped func(time.Time) bool
	}{
		{"nights", schedule.Hints{SkipHours: bits(22, 23, 0, 1, 2, 3, 4)}, func(t time.Time) bool { return t.Hour() >= 22 || t.Hour() < 5 }},
		{"weekends", schedule.Hints{SkipDays: uint8(bits(0, 6))}, func(t time.Time) bool { return t.Weekday() == 0 || t.Weekday() == 6 }},
		{
			"nights and Sundays",
			schedule.Hints{SkipHours: bits(23, 0), SkipDays: uint8(bits(0))},
			func(t time.Time) bool { return t.Hour() >= 23 || t.Hour() < 1 || t.Weekday() == 0 },
		},
		{"all hours", schedule.Hints{SkipHours: 1<<24 - 1}, func(time.Time) bool { return false }},
		{"all days", schedule.Hints{SkipDays: 1<<7 - 1}, func(time.Time) bool { return false }},
	}
	p := policy
	p.Max = 72 * time.Hour
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			polls := 0
			for now := noon; now.Before(noon.AddDate(0, 0, 7)); polls++ {
				now = p.Next(schedule.Visit{ID: "a", Time: now, Habit: daily(t), Price: 1e-9, Hints: test.hints}).Due
				if test.skipped(now) {
					t.Fatalf("polled on %s", now.Format("Monday 15:04"))
				}
			}
			if polls < 300 {
				t.Errorf("%d polls in a week", polls)
			}
		})
	}
}

func TestA39_UpdatePeriod(t *testing.T) {
	tests := []struct {
		name  string
		hints schedule.Hints
		want  time.Duration
	}{
		{"hourly", schedule.Hints{Period: time.Hour}, time.Hour},
		{"from a base", schedule.Hints{Period: time.Hour, Base: noon.Add(-10 * time.Minute)}, 50 * time.Minute},
		{"from a base to come", schedule.Hints{Period: time.Hour, Base: noon.Add(10*time.Minute + 240*time.Hour)}, 15 * time.Minute},
		{"at the base", schedule.Hints{Period: time.Hour, Base: noon}, time.Hour},
		{"oftener than may be", schedule.Hints{Period: time.Minute}, 5 * time.Minute},
		{"yearly", schedule.Hints{Period: 365 * aDay}, aDay},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := schedule.Visit{ID: "a", Time: noon, Habit: daily(t), Price: 1e-9, Hints: test.hints}
			if wait := policy.Next(v).Due.Sub(noon); wait != test.want {
				t.Errorf("waits %v, want %v", wait, test.want)
			}
		})
	}
}
