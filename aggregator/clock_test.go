package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// loopWith returns a loop that has just begun, with these sources: a zero time
// is that of a source never polled. Its Manual mode is off.
func loopWith(t *testing.T, due map[string]time.Time) *loop {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	o := Options{
		Store: store, HostInterval: time.Second, Log: slog.New(slog.DiscardHandler),
		Policy: schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute},
	}
	var polls []storage.Record
	for id, at := range due {
		o.Sources = append(o.Sources, Source{SourceSettings: storage.SourceSettings{ID: id, URL: "https://" + id + ".example/"}})
		if !at.IsZero() {
			polls = append(polls, storage.Record{Time: at, Poll: &storage.Poll{Source: id, State: storage.State{LastPoll: at.Add(-time.Hour), NextDue: at}}})
		}
	}
	a := New(o)
	if err := a.Configure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Commit(t.Context(), polls...); err != nil {
		t.Fatal(err)
	}
	l, err := a.newLoop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// clocked returns a loop with sources that are due in the next ten hours and
// later, one that was never polled, one for which somebody waits, and a paused
// host.
func clocked(t *testing.T) (l *loop, due map[string]time.Time) {
	t.Helper()
	now := time.Now()
	due = map[string]time.Time{"new": {}, "asked": now.Add(time.Hour)}
	for i := range 60 {
		due[fmt.Sprint("soon-", i)] = now.Add(time.Duration(i+1) * 9 * time.Minute)
		due[fmt.Sprint("late-", i)] = now.Add(10*time.Hour + time.Duration(i+1)*9*time.Minute)
	}
	l = loopWith(t, due)
	l.waiting["asked"] = []*request{{}}
	l.queue.Pause("paused.example", now.Add(12*time.Hour))
	return l, waiting(l)
}

func waiting(l *loop) map[string]time.Time { return maps.Collect(l.queue.Waiting()) }

// requireDue fails unless the sources are due at these times.
func requireDue(t *testing.T, l *loop, want map[string]time.Time) {
	t.Helper()
	if diff := cmp.Diff(want, waiting(l)); diff != "" {
		t.Errorf("due (-want +got)\n%s", diff)
	}
}

func TestF24_AfterSuspendOverdueSourcesAreSpread(t *testing.T) {
	const slept = 10 * time.Hour
	l, before := clocked(t)
	now := l.seen.Add(slept)
	l.watchClock(now)
	perMinute := map[int]int{}
	for id, due := range waiting(l) {
		wait := due.Sub(now)
		switch {
		case id == "new", id == "asked", before[id].After(now):
			if !due.Equal(before[id]) {
				t.Errorf("%s was moved by %v", id, due.Sub(before[id]))
			}
		case wait < 0 || wait > 10*time.Minute:
			t.Errorf("%s is due in %v", id, wait)
		default:
			perMinute[int(wait/time.Minute)]++
		}
	}
	if len(perMinute) < 9 {
		t.Errorf("overdue sources by minute: %v", perMinute)
	}
	for minute, n := range perMinute {
		if n > 2*60/10+2 {
			t.Errorf("%d of 60 overdue sources in minute %d", n, minute)
		}
	}
	again := waiting(l)
	l.watchClock(now.Add(time.Second))
	requireDue(t, l, again)
}

// requireFewAtOnce fails when more than a fifth of the sources are due.
func requireFewAtOnce(t *testing.T, l *loop, now time.Time) {
	t.Helper()
	due := 0
	for _, at := range waiting(l) {
		if !at.After(now) {
			due++
		}
	}
	if 5*due > l.queue.Len() {
		t.Errorf("%d of %d are due at once", due, l.queue.Len())
	}
}

func TestF24_AfterSuspendScheduledSourcesAreSpread(t *testing.T) {
	hourly, err := schedule.ParseSchedule("@hourly")
	if err != nil {
		t.Fatal(err)
	}
	due := map[string]time.Time{}
	for i := range 100 {
		due[fmt.Sprint(i)] = time.Now().Truncate(time.Hour).Add(time.Hour)
	}
	l := loopWith(t, due)
	for _, s := range l.config().byID {
		s.Schedule = hourly
	}
	l.watchClock(l.seen.Add(10 * time.Hour))
	requireFewAtOnce(t, l, l.seen)
}

// TestF24_AfterSuspendThePutOffAreSpread has sources that the budget put off
// before the machine slept.
func TestF24_AfterSuspendThePutOffAreSpread(t *testing.T) {
	due := map[string]time.Time{}
	for i := range 200 {
		due[fmt.Sprint(i)] = time.Now().Add(time.Minute)
	}
	l := loopWith(t, due)
	now := l.seen.Add(2 * time.Minute)
	for id, ok := l.queue.Next(now); ok; id, ok = l.queue.Next(now) {
		if at := l.admit(id, now); at.After(now) {
			l.postpone(id, at)
		}
	}
	if l.queue.Len() < 100 {
		t.Fatalf("only %d were put off", l.queue.Len())
	}
	l.watchClock(l.seen.Add(10 * time.Hour))
	requireFewAtOnce(t, l, l.seen)
}

// TestF23_DueTimesAreOfTheWallClock polls a source in vain: a time with a
// reading of the monotonic clock would be compared by that, which neither
// suspend nor a step of the clock moves.
func TestF23_DueTimesAreOfTheWallClock(t *testing.T) {
	l := loopWith(t, map[string]time.Time{"a": {}})
	l.o.Client = fetch.New(fetch.Options{Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no network")
	}})
	committer, err := l.newCommitter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ended sync.WaitGroup
	ended.Go(func() { committer.run(t.Context()) })
	l.start(t.Context())
	l.drain(t.Context())
	close(l.commits)
	ended.Wait()
	if due := waiting(l)["a"]; due.IsZero() || strings.Contains(due.String(), " m=") {
		t.Errorf("due at %v", due)
	}
}

func TestF23_DueTimesFollowAClockThatIsSetBack(t *testing.T) {
	for _, by := range []time.Duration{2 * time.Second, 5 * time.Hour, 365 * 24 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			l, want := clocked(t)
			pause := l.queue.Paused("paused.example")
			for id := range want {
				want[id] = want[id].Add(-by)
			}
			l.watchClock(l.seen.Add(-by))
			requireDue(t, l, want)
			if got := l.queue.Paused("paused.example"); !got.Equal(pause.Add(-by)) {
				t.Errorf("paused until %v, was %v", got, pause)
			}
			l.watchClock(l.seen.Add(time.Second))
			requireDue(t, l, want)
		})
	}
}

func TestF23_DriftMovesNothing(t *testing.T) {
	l, _ := clocked(t)
	l.queue.Set("just due", "due.example", l.seen)
	want := waiting(l)
	for _, passed := range []time.Duration{0, -time.Second, -900 * time.Millisecond, time.Second, longestSleep, 2 * longestSleep} {
		l.watchClock(l.seen.Add(passed))
		requireDue(t, l, want)
	}
}
