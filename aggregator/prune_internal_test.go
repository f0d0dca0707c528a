package aggregator

import (
	"testing"
	"time"
)

func TestStepsTakeTheirTimeAndNoMore(t *testing.T) {
	for _, cost := range []time.Duration{10 * time.Microsecond, 200 * time.Microsecond, time.Millisecond} { // an entry
		step := leastStep
		for range 20 {
			step = nextStep(step, time.Duration(step)*cost)
		}
		took := time.Duration(step) * cost
		if took > stepTime || step < mostStep && took < stepTime/4 {
			t.Errorf("at %v an entry a step is %d entries and takes %v", cost, step, took)
		}
	}
	if step := nextStep(leastStep, time.Minute); step != leastStep {
		t.Errorf("a slow disk makes steps of %d", step)
	}
	if step := nextStep(1, time.Minute); step != 1 {
		t.Errorf("the smallest step grows to %d", step)
	}
}

func TestRestsGrowWithTheSlownessOfTheDisk(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		0:                      0,
		time.Millisecond:       time.Millisecond,
		10 * time.Millisecond:  10 * time.Millisecond,
		50 * time.Millisecond:  250 * time.Millisecond,
		100 * time.Millisecond: time.Second,
		time.Minute:            5 * time.Second,
	} {
		if got := rest(took); got.Round(time.Millisecond) != want {
			t.Errorf("after %v it rests for %v, want %v", took, got, want)
		}
	}
}
