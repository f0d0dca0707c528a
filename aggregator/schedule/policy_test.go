package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"newsfeed/aggregator/schedule"
)

var (
	noon   = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	policy = schedule.Policy{Interval: time.Hour, Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute}
)

func parse(t testing.TB, expr string) cron.Schedule {
	t.Helper()
	s, err := schedule.ParseSchedule(expr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPolicyNext(t *testing.T) {
	sixes := parse(t, "0 6,18 * * *")
	tests := []struct {
		name       string
		visit      schedule.Visit
		from, upto time.Duration // after the poll
		reason     string
	}{
		{"success", schedule.Visit{}, time.Hour, 66 * time.Minute, "every 1h0m"},
		{"first success", schedule.Visit{First: true}, time.Hour, 2 * time.Hour, "every 1h0m"},
		{"floor of the source", schedule.Visit{Min: 3 * time.Hour}, 3 * time.Hour, 198 * time.Minute, "every 3h0m"},
		{"floor below the policy's", schedule.Visit{Min: time.Minute}, time.Hour, 66 * time.Minute, "every 1h0m"},

		{"one failure", schedule.Visit{Failures: 1}, 15 * time.Minute, 17 * time.Minute, "after 1 failure"},
		{"three failures", schedule.Visit{Failures: 3}, 20 * time.Minute, 22 * time.Minute, "after 3 failures"},
		{"six failures", schedule.Visit{Failures: 6}, 160 * time.Minute, 176 * time.Minute, "after 6 failures"},
		{"failures without end", schedule.Visit{Failures: 1 << 40}, 21 * time.Hour, 24 * time.Hour, "after 1099511627776 failures"},
		{"first poll fails", schedule.Visit{First: true, Failures: 1}, 15 * time.Minute, 17 * time.Minute, "after 1 failure"},
		{"failure and floor of the source", schedule.Visit{Failures: 1, Min: 30 * time.Hour}, 30 * time.Hour, 30 * time.Hour, "after 1 failure"},

		{"asked to wait", schedule.Visit{NotBefore: noon.Add(5 * time.Hour)}, 5 * time.Hour, 5 * time.Hour, "the publisher asked to wait"},
		{"asked to wait for years", schedule.Visit{NotBefore: noon.AddDate(16, 0, 0)}, 24 * time.Hour, 24 * time.Hour, "the publisher asked to wait"},
		{"asked to wait less", schedule.Visit{NotBefore: noon.Add(time.Minute)}, time.Hour, 66 * time.Minute, "every 1h0m"},
		{"asked to wait until the past", schedule.Visit{NotBefore: noon.AddDate(-1, 0, 0)}, time.Hour, 66 * time.Minute, "every 1h0m"},
		{"asked to wait after a failure", schedule.Visit{Failures: 1, NotBefore: noon.Add(time.Hour)}, time.Hour, time.Hour, "the publisher asked to wait"},

		{"schedule", schedule.Visit{Schedule: sixes}, 6 * time.Hour, 6 * time.Hour, "schedule"},
		{"schedule, first", schedule.Visit{Schedule: sixes, First: true}, 6 * time.Hour, 6 * time.Hour, "schedule"},
		{"schedule beyond the cap", schedule.Visit{Schedule: parse(t, "0 12 9 3 *")}, 7 * 24 * time.Hour, 7 * 24 * time.Hour, "schedule"},
		{"schedule below the floor", schedule.Visit{Schedule: parse(t, "*/5 * * * *")}, 15 * time.Minute, 15 * time.Minute, "schedule"},
		{"schedule and request to wait", schedule.Visit{Schedule: sixes, NotBefore: noon.Add(7 * time.Hour)}, 7 * time.Hour, 7 * time.Hour, "the publisher asked to wait"},
		{"schedule after a failure", schedule.Visit{Schedule: sixes, Failures: 1}, 6 * time.Hour, 6 * time.Hour, "after 1 failure"},
		{"schedule after many failures", schedule.Visit{Schedule: sixes, Failures: 8}, 18 * time.Hour, 18 * time.Hour, "after 8 failures"},
		{"schedule at the moment the backoff ends", schedule.Visit{Schedule: sixes, Failures: 1, Min: 30 * time.Hour}, 30 * time.Hour, 30 * time.Hour, "after 1 failure"},
		{"every", schedule.Visit{Schedule: parse(t, "@every 2h")}, 2 * time.Hour, 2 * time.Hour, "schedule"},
		{"every, after a failure", schedule.Visit{Schedule: parse(t, "@every 2h"), Failures: 1}, 2 * time.Hour, 2 * time.Hour, "after 1 failure"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i := range 50 {
				test.visit.ID, test.visit.Time = fmt.Sprint("source-", i), noon
				due, reason := policy.Next(test.visit)
				if wait := due.Sub(noon); wait < test.from || wait > test.upto {
					t.Fatalf("%s: waits %v, want %v to %v", test.visit.ID, wait, test.from, test.upto)
				}
				if reason != test.reason {
					t.Fatalf("reason %q, want %q", reason, test.reason)
				}
				if again, _ := policy.Next(test.visit); !again.Equal(due) {
					t.Fatalf("%v, then %v", due, again)
				}
			}
		})
	}
}

func TestPolicyNext_HoldsIntervalWithinBounds(t *testing.T) {
	tests := []struct {
		name           string
		interval, want time.Duration
	}{
		{"below the floor", time.Minute, 15 * time.Minute},
		{"above the cap", 100 * time.Hour, 24 * time.Hour},
		{"between", 2 * time.Hour, 2 * time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := policy
			p.Interval = test.interval
			due, _ := p.Next(schedule.Visit{ID: "a", Time: noon})
			if wait := due.Sub(noon); wait < test.want || wait > test.want*11/10 {
				t.Errorf("waits %v, want %v and up to a tenth", wait, test.want)
			}
		})
	}
}

func TestPolicyNext_ScheduleYearsAway(t *testing.T) {
	// From 2096 on there is no 29 February for eight years.
	poll := time.Date(2096, time.March, 1, 0, 0, 0, 0, time.UTC)
	due, _ := policy.Next(schedule.Visit{ID: "a", Time: poll, Schedule: parse(t, "0 0 29 2 *")})
	if want := poll.Add(policy.Max); !due.Equal(want) {
		t.Errorf("due %v, want %v", due, want)
	}
}

func TestA21_NeverEarlierThanTheInterval(t *testing.T) {
	now := noon
	for i := range 500 {
		due, _ := policy.Next(schedule.Visit{ID: "a", Time: now, First: i == 0})
		if wait := due.Sub(now); wait < policy.Interval {
			t.Fatalf("poll %d after %v", i, wait)
		}
		now = due
	}
}

func TestA22_SourcesAddedTogetherAreSpread(t *testing.T) {
	const sources = 1000
	perMinute := map[int]int{}
	for i := range sources {
		due, _ := policy.Next(schedule.Visit{ID: fmt.Sprint("source-", i), Time: noon, First: true})
		perMinute[int(due.Sub(noon)/time.Minute)]++
	}
	requireSpread(t, perMinute, sources, 60)
}

func TestA25_EveryHintIsCapped(t *testing.T) {
	for failures := range 100 {
		for i := range 20 {
			v := schedule.Visit{ID: fmt.Sprint(i), Time: noon, Failures: failures, NotBefore: noon.Add(504576000 * time.Second)}
			if due, _ := policy.Next(v); due.Sub(noon) > policy.Max {
				t.Fatalf("after %d failures waits %v", failures, due.Sub(noon))
			}
		}
	}
}

func TestA29_FailuresMakeTheGapsGrow(t *testing.T) {
	var last time.Duration
	for failures := 3; failures < 9; failures++ {
		due, _ := policy.Next(schedule.Visit{ID: "a", Time: noon, Failures: failures})
		wait := due.Sub(noon)
		if wait < last*17/10 {
			t.Errorf("%d failures wait %v, after %v", failures, wait, last)
		}
		last = wait
	}
}

func TestPolicyNext_FailuresForLongStayApart(t *testing.T) {
	perHour := map[int]int{}
	for i := range 300 {
		due, _ := policy.Next(schedule.Visit{ID: fmt.Sprint(i), Time: noon, Failures: 50})
		perHour[int(due.Sub(noon)/time.Hour)]++
	}
	for hour := 22; hour < 24; hour++ {
		if perHour[hour] < 100 {
			t.Errorf("%d of 300 in hour %d", perHour[hour], hour)
		}
	}
}

func TestA20_RestartsKeepDueTimes(t *testing.T) {
	weekly := parse(t, "0 6 * * 1")
	visits := []schedule.Visit{
		{ID: "a", Time: noon},
		{ID: "b", Time: noon, First: true},
		{ID: "c", Time: noon, Failures: 30},
		{ID: "d", Time: noon, Schedule: weekly},
		{ID: "e", Time: noon, Schedule: weekly, Failures: 20},
		{ID: "f", Time: noon, Schedule: parse(t, "@every 30h"), NotBefore: noon.AddDate(1, 0, 0)},
		{ID: "g", Time: noon, NotBefore: noon.AddDate(1, 0, 0)},
	}
	for _, v := range visits {
		t.Run(v.ID, func(t *testing.T) {
			due, _ := policy.Next(v)
			for now := noon; now.Before(due); now = now.Add(17 * time.Minute) {
				if got := policy.Resume(v, due, now); !got.Equal(due) {
					t.Fatalf("at %v due %v, was %v", now, got, due)
				}
			}
		})
	}
}

func TestF23_DueTimeAfterClockJump(t *testing.T) {
	tests := []struct {
		name       string
		visit      schedule.Visit
		due        time.Time
		from, upto time.Duration // after now
	}{
		{"never polled", schedule.Visit{}, time.Time{}, 0, 0},
		{"a year ahead", schedule.Visit{}, noon.AddDate(1, 0, 0), time.Hour, 24 * time.Hour},
		{"a year ahead, own floor", schedule.Visit{Min: 20 * time.Hour}, noon.AddDate(1, 0, 0), 20 * time.Hour, 24 * time.Hour},
		{"a year ahead, schedule", schedule.Visit{Schedule: parse(t, "0 6 * * *")}, noon.AddDate(1, 0, 0), 18 * time.Hour, 18 * time.Hour},
		{"a year behind", schedule.Visit{}, noon.AddDate(-1, 0, 0), 0, 10 * time.Minute},
		{"due now", schedule.Visit{}, noon, 0, 10 * time.Minute},
		{"at the cap", schedule.Visit{}, noon.Add(24 * time.Hour), 24 * time.Hour, 24 * time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i := range 50 {
				test.visit.ID = fmt.Sprint("source-", i)
				due := policy.Resume(test.visit, test.due, noon)
				if wait := due.Sub(noon); wait < test.from || wait > test.upto {
					t.Fatalf("%s: waits %v, want %v to %v", test.visit.ID, wait, test.from, test.upto)
				}
			}
		})
	}
}

func TestF23_ShortMaxKeepsTheInterval(t *testing.T) {
	p := policy
	p.Max = p.Interval
	v := schedule.Visit{ID: "a", Time: noon, First: true}
	due, _ := p.Next(v)
	for now := noon; now.Before(due); now = now.Add(time.Minute) {
		got := p.Resume(v, due, now)
		if got.Sub(noon) < p.Interval || got.Sub(now) > p.Max {
			t.Fatalf("at %v due %v", now, got)
		}
	}
}

func TestF24_OverdueSourcesAreSpread(t *testing.T) {
	const sources = 1000
	perMinute := map[int]int{}
	for i := range sources {
		v := schedule.Visit{ID: fmt.Sprint("source-", i)}
		perMinute[int(policy.Resume(v, noon.Add(-time.Hour), noon.Add(7*time.Minute)).Sub(noon)/time.Minute)]++
	}
	requireSpread(t, perMinute, sources, 10)
}

func TestF24_RestartsDoNotPutOffForEver(t *testing.T) {
	for i := range 100 {
		v := schedule.Visit{ID: fmt.Sprint("source-", i)}
		var polled bool
		for restart := range 11 {
			now := noon.Add(time.Duration(restart) * time.Minute)
			due := policy.Resume(v, noon.Add(-time.Hour), now)
			polled = polled || due.Before(now.Add(time.Minute))
		}
		if !polled {
			t.Errorf("%s: not polled in 11 runs of a minute", v.ID)
		}
	}
}

// requireSpread fails when a bucket has more than twice its share, or when
// not all of them are used.
func requireSpread(t *testing.T, buckets map[int]int, total, want int) {
	t.Helper()
	if len(buckets) != want {
		t.Errorf("spread over %d buckets, want %d", len(buckets), want)
	}
	for bucket, n := range buckets {
		if n > 2*total/want {
			t.Errorf("%d of %d in bucket %d", n, total, bucket)
		}
	}
}

func TestInterval(t *testing.T) {
	tests := []struct {
		name               string
		sources, perMinute int
		want               time.Duration
	}{
		{"no budget", 1000, 0, time.Hour},
		{"budget", 6000, 60, 100 * time.Minute},
		{"budget beyond need", 10, 100, 6 * time.Second},
		{"no sources", 0, 10, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := schedule.Interval(test.sources, test.perMinute); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestParseSchedule(t *testing.T) {
	tests := []struct {
		expr string
		want time.Time // the next after noon; zero: refused
	}{
		{"0 6,18 * * *", noon.Add(6 * time.Hour)},
		{"*/7 * * * *", noon.Add(7 * time.Minute)},
		{"@daily", noon.Add(12 * time.Hour)},
		{"@every 90m", noon.Add(90 * time.Minute)},
		{"@every 1m", noon.Add(time.Minute)},
		{"0 0 29 2 *", time.Date(2028, time.February, 29, 0, 0, 0, 0, time.UTC)},
		{"CRON_TZ=Asia/Tokyo 0 6 * * *", noon.Add(9 * time.Hour)},
		{"", time.Time{}},
		{"TZ=0", time.Time{}},
		{"CRON_TZ=", time.Time{}},
		{"TZ=Nowhere/Here 0 6 * * *", time.Time{}},
		{"* * * *", time.Time{}},
		{"* * * * * *", time.Time{}},
		{"0 0 31 2 *", time.Time{}},
		{"61 * * * *", time.Time{}},
		{"@every 59s", time.Time{}},
		{"@every -5m", time.Time{}},
		{"@every 500ms", time.Time{}},
		{"@often", time.Time{}},
		{"often", time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.expr, func(t *testing.T) {
			s, err := schedule.ParseSchedule(test.expr)
			if (err != nil) != test.want.IsZero() {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			elsewhere := noon.In(time.FixedZone("elsewhere", -5*3600))
			if got := s.Next(elsewhere); !got.Equal(test.want) {
				t.Errorf("next %v, want %v", got.UTC(), test.want)
			}
		})
	}
}
