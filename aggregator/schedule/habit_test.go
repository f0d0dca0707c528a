package schedule_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
)

const aDay = 24 * time.Hour

// follow polls a source every hour from noon on, for so many days, and lets
// the habit learn what it published.
func follow(h *schedule.Habit, days int, published []time.Time) (now time.Time) {
	slices.SortFunc(published, time.Time.Compare)
	i := 0
	for now = noon; now.Before(noon.AddDate(0, 0, days)); now = now.Add(time.Hour) {
		var fresh []time.Time
		for ; i < len(published) && !published[i].After(now); i++ {
			fresh = append(fresh, published[i])
		}
		h.Learn(now, fresh)
	}
	return now
}

// at returns one time a day.
func at(days int, hour, minute int) []time.Time {
	var list []time.Time
	for d := range days {
		list = append(list, time.Date(2026, time.March, 3+d, hour, minute, 0, 0, time.UTC))
	}
	return list
}

// random returns times at random, so many a day on average.
func random(r *rand.Rand, from time.Time, days int, perDay float64) []time.Time {
	var list []time.Time
	for t := from; ; {
		t = t.Add(time.Duration(r.ExpFloat64() * float64(aDay) / perDay))
		if t.After(from.AddDate(0, 0, days)) {
			return list
		}
		list = append(list, t)
	}
}

func next(h *schedule.Habit, now time.Time, price float64) time.Time {
	return policy.Next(schedule.Visit{ID: "a", Time: now, Habit: h, Price: price}).Due
}

func TestHabit_TheRateIsLearned(t *testing.T) {
	for _, perDay := range []float64{0.5, 2, 20, 200} {
		var h schedule.Habit
		follow(&h, 60, random(rand.New(rand.NewPCG(1, 2)), noon, 60, perDay))
		if got := h.Rate(); got < perDay/2 || got > perDay*2 {
			t.Errorf("%g a day, learned %g", perDay, got)
		}
	}
}

func TestHabit_TheFirstDocumentSeeds(t *testing.T) {
	for _, perDay := range []float64{1, 10, 100} {
		var shown []time.Time
		for i := range 20 {
			shown = append(shown, noon.Add(-time.Duration((float64(i)+0.5)/perDay*float64(aDay))))
		}
		var h schedule.Habit
		h.Learn(noon, shown)
		if got := h.Rate(); got < perDay*0.4 || got > perDay*1.4 {
			t.Errorf("%g a day, seeded %g", perDay, got)
		}
	}
}

// TestHabit_ADailyDigestIsMetOnTime has one item each morning: the poll comes
// soon after it, and not in the hours before.
func TestHabit_ADailyDigestIsMetOnTime(t *testing.T) {
	var h schedule.Habit
	now := follow(&h, 40, at(40, 7, 3))
	due := next(&h, now, 40)
	if due.Hour() != 7 {
		t.Errorf("at %v due %v", now, due)
	}
}

func TestHabit_NightsAreQuiet(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var published []time.Time
	for d := range 40 {
		for range 20 {
			published = append(published, noon.Truncate(aDay).AddDate(0, 0, d).Add(8*time.Hour+time.Duration(r.Int64N(int64(10*time.Hour)))))
		}
	}
	var h schedule.Habit
	now := follow(&h, 40, published).Truncate(aDay)
	day := next(&h, now.Add(12*time.Hour), 30).Sub(now.Add(12 * time.Hour))
	night := next(&h, now.Add(19*time.Hour), 30).Sub(now.Add(19 * time.Hour))
	if night < 5*day {
		t.Errorf("waits %v at noon and %v in the evening", day, night)
	}
}

func TestHabit_WeekendsAreLearned(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	published := slices.DeleteFunc(random(r, noon, 70, 10), func(x time.Time) bool {
		return x.Weekday() == time.Saturday || x.Weekday() == time.Sunday
	})
	var h schedule.Habit
	now := follow(&h, 70, published)
	for now.Weekday() != time.Tuesday {
		now = now.AddDate(0, 0, 1)
	}
	weekday := next(&h, now, 100).Sub(now)
	saturday := next(&h, now.AddDate(0, 0, 4), 100).Sub(now.AddDate(0, 0, 4))
	if saturday < weekday*3/2 {
		t.Errorf("waits %v on a Tuesday and %v on a Saturday", weekday, saturday)
	}
}

// TestHabit_NewsBringsNews has bursts: after an item that just came, the next
// poll is sooner than after a quiet time.
func TestHabit_NewsBringsNews(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var published []time.Time
	for _, start := range random(r, noon, 60, 0.5) {
		for range 8 {
			start = start.Add(time.Duration(r.Int64N(int64(20 * time.Minute))))
			published = append(published, start)
		}
	}
	var h schedule.Habit
	now := follow(&h, 60, published)
	quiet, excited := h, h
	now = now.Add(time.Hour)
	quiet.Learn(now, nil)
	excited.Learn(now, []time.Time{now.Add(-15 * time.Minute), now.Add(-4 * time.Minute)})
	before, after := next(&quiet, now, 30).Sub(now), next(&excited, now, 30).Sub(now)
	if after > before/2 {
		t.Errorf("waits %v, and %v after news", before, after)
	}
}

// TestHabit_TheDeadAreLeftAndTheRevivedFound stops a source, and begins again.
func TestHabit_TheDeadAreLeftAndTheRevivedFound(t *testing.T) {
	var h schedule.Habit
	now := follow(&h, 30, random(rand.New(rand.NewPCG(9, 10)), noon, 30, 24))
	alive := h.Rate()
	for range 20 {
		now = now.AddDate(0, 0, 1)
		h.Learn(now, nil)
	}
	dead := h.Rate()
	if dead > alive/50 {
		t.Errorf("%g a day, three weeks after its end %g", alive, dead)
	}
	now = now.AddDate(0, 0, 1)
	h.Learn(now, []time.Time{now.Add(-2 * time.Hour), now.Add(-time.Hour)})
	if revived := h.Rate(); revived < 4*dead {
		t.Errorf("%g a day when dead, %g when it is back", dead, revived)
	}
}

func TestHabit_DatesAreNotNeeded(t *testing.T) {
	var h schedule.Habit
	h.Learn(noon, make([]time.Time, 20))
	now := noon
	for range 24 * 40 {
		now = now.Add(time.Hour)
		var fresh []time.Time
		if now.Hour()%4 == 0 {
			fresh = make([]time.Time, 1)
		}
		h.Learn(now, fresh)
	}
	if got := h.Rate(); got < 5 || got > 7 {
		t.Errorf("6 a day, learned %g", got)
	}
}

func TestHabit_BatchesAreOne(t *testing.T) {
	var single, batch schedule.Habit
	now := follow(&single, 40, at(40, 7, 3))
	var tens []time.Time
	for _, x := range at(40, 7, 3) {
		for i := range 10 {
			tens = append(tens, x.Add(time.Duration(i)*time.Second))
		}
	}
	follow(&batch, 40, tens)
	if got := batch.Rate() / single.Rate(); got < 8 || got > 11 {
		t.Errorf("ten times the items, learned %g times", got)
	}
	if a, b := next(&single, now, 20), next(&batch, now, 20); b.After(a) {
		t.Errorf("due %v, and %v with more items", a, b)
	}
}

// TestHabit_SurvivesAnything learns nonsense: the next poll still lies within
// the policy's bounds, also after it was stored.
func TestHabit_SurvivesAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		var h schedule.Habit
		now := noon
		for range 50 {
			now = now.Add(time.Duration(r.Int64N(int64(3*aDay)) - int64(aDay)))
			var list []time.Time
			for range r.IntN(300) {
				list = append(list, now.Add(time.Duration(r.Int64N(int64(1<<60))-1<<59)))
			}
			h.Learn(now, append(list, time.Time{}, time.Unix(-1<<40, 0), now, now))
			form, err := h.AppendBinary(nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(form) > 600 {
				t.Fatalf("%d bytes", len(form))
			}
			if err := h.UnmarshalBinary(form); err != nil {
				t.Fatal(err)
			}
			if wait := next(&h, now, r.ExpFloat64()*100).Sub(now); wait < policy.Min || wait > policy.Max {
				t.Fatalf("waits %v", wait)
			}
		}
	}
}

func TestHabit_StoredItSaysTheSame(t *testing.T) {
	var h, stored schedule.Habit
	now := follow(&h, 60, random(rand.New(rand.NewPCG(1, 2)), noon, 60, 20))
	form, err := h.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := stored.UnmarshalBinary(form); err != nil {
		t.Fatal(err)
	}
	if a, b := next(&h, now, 20), next(&stored, now, 20); a.Sub(b).Abs() > time.Second {
		t.Errorf("due %v, stored %v", a, b)
	}
	for i := range form {
		if err := new(schedule.Habit).UnmarshalBinary(form[:i]); err == nil && i > 0 {
			t.Errorf("cut to %d bytes it is read", i)
		}
	}
}

func FuzzHabitUnmarshalBinary(f *testing.F) {
	var h schedule.Habit
	follow(&h, 20, at(20, 7, 3))
	form, err := h.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(form)
	f.Fuzz(func(t *testing.T, form []byte) {
		var h schedule.Habit
		if h.UnmarshalBinary(form) != nil {
			return
		}
		h.Learn(noon, []time.Time{noon.Add(-time.Hour)})
		if wait := next(&h, noon, 20).Sub(noon); wait < policy.Min || wait > policy.Max {
			t.Fatalf("waits %v", wait)
		}
	})
}

func TestGapsAreThoseUpToTheLastNews(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var h schedule.Habit
	now, next := start, start
	learn := func(span, every time.Duration) {
		for end := now.Add(span); now.Before(end); {
			now = now.Add(time.Hour)
			var published []time.Time
			for every > 0 && !next.After(now) {
				published, next = append(published, next), next.Add(every)
			}
			h.Learn(now, published)
		}
	}
	check := func(name string, mean, longest time.Duration) {
		t.Helper()
		gotMean, gotLongest := h.Gaps()
		if (gotMean-mean).Abs() > mean/10 || (gotLongest-longest).Abs() > longest/10 {
			t.Errorf("%s: gaps of %v, at most %v, want %v and %v", name, gotMean, gotLongest, mean, longest)
		}
	}
	const day = 24 * time.Hour
	learn(3*day, 6*time.Hour)
	check("too few", 0, 0)
	learn(60*day, 6*time.Hour)
	check("even", 6*time.Hour, 6*time.Hour)
	learn(20*day, 0)
	check("in a silence", 6*time.Hour, 6*time.Hour)
	next = now
	learn(60*day, 6*time.Hour)
	check("after a silence", 6*time.Hour, 20*day)
	now = now.Add(100 * day)
	next = now
	learn(60*day, 6*time.Hour)
	check("after nobody looked", 6*time.Hour, 20*day)

	b, err := h.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	check("read again", 6*time.Hour, 20*day)
}
