package aggregator

import (
	"testing"
	"time"
)

// TestC31_EveryVisibleChangeHasItsSecond checks the second that a change gets
// after one before it.
func TestC31_EveryVisibleChangeHasItsSecond(t *testing.T) {
	noon := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }
	for _, test := range []struct {
		name            string
		now, last, want float64
	}{
		{"the first change in a second shows at once", 10.3, 5, 10},
		{"the second one in the next", 10.4, 10, 11},
		{"together with further ones", 10.9, 11, 11},
		{"the next second has a change of its own", 11.2, 11, 12},
		{"a clock set back brings no second back", 3, 11, 12},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := visible(at(test.now), at(test.last)); !got.Equal(at(test.want)) {
				t.Errorf("got %v, want %v", got, at(test.want))
			}
		})
	}
	if got := visible(at(1.5), time.Time{}); !got.Equal(at(1)) {
		t.Errorf("the very first: got %v", got)
	}
}
