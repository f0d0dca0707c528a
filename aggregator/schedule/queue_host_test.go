package schedule_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
)

// hostModel is a model whose hosts can be slowed down and paused.
type hostModel struct {
	*model
	gaps   map[string]time.Duration // of hosts that refused
	pauses map[string]time.Time
}

func newHostModel(gap time.Duration) *hostModel {
	return &hostModel{newModel(gap), map[string]time.Duration{}, map[string]time.Time{}}
}

func (m *hostModel) gapOf(host string) time.Duration {
	if gap, ok := m.gaps[host]; ok {
		return gap
	}
	return m.gap
}

func (m *hostModel) Slow(host string) {
	gap := m.gapOf(host)
	m.gaps[host] = max(gap, min(2*max(gap, time.Second), 10*time.Minute))
}

func (m *hostModel) Ease(host string) {
	m.gaps[host] = max(m.gapOf(host)-m.gapOf(host)/10, m.gap)
}

func (m *hostModel) Rest(host string, until time.Time) { m.rest[host] = latest(m.rest[host], until) }

func (m *hostModel) Pause(host string, until time.Time) {
	m.Rest(host, until)
	m.pauses[host] = latest(m.pauses[host], until)
}

func (m *hostModel) Done(id string, now time.Time) {
	if host, ok := m.flights[id]; ok {
		delete(m.flights, id)
		m.rest[host] = latest(m.rest[host], now.Add(m.gapOf(host)))
	}
}

func (m *hostModel) Postpone(id string, due time.Time) {
	if host, ok := m.flights[id]; ok {
		delete(m.flights, id)
		m.Set(id, host, due)
	}
}

func (m *hostModel) Shift(by time.Duration) {
	for _, times := range []map[string]time.Time{m.due, m.rest, m.pauses} {
		for name, at := range times {
			times[name] = at.Add(by)
		}
	}
}

func (m *hostModel) Next(now time.Time) (string, bool) {
	m.forget(now)
	return m.model.Next(now)
}

func (m *hostModel) Wake(now time.Time) (time.Time, bool) {
	m.forget(now)
	return m.model.Wake(now)
}

// forget drops what was learned of hosts that have rested and no source.
func (m *hostModel) forget(now time.Time) {
	used := map[string]bool{}
	for id, host := range m.host {
		if _, flies := m.flights[id]; !flies {
			used[host] = true
		}
	}
	for _, host := range m.flights {
		used[host] = true
	}
	for host := range m.gaps {
		if !used[host] && !m.rest[host].After(now) {
			delete(m.gaps, host)
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func TestQueue_HostsBehaveLikeTheModel(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			gap := time.Duration(r.IntN(4)) * time.Second
			q, m := schedule.NewQueue(gap), newHostModel(gap)
			now := noon
			for step := range 2000 {
				id, host := fmt.Sprint("source-", r.IntN(30)), fmt.Sprint("host-", r.IntN(6))
				at := now.Add(time.Duration(r.IntN(20)-5) * time.Second)
				switch r.IntN(16) {
				case 0, 1, 2:
					q.Set(id, host, at)
					m.Set(id, host, at)
				case 3:
					q.Remove(id)
					m.Remove(id)
				case 4, 5, 6:
					q.Done(id, now)
					m.Done(id, now)
				case 7:
					q.Postpone(id, at)
					m.Postpone(id, at)
				case 8:
					q.Rest(host, at)
					m.Rest(host, at)
				case 9:
					q.Pause(host, at)
					m.Pause(host, at)
				case 10:
					q.Slow(host)
					m.Slow(host)
				case 11:
					q.Ease(host)
					m.Ease(host)
				case 12:
					by := time.Duration(r.IntN(7200)-3600) * time.Second
					now = now.Add(by)
					q.Shift(by)
					m.Shift(by)
				case 13:
					now = now.Add(time.Duration(r.IntN(5000)) * time.Millisecond)
				default:
					got, ok := q.Next(now)
					want, wantOK := m.Next(now)
					if got != want || ok != wantOK {
						t.Fatalf("step %d: Next %q %v, want %q %v", step, got, ok, want, wantOK)
					}
				}
				requireAlike(t, step, q, m, now)
			}
		})
	}
}

// requireAlike compares what a queue and a model tell.
func requireAlike(t *testing.T, step int, q *schedule.Queue, m *hostModel, now time.Time) {
	t.Helper()
	if got := maps.Collect(q.Waiting()); !maps.EqualFunc(got, m.due, time.Time.Equal) {
		t.Fatalf("step %d: %v wait, want %v", step, got, m.due)
	}
	for host, want := range m.pauses {
		if got := q.Paused(host); !got.Equal(want) && (got.After(now) || want.After(now)) {
			t.Fatalf("step %d: %s paused until %v, want %v", step, host, got, want)
		}
	}
	if step%3 > 0 { // Wake tidies up, which must not be needed
		return
	}
	got, ok := q.Wake(now)
	want, wantOK := m.Wake(now)
	if !got.Equal(want) || ok != wantOK {
		t.Fatalf("step %d: Wake %v %v, want %v %v", step, got, ok, want, wantOK)
	}
}

// requireWake fails unless the queue next has a source at that time.
func requireWake(t *testing.T, q *schedule.Queue, now, want time.Time) {
	t.Helper()
	if got, ok := q.Wake(now); !ok || !got.Equal(want) {
		t.Fatalf("at %v wakes at %v %v, want %v", now, got, ok, want)
	}
}

func TestA28_APausedHostWakesAtTheEndOfThePause(t *testing.T) {
	end := noon.Add(time.Hour)
	tests := map[string]func(*schedule.Queue){
		"with a source that is due":      func(q *schedule.Queue) { q.Set("a", "one", noon); q.Pause("one", end) },
		"that was ready":                 func(q *schedule.Queue) { q.Set("a", "one", noon); q.Wake(noon); q.Pause("one", end) },
		"before it has a source":         func(q *schedule.Queue) { q.Pause("one", end); q.Wake(noon); q.Set("a", "one", noon) },
		"and a shorter pause after that": func(q *schedule.Queue) { q.Set("a", "one", noon); q.Pause("one", end); q.Pause("one", noon) },
		"and a slower gap after that":    func(q *schedule.Queue) { q.Set("a", "one", noon); q.Pause("one", end); q.Slow("one") },
		"during a poll": func(q *schedule.Queue) {
			q.Set("a", "one", noon)
			q.Next(noon)
			q.Pause("one", end)
			q.Set("a", "one", noon)
			q.Done("a", noon)
		},
	}
	for name, pause := range tests {
		t.Run(name, func(t *testing.T) {
			q := schedule.NewQueue(time.Second)
			pause(q)
			q.Set("b", "two", noon)
			if got := q.Paused("one"); !got.Equal(end) {
				t.Errorf("paused until %v, want %v", got, end)
			}
			if got := q.Paused("two"); got.After(noon) {
				t.Errorf("the other host is paused until %v", got)
			}
			requireNext(t, q, noon, "b", "")
			q.Done("b", noon)
			requireWake(t, q, noon, end)
			requireNext(t, q, end.Add(-time.Nanosecond), "")
			requireNext(t, q, end, "a", "")
		})
	}
}

// restAfter polls a source of the host once, and returns how long the host
// rests.
func restAfter(t *testing.T, q *schedule.Queue, host string, now time.Time) time.Duration {
	t.Helper()
	q.Set("polled", host, now)
	requireNext(t, q, now, "polled")
	q.Done("polled", now)
	q.Set("next", host, now)
	wake, ok := q.Wake(now)
	if !ok {
		t.Fatal("does not wake")
	}
	q.Remove("next")
	return wake.Sub(now)
}

func TestQueue_SlowDoublesTheGapAndEaseBringsItBack(t *testing.T) {
	tests := []struct {
		gap  time.Duration
		want []time.Duration // after one Slow, two, ...
	}{
		{0, []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}},
		{time.Second, []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}},
		{100 * time.Second, []time.Duration{200 * time.Second, 400 * time.Second, 10 * time.Minute, 10 * time.Minute}},
		{time.Hour, []time.Duration{time.Hour, time.Hour}},
	}
	for _, test := range tests {
		t.Run(test.gap.String(), func(t *testing.T) {
			q := schedule.NewQueue(test.gap)
			q.Set("far away", "one", noon.AddDate(1, 0, 0))
			now := noon
			rest := func(host string) time.Duration {
				now = now.Add(time.Hour)
				return restAfter(t, q, host, now)
			}
			for n, want := range test.want {
				q.Slow("one")
				if got := rest("one"); got != want {
					t.Errorf("slowed %d times it rests %v, want %v", n+1, got, want)
				}
			}
			if got := rest("two"); got != test.gap {
				t.Errorf("another host rests %v, want %v", got, test.gap)
			}
			last := test.want[len(test.want)-1]
			for range 200 {
				q.Ease("one")
				got := rest("one")
				if got > last || got < last*8/10 && got != test.gap {
					t.Fatalf("eased from %v to %v", last, got)
				}
				last = got
			}
			if last-test.gap > time.Millisecond {
				t.Errorf("comes back to %v, want %v", last, test.gap)
			}
		})
	}
}

func TestQueue_PostponeLeavesTheHostToOthersAtOnce(t *testing.T) {
	q := schedule.NewQueue(time.Minute)
	q.Set("a", "one", noon)
	q.Set("b", "one", noon)
	requireNext(t, q, noon, "a", "")
	q.Postpone("a", noon.Add(time.Hour))
	requireNext(t, q, noon, "b", "")
	q.Done("b", noon)
	requireWake(t, q, noon, noon.Add(time.Hour))
	requireNext(t, q, noon.Add(time.Hour), "a", "")

	q.Postpone("nobody", noon)
	q.Postpone("b", noon) // not in flight
	if q.Len() != 0 {
		t.Errorf("%d wait, want none", q.Len())
	}
}

// TestF23_ADayBackKeepsOrderAndDistances shifts a queue with hosts in every
// state.
func TestF23_ADayBackKeepsOrderAndDistances(t *testing.T) {
	const day = 24 * time.Hour
	q := schedule.NewQueue(10 * time.Minute)
	q.Set("ready", "one", noon)
	q.Set("later", "two", noon.Add(3*time.Hour))
	q.Set("soon", "three", noon.Add(time.Hour))
	q.Set("paused", "four", noon)
	q.Pause("four", noon.Add(2*time.Hour))
	q.Set("polled", "five", noon)
	requireNext(t, q, noon, "polled")
	q.Done("polled", noon)
	q.Set("polled", "five", noon) // its host rests
	q.Wake(noon)

	q.Shift(-day)
	yesterday := noon.Add(-day)
	if got, want := q.Paused("four"), yesterday.Add(2*time.Hour); !got.Equal(want) {
		t.Errorf("paused until %v, want %v", got, want)
	}
	requireNext(t, q, yesterday, "ready", "")
	for _, next := range []struct {
		id    string
		after time.Duration
	}{{"polled", 10 * time.Minute}, {"soon", time.Hour}, {"paused", 2 * time.Hour}, {"later", 3 * time.Hour}} {
		at := yesterday.Add(next.after)
		requireWake(t, q, at.Add(-time.Second), at)
		requireNext(t, q, at.Add(-time.Second), "")
		requireNext(t, q, at, next.id, "")
	}
}
