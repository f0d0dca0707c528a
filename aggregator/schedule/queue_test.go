package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
)

// model is a queue that keeps everything in plain maps and looks at all of it
// each time.
type model struct {
	gap     time.Duration
	host    map[string]string    // of the sources that wait
	due     map[string]time.Time // of the sources that wait
	flights map[string]string    // hosts of the sources in flight
	rest    map[string]time.Time // of hosts
}

func newModel(gap time.Duration) *model {
	return &model{gap, map[string]string{}, map[string]time.Time{}, map[string]string{}, map[string]time.Time{}}
}

func (m *model) Set(id, host string, due time.Time) { m.host[id], m.due[id] = host, due }

func (m *model) Remove(id string) {
	delete(m.host, id)
	delete(m.due, id)
}

func (m *model) Done(id string, now time.Time) {
	if host, ok := m.flights[id]; ok {
		delete(m.flights, id)
		m.rest[host] = now.Add(m.gap)
	}
}

// free returns when a source can be handed out, or false while it or its host
// is in flight.
func (m *model) free(id string) (time.Time, bool) {
	for flight, host := range m.flights {
		if flight == id || host == m.host[id] {
			return time.Time{}, false
		}
	}
	if rest := m.rest[m.host[id]]; rest.After(m.due[id]) {
		return rest, true
	}
	return m.due[id], true
}

func (m *model) Next(now time.Time) (best string, ok bool) {
	for id, due := range m.due {
		free, can := m.free(id)
		if !can || free.After(now) {
			continue
		}
		if !ok || due.Before(m.due[best]) || due.Equal(m.due[best]) && id < best {
			best, ok = id, true
		}
	}
	if ok {
		m.flights[best] = m.host[best]
		m.Remove(best)
	}
	return best, ok
}

func (m *model) Wake(now time.Time) (wake time.Time, ok bool) {
	for id := range m.due {
		free, can := m.free(id)
		if !can {
			continue
		}
		if free.Before(now) {
			free = now
		}
		if !ok || free.Before(wake) {
			wake, ok = free, true
		}
	}
	return wake, ok
}

func TestQueue_BehavesLikeTheModel(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			gap := time.Duration(r.IntN(4)) * time.Second
			q, m := schedule.NewQueue(gap), newModel(gap)
			id := func() string { return fmt.Sprint("source-", r.IntN(30)) }
			now := noon
			for step := range 2000 {
				switch n := id(); r.IntN(8) {
				case 0, 1:
					host, due := fmt.Sprint("host-", r.IntN(6)), now.Add(time.Duration(r.IntN(20)-5)*time.Second)
					q.Set(n, host, due)
					m.Set(n, host, due)
				case 2:
					q.Remove(n)
					m.Remove(n)
				case 3, 4:
					q.Done(n, now)
					m.Done(n, now)
				case 5:
					now = now.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
				default:
					got, ok := q.Next(now)
					want, wantOK := m.Next(now)
					if got != want || ok != wantOK {
						t.Fatalf("step %d: Next %q %v, want %q %v", step, got, ok, want, wantOK)
					}
				}
				if q.Len() != len(m.due) {
					t.Fatalf("step %d: Len %d, want %d", step, q.Len(), len(m.due))
				}
				if step%3 > 0 {
					continue
				}
				got, ok := q.Wake(now)
				want, wantOK := m.Wake(now)
				if !got.Equal(want) || ok != wantOK {
					t.Fatalf("step %d: Wake %v %v, want %v %v", step, got, ok, want, wantOK)
				}
			}
		})
	}
}

func TestQueue_EarliestFirst(t *testing.T) {
	q := schedule.NewQueue(time.Second)
	q.Set("late", "c", noon.Add(-time.Second))
	q.Set("later", "a", noon.Add(time.Second))
	q.Set("early", "b", noon.Add(-time.Minute))
	q.Set("even", "d", noon.Add(-time.Second))
	requireNext(t, q, noon, "early", "even", "late", "")
	requireNext(t, q, noon.Add(time.Second), "later", "")
}

func TestA36_OneInFlightPerHostAndAGap(t *testing.T) {
	q := schedule.NewQueue(2 * time.Second)
	for i := range 100 {
		q.Set(fmt.Sprintf("source-%02d", i), "one", noon)
	}
	now := noon
	for i := range 100 {
		id := fmt.Sprintf("source-%02d", i)
		requireNext(t, q, now, id, "")
		requireNext(t, q, now.Add(time.Hour), "")
		if wake, ok := q.Wake(now); ok {
			t.Fatalf("wakes at %v though the host is busy", wake)
		}
		now = now.Add(time.Second)
		q.Done(id, now)
		requireNext(t, q, now, "")
		now = now.Add(2 * time.Second)
		if wake, ok := q.Wake(now.Add(-time.Second)); i < 99 && (!ok || !wake.Equal(now)) {
			t.Fatalf("wakes at %v %v, want %v", wake, ok, now)
		}
	}
	if q.Len() != 0 {
		t.Errorf("%d left", q.Len())
	}
}

func TestQueue_RestOutlivesTheLastSource(t *testing.T) {
	q := schedule.NewQueue(time.Minute)
	q.Set("a", "one", noon)
	requireNext(t, q, noon, "a")
	q.Done("a", noon)
	if _, ok := q.Wake(noon); ok {
		t.Error("wakes for a host without sources")
	}
	q.Set("b", "one", noon)
	requireNext(t, q, noon.Add(59*time.Second), "")
	requireNext(t, q, noon.Add(60*time.Second), "b")
}

func TestQueue_SourceInFlight(t *testing.T) {
	q := schedule.NewQueue(0)
	q.Set("a", "one", noon)
	requireNext(t, q, noon, "a")

	q.Set("a", "two", noon)
	requireNext(t, q, noon, "") // it does not come twice at once, though its new host is free
	q.Set("b", "one", noon)
	requireNext(t, q, noon, "") // its old host is still busy
	q.Done("a", noon)
	requireNext(t, q, noon, "a", "b", "")

	q.Set("a", "two", noon)
	q.Remove("a")
	q.Done("a", noon)
	q.Done("a", noon)
	q.Done("unknown", noon)
	requireNext(t, q, noon, "")
	if q.Len() != 0 {
		t.Errorf("%d left", q.Len())
	}
}

func requireNext(t *testing.T, q *schedule.Queue, now time.Time, want ...string) {
	t.Helper()
	for _, id := range want {
		got, ok := q.Next(now)
		if got != id || ok != (id != "") {
			t.Fatalf("Next %q %v, want %q", got, ok, id)
		}
	}
}

func BenchmarkQueue(b *testing.B) {
	const sources = 100_000
	for _, hosts := range []int{1, 1000, sources} {
		b.Run(fmt.Sprintf("hosts=%d", hosts), func(b *testing.B) {
			ids, names := make([]string, sources), make([]string, sources)
			number := make(map[string]int, sources)
			q := schedule.NewQueue(time.Millisecond)
			for i := range sources {
				ids[i], names[i] = fmt.Sprint("source-", i), fmt.Sprint("host-", i%hosts)
				number[ids[i]] = i
				q.Set(ids[i], names[i], noon.Add(time.Duration(i)*time.Millisecond))
			}
			now := noon
			b.ReportAllocs()
			for b.Loop() {
				wake, ok := q.Wake(now)
				if !ok {
					b.Fatal("nothing left")
				}
				now = wake
				id, ok := q.Next(now)
				if !ok {
					b.Fatal("nothing due")
				}
				q.Set(id, names[number[id]], now.Add(time.Hour))
				q.Done(id, now)
			}
		})
	}
}

func BenchmarkPolicyNext(b *testing.B) {
	v := schedule.Visit{ID: "example-org-news", Time: noon}
	for b.Loop() {
		policy.Next(v)
	}
}
