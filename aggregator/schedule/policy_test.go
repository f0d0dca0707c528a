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
	policy = schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute}
)

func parse(t testing.TB, expr string) cron.Schedule {
	t.Helper()
	s, err := schedule.ParseSchedule(expr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// daily is the habit of a source without dates that gave some items: one or
// two a day. At the price anHour it is polled about every hour.
func daily(t testing.TB) *schedule.Habit {
	t.Helper()
	var h schedule.Habit
	h.Learn(noon, make([]time.Time, 5))
	return &h
}

const anHour = 2.

func TestPolicyNext(t *testing.T) {
	sixes := parse(t, "0 6,18 * * *")
	often, seldom := "not more often than every 15m", "not more often than every 30h0m"
	tests := []struct {
		name       string
		visit      schedule.Visit
		from, upto time.Duration // after the poll
		reason     string
	}{
		{"success", schedule.Visit{}, 45 * time.Minute, 70 * time.Minute, "publishes 1.8 items a day"},
		{"first success", schedule.Visit{First: true}, 45 * time.Minute, 2 * time.Hour, "publishes 1.8 items a day"},
		{"a request is cheap", schedule.Visit{Price: 1e-9}, 15 * time.Minute, 15 * time.Minute, often},
		{"a request is dear", schedule.Visit{Price: 1e9}, 24 * time.Hour, 24 * time.Hour, "publishes 1.8 items a day, and max_interval is over"},
		{"floor of the source", schedule.Visit{Min: 3 * time.Hour}, 3 * time.Hour, 3 * time.Hour, "not more often than every 3h0m"},
		{"floor below the policy's", schedule.Visit{Min: time.Minute, Price: 1e-9}, 15 * time.Minute, 15 * time.Minute, often},
		{"a document of few items", schedule.Visit{Shown: 1, Price: 1e9}, 2 * time.Hour, 7 * time.Hour, "publishes 1.8 items a day"},

		{"one failure", schedule.Visit{Failures: 1}, 15 * time.Minute, 17 * time.Minute, "after 1 failure"},
		{"three failures", schedule.Visit{Failures: 3}, 20 * time.Minute, 22 * time.Minute, "after 3 failures"},
		{"six failures", schedule.Visit{Failures: 6}, 160 * time.Minute, 176 * time.Minute, "after 6 failures"},
		{"failures without end", schedule.Visit{Failures: 1 << 40}, 21 * time.Hour, 24 * time.Hour, "after 1099511627776 failures"},
		{"first poll fails", schedule.Visit{First: true, Failures: 1}, 15 * time.Minute, 17 * time.Minute, "after 1 failure"},
		{"failure and floor of the source", schedule.Visit{Failures: 1, Min: 30 * time.Hour}, 30 * time.Hour, 30 * time.Hour, seldom},
		{"failure of our own network", schedule.Visit{Failures: 7, Outage: true}, 15 * time.Minute, 25 * time.Minute, "our own network seems to be down"},

		{"asked to wait", schedule.Visit{NotBefore: noon.Add(5 * time.Hour)}, 5 * time.Hour, 5 * time.Hour, "the publisher asked to wait"},
		{"asked to wait for years", schedule.Visit{NotBefore: noon.AddDate(16, 0, 0)}, 24 * time.Hour, 24 * time.Hour, "the publisher asked to wait"},
		{"asked to wait less", schedule.Visit{NotBefore: noon.Add(time.Minute), Price: 1e-9}, 15 * time.Minute, 15 * time.Minute, often},
		{"asked to wait until the past", schedule.Visit{NotBefore: noon.AddDate(-1, 0, 0), Price: 1e-9}, 15 * time.Minute, 15 * time.Minute, often},
		{"asked to wait after a failure", schedule.Visit{Failures: 1, NotBefore: noon.Add(time.Hour)}, time.Hour, time.Hour, "the publisher asked to wait"},

		{"schedule", schedule.Visit{Schedule: sixes}, 6 * time.Hour, 6 * time.Hour, "schedule"},
		{"schedule, first", schedule.Visit{Schedule: sixes, First: true}, 6 * time.Hour, 6 * time.Hour, "schedule"},
		{"schedule beyond the cap", schedule.Visit{Schedule: parse(t, "0 12 9 3 *")}, 7 * 24 * time.Hour, 7 * 24 * time.Hour, "schedule"},
		{"schedule below the floor", schedule.Visit{Schedule: parse(t, "*/5 * * * *")}, 15 * time.Minute, 15 * time.Minute, often},
		{"schedule and request to wait", schedule.Visit{Schedule: sixes, NotBefore: noon.Add(7 * time.Hour)}, 7 * time.Hour, 7 * time.Hour, "the publisher asked to wait"},
		{"schedule and max-age", schedule.Visit{Schedule: sixes, Hints: schedule.Hints{MaxAge: 8 * time.Hour}}, 8 * time.Hour, 8 * time.Hour, "the publisher's max-age"},
		{"schedule after a failure", schedule.Visit{Schedule: sixes, Failures: 1}, 6 * time.Hour, 6 * time.Hour, "after 1 failure"},
		{"schedule after many failures", schedule.Visit{Schedule: sixes, Failures: 8}, 18 * time.Hour, 18 * time.Hour, "after 8 failures"},
		{"schedule at the moment the backoff ends", schedule.Visit{Schedule: sixes, Failures: 1, Min: 30 * time.Hour}, 30 * time.Hour, 30 * time.Hour, seldom},
		{"every", schedule.Visit{Schedule: parse(t, "@every 2h")}, 2 * time.Hour, 2 * time.Hour, "schedule"},
		{"every, after a failure", schedule.Visit{Schedule: parse(t, "@every 2h"), Failures: 1}, 2 * time.Hour, 2 * time.Hour, "after 1 failure"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i := range 50 {
				test.visit.ID, test.visit.Time, test.visit.Habit = fmt.Sprint("source-", i), noon, daily(t)
				if test.visit.Price == 0 {
					test.visit.Price = anHour
				}
				plan := policy.Next(test.visit)
				if wait := plan.Due.Sub(noon).Round(time.Millisecond); wait < test.from || wait > test.upto {
					t.Fatalf("%s: waits %v, want %v to %v", test.visit.ID, wait, test.from, test.upto)
				}
				if plan.Reason != test.reason {
					t.Fatalf("reason %q, want %q", plan.Reason, test.reason)
				}
				if again := policy.Next(test.visit); !again.Due.Equal(plan.Due) {
					t.Fatalf("%v, then %v", plan.Due, again.Due)
				}
			}
		})
	}
}

// TestA19_WholeDocumentsAreAskedForLess compares a source that never answers
// 304 with one that does.
func TestA19_WholeDocumentsAreAskedForLess(t *testing.T) {
	v := schedule.Visit{ID: "a", Time: noon, Habit: daily(t), Price: anHour}
	cheap := policy.Next(v).Due.Sub(noon)
	v.Costly = true
	if dear := policy.Next(v).Due.Sub(noon); dear < cheap*19/10 {
		t.Errorf("waits %v, and %v where it answers 304", dear, cheap)
	}
	v.Price = 1e-9
	if floor := policy.Next(v).Due.Sub(noon); floor < 2*policy.Min {
		t.Errorf("waits %v at the least", floor)
	}
}

func TestA18_FloorAndWhatLowersIt(t *testing.T) {
	tests := []struct {
		name  string
		hints schedule.Hints
		min   time.Duration
		want  time.Duration
	}{
		{"no hint", schedule.Hints{}, 0, 15 * time.Minute},
		{"fresh for ten minutes", schedule.Hints{MaxAge: 10 * time.Minute}, 0, 10 * time.Minute},
		{"fresh for a second", schedule.Hints{MaxAge: time.Second}, 0, 5 * time.Minute},
		{"ttl of seven minutes", schedule.Hints{TTL: 7 * time.Minute}, 0, 7 * time.Minute},
		{"the longer one counts", schedule.Hints{TTL: 12 * time.Minute, MaxAge: time.Minute}, 0, 12 * time.Minute},
		{"one longer than the floor", schedule.Hints{TTL: 3 * time.Hour, MaxAge: time.Minute}, 0, 3 * time.Hour},
		{"floor of the source", schedule.Hints{MaxAge: time.Minute}, 40 * time.Minute, 40 * time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := schedule.Visit{ID: "a", Time: noon, Habit: daily(t), Price: 1e-9, Hints: test.hints, Min: test.min}
			if wait := policy.Next(v).Due.Sub(noon); wait != test.want {
				t.Errorf("waits %v, want %v", wait, test.want)
			}
		})
	}
	if wait := policy.Next(schedule.Visit{ID: "a", Time: noon, Failures: 1, Hints: schedule.Hints{MaxAge: time.Second}}).Due.Sub(noon); wait < policy.Min {
		t.Errorf("after a failure waits %v", wait)
	}
	two := schedule.Policy{Min: 2 * time.Second, Max: time.Hour, Backoff: time.Minute}
	if wait := two.Next(schedule.Visit{ID: "a", Time: noon, Habit: daily(t), Price: 1e-12}).Due.Sub(noon); wait != two.Min {
		t.Errorf("a floor of %v waits %v", two.Min, wait)
	}
}

func TestA21_NeverEarlierThanTheFloor(t *testing.T) {
	now := noon
	h := daily(t)
	for i := range 500 {
		due := policy.Next(schedule.Visit{ID: "a", Time: now, First: i == 0, Habit: h, Price: 1e-9}).Due
		if wait := due.Sub(now); wait < policy.Min {
			t.Fatalf("poll %d after %v", i, wait)
		}
		now = due
		h.Learn(now, nil)
	}
}

func TestA22_SourcesAddedTogetherAreSpread(t *testing.T) {
	const sources = 1000
	perMinute := map[int]int{}
	for i := range sources {
		due := policy.Next(schedule.Visit{ID: fmt.Sprint("source-", i), Time: noon, First: true, Habit: daily(t), Price: anHour}).Due
		perMinute[int(due.Sub(noon)/time.Minute)]++
	}
	if len(perMinute) < 45 {
		t.Errorf("spread over %d minutes", len(perMinute))
	}
	requireSpread(t, perMinute, sources, len(perMinute))
}

func TestA25_EveryHintIsCapped(t *testing.T) {
	const years = 504576000 * time.Second
	hints := []schedule.Hints{
		{MaxAge: years},
		{TTL: years},
		{Period: years},
		{Period: years, Base: noon.Add(-time.Hour)},
		{SkipDays: 1<<7 - 1},
		{SkipHours: 1<<24 - 1},
		{SkipDays: 0b1111110},
		{MaxAge: years, SkipHours: 1<<24 - 2},
	}
	for failures := range 40 {
		for i, h := range hints {
			v := schedule.Visit{ID: fmt.Sprint(i), Time: noon, Failures: failures, Hints: h, Habit: daily(t), Price: 1e9}
			if i%2 == 0 {
				v.NotBefore = noon.Add(years)
			}
			plan := policy.Next(v)
			if plan.Due.Sub(noon) > policy.Max {
				t.Fatalf("%+v after %d failures waits %v", h, failures, plan.Due.Sub(noon))
			}
			if i == 0 && len(plan.Capped) == 0 {
				t.Errorf("nothing says that a hint was capped")
			}
		}
	}
}

// TestA27_BareRefusalsMakeTheGapsGrow answers 429 without Retry-After three
// times, and then lets the source be well again.
func TestA27_BareRefusalsMakeTheGapsGrow(t *testing.T) {
	v := schedule.Visit{ID: "a", Time: noon, Planned: time.Hour, Limited: true, Habit: daily(t), Price: anHour}
	for n := 1; n <= 3; n++ {
		v.Failures = n
		plan := policy.Next(v)
		if wait := plan.Due.Sub(v.Time); wait < 2*v.Planned {
			t.Errorf("refusal %d: waits %v after %v", n, wait, v.Planned)
		}
		v.Planned, v.Time, v.Slow = plan.Due.Sub(v.Time), plan.Due, plan.Slow
	}
	v.Failures, v.Limited = 0, false
	if wait := policy.Next(v).Due.Sub(v.Time); wait < 7*time.Hour {
		t.Errorf("after an answer waits %v: the lesson is forgotten", wait)
	}
	for range 400 {
		plan := policy.Next(v)
		v.Planned, v.Time, v.Slow = plan.Due.Sub(v.Time), plan.Due, plan.Slow
	}
	if v.Slow > time.Hour {
		t.Errorf("after 400 answers still waits %v", v.Slow)
	}
	v.Limited, v.Failures, v.Slow, v.Planned = true, 9, 20*time.Hour, 20*time.Hour
	if wait := policy.Next(v).Due.Sub(v.Time); wait > policy.Max {
		t.Errorf("waits %v, more than the cap", wait)
	}
}

func TestA29_FailuresMakeTheGapsGrow(t *testing.T) {
	var last time.Duration
	for failures := 3; failures < 9; failures++ {
		wait := policy.Next(schedule.Visit{ID: "a", Time: noon, Failures: failures}).Due.Sub(noon)
		if wait < last*17/10 {
			t.Errorf("%d failures wait %v, after %v", failures, wait, last)
		}
		last = wait
	}
}

func TestPolicyNext_FailuresForLongStayApart(t *testing.T) {
	perHour := map[int]int{}
	for i := range 300 {
		due := policy.Next(schedule.Visit{ID: fmt.Sprint(i), Time: noon, Failures: 50}).Due
		perHour[int(due.Sub(noon)/time.Hour)]++
	}
	for hour := 22; hour < 24; hour++ {
		if perHour[hour] < 100 {
			t.Errorf("%d of 300 in hour %d", perHour[hour], hour)
		}
	}
}

// TestPlan_BoundsExplainTheTime checks that the latest bound is the time.
func TestPlan_BoundsExplainTheTime(t *testing.T) {
	v := schedule.Visit{
		ID: "a", Time: noon, Habit: daily(t), Price: anHour, NotBefore: noon.Add(20 * time.Minute), Slow: 50 * time.Minute,
		Hints: schedule.Hints{MaxAge: 30 * time.Minute, TTL: 40 * time.Minute, Period: time.Hour, SkipHours: 1 << 13},
	}
	plan := policy.Next(v)
	names := map[string]bool{}
	var latest time.Time
	for _, b := range plan.Bounds {
		names[b.Name] = true
		if b.At.After(latest) {
			latest = b.At
		}
	}
	for _, name := range []string{"habit", "min_interval", "refused", "max-age", "ttl", "sy:updatePeriod", "retry-after", "skipHours and skipDays"} {
		if !names[name] {
			t.Errorf("%s is missing in %v", name, plan.Bounds)
		}
	}
	if !latest.Equal(plan.Due) {
		t.Errorf("due %v, the latest bound is %v", plan.Due, latest)
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
		{ID: "h", Time: noon, Min: 40 * time.Hour},
	}
	for _, v := range visits {
		t.Run(v.ID, func(t *testing.T) {
			v.Habit, v.Price = daily(t), anHour
			due := policy.Next(v).Due
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
		{"a year ahead", schedule.Visit{}, noon.AddDate(1, 0, 0), 15 * time.Minute, 24 * time.Hour},
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
