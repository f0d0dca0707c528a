package schedule

import (
	"testing"
	"time"
)

func TestQueue_ForgetsHostsWithoutSources(t *testing.T) {
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	q := NewQueue(time.Second)
	q.Set("polled", "one", now)
	q.Set("removed", "two", now.Add(time.Hour))
	q.Set("moved", "three", now.Add(time.Hour))
	q.Next(now)
	q.Done("polled", now)
	q.Remove("removed")
	q.Set("moved", "four", now.Add(time.Hour))
	q.Next(now.Add(time.Second))
	if len(q.hosts) != 1 || q.hosts["four"] == nil || len(q.idle) != 0 {
		t.Errorf("keeps %d hosts, %d of them idle; want only the one with a source", len(q.hosts), len(q.idle))
	}
}
