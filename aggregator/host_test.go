package aggregator_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/schedule"
)

// TestA27_BareRefusalsMakeTheGapsOfASourceGrow answers 429 without Retry-After
// three times in a row.
func TestA27_BareRefusalsMakeTheGapsOfASourceGrow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		refused := status(http.StatusTooManyRequests)
		w.set("a.example/", turns(feed("one"), refused, refused, refused, feed("one")))
		run(t, w.daemon(fastStore(t), "a.example/"))
		pass(48 * time.Hour)
		got := gaps(w.asked(time.Time{}))
		if len(got) < 5 {
			t.Fatalf("gaps %v, want five at least", got)
		}
		for i, gap := range got[1:4] {
			if gap < 2*got[i]-time.Millisecond {
				t.Errorf("refusal %d: waits %v after %v, want twice that at least", i+1, gap, got[i])
			}
		}
		if got[4] < got[3]/2 {
			t.Errorf("after an answer waits %v, was %v: the lesson is forgotten", got[4], got[3])
		}
	})
}

// TestA28_ADateInRetryAfterHoldsForTheHost lets one of two sources of a host
// ask for a pause: the other one waits too, also after a restart, and a source
// elsewhere does not.
func TestA28_ADateInRetryAfterHoldsForTheHost(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		until := time.Now().Add(8 * time.Hour)
		w.set("one.example/busy", turns(
			feed("busy"),
			status(http.StatusServiceUnavailable, "Retry-After", until.UTC().Format(http.TimeFormat)),
			feed("busy"),
		))
		w.set("www.one.example/calm", feed("calm"))
		w.set("two.example/", feed("two"))
		store := fastStore(t)
		o := w.daemon(store, "one.example/busy", "www.one.example/calm", "two.example/")
		_, stop := run(t, o)
		passUntil(t, func() bool { return !state(t, store, "one.example/busy").NotBefore.IsZero() })
		begin := time.Now()
		pass(2 * time.Hour)
		stop()
		run(t, o)
		pass(time.Until(until) - time.Second)
		if calls := w.asked(begin, "one.example/busy", "www.one.example/calm"); len(calls) != 0 {
			t.Errorf("asked during the pause: %v", calls)
		}
		if calls := w.asked(begin, "two.example/"); len(calls) < 3 {
			t.Errorf("another host was asked %d times meanwhile", len(calls))
		}
		pass(90 * time.Minute)
		calls := w.asked(until, "one.example/busy", "www.one.example/calm")
		if len(calls) < 2 || calls[1].at.Sub(calls[0].at) < time.Second {
			t.Errorf("after the pause: %v", calls)
		}
	})
}

// TestA29_ForbiddenAfterABurstIsALimit gets 403 once as the fourth request in a
// row to a host, and once as the only one.
func TestA29_ForbiddenAfterABurstIsALimit(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		forbidden := turns(status(http.StatusForbidden), feed("one"))
		for _, path := range []string{"a", "b", "c"} {
			w.set("busy.example/"+path, feed(path))
		}
		w.set("busy.example/d", forbidden)
		w.set("calm.example/", turns(status(http.StatusForbidden), feed("one")))
		run(t, w.daemon(fastStore(t), "busy.example/a", "busy.example/b", "busy.example/c", "busy.example/d", "calm.example/"))
		pass(24 * time.Hour)
		burst, alone := gaps(w.asked(time.Time{}, "busy.example/d")), gaps(w.asked(time.Time{}, "calm.example/"))
		if len(burst) == 0 || burst[0] < 30*time.Minute {
			t.Errorf("after a burst waits %v, want twice the floor at least", burst)
		}
		if len(alone) == 0 || alone[0] > 20*time.Minute {
			t.Errorf("after a lone 403 waits %v, want no more than after any failure", alone)
		}
	})
}

// TestF24_TheNewAtOnceAndTheOverdueSpread restarts after a long time with one
// source more.
func TestF24_TheNewAtOnceAndTheOverdueSpread(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, known := fastStore(t), w.hosts(60)
		_, stop := run(t, w.daemon(store, known...))
		pass(time.Hour)
		stop()
		pass(30 * time.Hour)
		w.set("new.example/", feed("new"))
		run(t, w.daemon(store, append(known, "new.example/")...))
		begin := time.Now()
		pass(5 * time.Second)
		if n := len(w.asked(begin, "new.example/")); n != 1 {
			t.Errorf("a source never polled was asked %d times at once, want 1", n)
		}
		pass(11 * time.Minute)
		requireSpread(t, w.asked(begin, known...), begin, len(known))
	})
}

// TestA20_RestartsAskNothingEarly restarts twenty times in ten minutes, some
// of the time while sources become due.
func TestA20_RestartsAskNothingEarly(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list := fastStore(t), w.hosts(20)
		o := w.daemon(store, list...)
		_, stop := run(t, o)
		pass(20 * time.Minute)
		stop()
		begin := time.Now()
		due := map[string]time.Time{}
		for _, a := range list {
			due[a] = state(t, store, a).NextDue
		}
		for range 20 {
			_, stop = run(t, o)
			pass(30 * time.Second)
			stop()
		}
		asked := map[string]int{}
		for _, c := range w.asked(begin) {
			if asked[c.address]++; c.at.Before(due[c.address]) || asked[c.address] > 1 {
				t.Errorf("%s asked at %v, for the %d. time, due at %v", c.address, c.at, asked[c.address], due[c.address])
			}
		}
		for a, at := range due {
			if at.Before(time.Now().Add(-time.Minute)) && asked[a] == 0 {
				t.Errorf("%s was due at %v and not asked", a, at)
			}
		}
		if len(asked) == len(list) {
			t.Error("all were due: nothing is proven")
		}
	})
}

// TestANewScheduleHoldsAtOnce gives a source a schedule and takes it away
// again, each with a restart.
func TestANewScheduleHoldsAtOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.set("a.example/", feed("one"))
		o := w.daemon(fastStore(t), "a.example/")
		_, stop := run(t, o)
		pass(time.Minute) // the bubble begins at midnight
		stop()

		often, err := schedule.ParseSchedule("*/20 * * * *")
		if err != nil {
			t.Fatal(err)
		}
		o.Sources[0].Schedule = often
		begin := time.Now()
		_, stop = run(t, o)
		pass(time.Hour)
		stop()
		var minutes []int
		for _, c := range w.asked(begin) {
			minutes = append(minutes, c.at.Minute())
		}
		if !slices.Equal(minutes, []int{20, 40, 0}) {
			t.Errorf("asked at minutes %v of the hour, want 20, 40 and 0", minutes)
		}

		daily, err := schedule.ParseSchedule("30 1 * * *")
		if err != nil {
			t.Fatal(err)
		}
		o.Sources[0].Schedule = daily
		begin = time.Now()
		_, stop = run(t, o)
		pass(time.Hour)
		stop()
		if calls := w.asked(begin); len(calls) != 1 || calls[0].at.Minute() != 30 {
			t.Errorf("asked %v, want once, at 01:30", calls)
		}

		o.Sources[0].Schedule = nil
		begin = time.Now()
		run(t, o)
		pass(4 * time.Hour)
		if calls := w.asked(begin); len(calls) < 2 {
			t.Errorf("without the schedule asked %v in four hours", calls)
		}
	})
}

// TestTheBudgetIsKeptOverHours polls two hundred sources with a request a
// minute for all of them. Most ask to be left alone for the same four hours, so
// that they are due together when these are over.
func TestTheBudgetIsKeptOverHours(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const sources, hours = 200, 16
		list := w.hosts(sources)
		for _, a := range list[60:] {
			w.set(a, func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Cache-Control", "max-age=14400")
				feed(a)(rw, r)
			})
		}
		o := w.daemon(fastStore(t), list...)
		o.Budget = 1
		begin := time.Now()
		_, stop := run(t, o)
		pass(hours / 2 * time.Hour)
		stop()
		run(t, o)
		pass(hours / 2 * time.Hour)
		calls := w.asked(begin)
		if len(calls) < sources || calls[sources-1].at.Sub(begin) > time.Minute {
			t.Fatal("the first polls did not come at once")
		}
		rest := calls[sources:]
		count := perMinute(rest, begin)
		const window, together = 20, 30 // minutes, and what may come at once
		for from := range hours*60 - window {
			n := 0
			for minute := range window {
				n += count[from+minute]
			}
			if n > together+3*window {
				t.Errorf("%d requests in the %d minutes after %d", n, window, from)
			}
		}
		if mean := float64(len(rest)) / (hours * 60); mean > 1.2 || mean < 0.5 {
			t.Errorf("%.2f requests a minute, want about 1", mean)
		}
	})
}

// TestANewScheduleHoldsForPollToo: `newsfeed poll` goes by the due time
// that was stored before the schedule was configured, and so do why and sources.
func TestANewScheduleHoldsForPollToo(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.set("a.example/", feed("one"))
		o := w.daemon(fastStore(t), "a.example/")
		o.Manual = true
		a, stop := run(t, o)
		poll(t, a, false)
		stop()
		often, err := schedule.ParseSchedule("*/20 * * * *")
		if err != nil {
			t.Fatal(err)
		}
		o.Sources[0].Schedule = often
		pass(30 * time.Minute)
		a, _ = run(t, o)
		if r := poll(t, a, false, "a.example/")["a.example/"]; r.Outcome == aggregator.Skipped {
			t.Errorf("a slot has passed: %s", r.Error)
		}
	})
}
