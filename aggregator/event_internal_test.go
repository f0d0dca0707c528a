package aggregator

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// told returns the events of a poll as text.
func told(end ending, after storage.State, now time.Time) (list []string, trouble storage.EventKind) {
	events, trouble := happened("paper", end, after, now)
	for _, e := range events {
		if e.Source != "paper" || !e.Time.Equal(now) {
			list = append(list, "of another source or time: ")
		}
		list = append(list, string(e.Kind)+": "+e.Detail)
	}
	return list, trouble
}

func TestEventsOfAPoll(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	well := storage.State{LastSuccess: ago(2 * time.Hour), LastNew: ago(3 * time.Hour), Traffic: storage.Traffic{Since: ago(9 * time.Hour)}}
	failing := func(before storage.State, n int, text string) storage.State {
		before.Failures, before.Error = n, text
		return before
	}
	in := func(s storage.State, trouble storage.EventKind) storage.State {
		s.Trouble = trouble
		return s
	}
	read := func(s storage.State) storage.State {
		s.LastSuccess, s.Failures = now, 0
		return s
	}
	moved := func(s storage.State, to string) storage.State {
		s.MovedTo = to
		return s
	}
	gone := failing(well, 1, "410 Gone")
	gone.Gone = true
	never := storage.State{Traffic: storage.Traffic{Since: ago(time.Hour)}}
	young := storage.State{Traffic: storage.Traffic{Since: ago(time.Hour - time.Second)}}
	brief := well
	brief.LastSuccess = ago(59 * time.Minute)
	for _, test := range []struct {
		name          string
		before, after storage.State
		end           ending
		want          []string
		trouble       storage.EventKind
	}{
		{name: "well", before: well, after: read(well), end: ending{read: true}},
		{name: "the first failures", before: well, after: failing(well, 2, "500")},
		{name: "broken", before: well, after: failing(well, 3, "500"), want: []string{"broken: 500; last read 2 hours before"}, trouble: storage.Broken},
		{
			name: "broken without secrets", before: well, after: failing(well, 3, `get "https://u:p@x.example/a?key=1#f": no`),
			want: []string{`broken: get "https://x.example/a?…": no; last read 2 hours before`}, trouble: storage.Broken,
		},
		{
			name: "broken with many words", before: well, after: failing(well, 3, strings.Repeat("ö", 9999)),
			want: []string{"broken: " + strings.Repeat("ö", 500) + "…"}, trouble: storage.Broken,
		},
		{name: "still broken", before: in(well, storage.Broken), after: failing(well, 9, "500"), trouble: storage.Broken},
		{name: "not for an hour", before: brief, after: failing(brief, 5, "500")},
		{name: "never read", before: never, after: failing(never, 3, "404 Not Found"), want: []string{"broken: 404 Not Found; never read"}, trouble: storage.Broken},
		{name: "never read, not for an hour", before: young, after: failing(young, 3, "404 Not Found")},
		{name: "our own network", before: well, after: failing(well, 7, "no route"), end: ending{outage: true}},
		{name: "our own network, and trouble before", before: in(well, storage.Silent), after: failing(well, 7, "no route"), end: ending{outage: true}, trouble: storage.Silent},
		{
			name: "challenged", before: well, after: failing(well, 1, "403 Forbidden, a challenge page of HUMAN"), end: ending{challenge: "HUMAN"},
			want: []string{"challenged: 403 Forbidden, a challenge page of HUMAN; last read 2 hours before"}, trouble: storage.Challenged,
		},
		{name: "still challenged", before: in(well, storage.Challenged), after: failing(well, 4, "403"), end: ending{challenge: "HUMAN"}, trouble: storage.Challenged},
		{name: "challenged and failing otherwise", before: in(well, storage.Challenged), after: failing(well, 4, "500"), trouble: storage.Challenged},
		{
			name: "broken and now challenged", before: in(well, storage.Broken), after: failing(well, 4, "403"), end: ending{challenge: "HUMAN"},
			want: []string{"challenged: 403; last read 2 hours before"}, trouble: storage.Challenged,
		},
		{name: "challenged from the start", before: young, after: failing(young, 1, "403"), end: ending{challenge: "HUMAN"}},
		{name: "gone", before: well, after: gone, want: []string{"gone: 410 Gone; last read 2 hours before"}, trouble: storage.Gone},
		{name: "gone when broken", before: in(well, storage.Broken), after: gone, want: []string{"gone: 410 Gone; last read 2 hours before"}, trouble: storage.Gone},
		{name: "recovered", before: in(well, storage.Broken), after: read(well), end: ending{read: true}, want: []string{"recovered: last read 2 hours before"}},
		{name: "recovered from a challenge", before: in(well, storage.Challenged), after: read(well), end: ending{read: true}, want: []string{"recovered: last read 2 hours before"}},
		{name: "moved", before: well, after: read(moved(well, "https://u:p@new.example/feed?key=1")), end: ending{read: true}, want: []string{"moved: https://new.example/feed?…"}},
		{name: "moved to another query", before: moved(well, "https://new.example/feed?key=1"), after: read(moved(well, "https://new.example/feed?key=2")), end: ending{read: true}},
		{name: "moved on", before: moved(well, "https://new.example/feed"), after: read(moved(well, "https://newer.example/feed")), end: ending{read: true}, want: []string{"moved: https://newer.example/feed"}},
		{
			name: "recovered where it moved to", before: in(well, storage.Broken), after: read(moved(well, "https://new.example/feed")), end: ending{read: true},
			want: []string{"moved: https://new.example/feed", "recovered: last read 2 hours before"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.end.before = test.before
			got, trouble := told(test.end, test.after, now)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("events (-want +got)\n%s", diff)
			}
			if trouble != test.trouble {
				t.Errorf("trouble %q, want %q", trouble, test.trouble)
			}
		})
	}
}

// reader polls a source that publishes at the times that next gives, every six
// hours, and collects what is told of it.
type reader struct {
	now   time.Time
	next  func(time.Time) time.Time
	due   time.Time // of the next news
	habit schedule.Habit
	state storage.State
	told  []string
}

func (r *reader) poll(t *testing.T) {
	r.now = r.now.Add(6 * time.Hour)
	after := r.state
	after.LastSuccess = r.now
	var published []time.Time
	for ; !r.due.After(r.now); r.due = r.next(r.due) {
		published = append(published, r.due)
	}
	if len(published) > 0 {
		after.LastNew = r.now
	}
	r.habit.Learn(r.now, published)
	var err error
	if after.Habit, err = r.habit.AppendBinary(nil); err != nil {
		t.Fatal(err)
	}
	list, trouble := told(ending{read: true, before: r.state}, after, r.now)
	after.Trouble = trouble
	r.state, r.told = after, append(r.told, list...)
}

func (r *reader) pollFor(t *testing.T, span time.Duration) {
	for end := r.now.Add(span); r.now.Before(end); {
		r.poll(t)
	}
}

const day = 24 * time.Hour

func TestASilentSourceIsToldOnce(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name         string
		every, quiet time.Duration
		want         []string
	}{
		{"often", 5 * time.Hour, 30 * day, []string{"silent: nothing new for 7 days; news used to be 5 hours apart", "resumed: nothing new for 30 days before"}},
		{"often, a week", 5 * time.Hour, 7 * day, nil},
		{"every second day", 48 * time.Hour, 19 * day, nil},
		{"every second day, long", 48 * time.Hour, 30 * day, []string{"silent: nothing new for 20 days; news used to be 2 days apart", "resumed: nothing new for 30 days before"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &reader{now: start, due: start, next: func(x time.Time) time.Time { return x.Add(test.every) }}
			r.pollFor(t, 90*day)
			r.due = r.now.Add(test.quiet)
			r.pollFor(t, test.quiet+day)
			if diff := cmp.Diff(test.want, r.told); diff != "" {
				t.Errorf("events (-want +got)\n%s", diff)
			}
			if r.state.Trouble != "" {
				t.Errorf("trouble %q", r.state.Trouble)
			}
		})
	}
}

// TestSilenceIsSeldomAFalseAlarm prints, with -v, what docs/polling.md shows.
func TestSilenceIsSeldomAFalseAlarm(t *testing.T) {
	t.Parallel()
	const sources, years = 10, 2
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 1))
	wait := func(mean time.Duration) time.Duration { return time.Duration(random.ExpFloat64() * float64(mean)) }
	for _, test := range []struct {
		name string
		most int           // false alarms
		late time.Duration // true ones, on average
		next func(time.Time) time.Time
	}{
		{"every hour", 0, 8 * day, func(x time.Time) time.Time { return x.Add(wait(time.Hour)) }},
		{"every day", 3, 12 * day, func(x time.Time) time.Time { return x.Add(wait(day)) }},
		{"every 4 days", 2, 50 * day, func(x time.Time) time.Time { return x.Add(wait(4 * day)) }},
		{"every 14 days", 1, 180 * day, func(x time.Time) time.Time { return x.Add(wait(14 * day)) }},
		{"on working days but for 2 weeks a year", 2 * sources, 25 * day, func(x time.Time) time.Time {
			for x = x.Add(wait(6 * time.Hour)); x.Weekday()%6 == 0 || x.YearDay() > 200 && x.YearDay() < 215; {
				x = x.Add(wait(6 * time.Hour))
			}
			return x
		}},
		{"in bursts of 20, 20 days apart", 2 * sources * years, 120 * day, func(x time.Time) time.Time {
			if random.IntN(20) == 0 {
				return x.Add(wait(20 * day))
			}
			return x.Add(time.Hour)
		}},
	} {
		alarms, late := 0, time.Duration(0)
		for range sources {
			r := &reader{now: start, due: test.next(start), next: test.next}
			r.pollFor(t, years*365*day)
			for _, s := range r.told {
				if s[0] == 's' {
					alarms++
				}
			}
			r.due, r.state.Trouble = r.now.AddDate(9, 0, 0), ""
			for r.state.Trouble == "" && r.now.Before(r.due) {
				r.poll(t)
			}
			late += r.now.Sub(r.state.LastNew) / sources
		}
		t.Logf("%-40s %2d false alarms in %d source years; a true one after %.0f days", test.name, alarms, sources*years, late.Hours()/24)
		if alarms > test.most || late > test.late {
			t.Errorf("%s: %d false alarms; a true one after %v", test.name, alarms, late)
		}
	}
}
