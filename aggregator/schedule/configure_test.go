package schedule_test

import (
	"testing"
	"time"

	"newsfeed/aggregator/schedule"
)

// TestQueue_AnotherGap sets a gap anew: hosts rest by it, but for one that was
// slowed down.
func TestQueue_AnotherGap(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	q := schedule.NewQueue(time.Second)
	for _, host := range []string{"plain", "slow"} {
		q.Set(host, host, now)
	}
	for range 10 {
		q.Slow("slow")
	}
	q.SetGap(5 * time.Second)
	for range 2 {
		id, ok := q.Next(now)
		if !ok {
			t.Fatal("nothing is due")
		}
		q.Set(id, id, now)
		q.Done(id, now)
	}
	if at, ok := q.Wake(now); !ok || !at.Equal(now.Add(5*time.Second)) {
		t.Errorf("the next is ready at %v, %v", at, ok)
	}
	now = now.Add(time.Minute)
	if id, ok := q.Next(now); !ok || id != "plain" {
		t.Errorf("%s comes first, %v", id, ok)
	}
	if id, ok := q.Next(now); ok {
		t.Errorf("%s is forgotten to be slow", id)
	}
}
