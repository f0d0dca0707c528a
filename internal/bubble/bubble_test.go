package bubble_test

import (
	"sync"
	"testing"
	"time"

	"newsfeed/internal/bubble"
)

func TestExpiredTimersOfABubbleDoNotBreakTheRaceDetector(t *testing.T) {
	bubble.Test(t, func(*testing.T) {
		var timers sync.WaitGroup
		for range 8 {
			timers.Go(func() {
				timer := time.NewTimer(0)
				for range 1000 {
					<-timer.C
					timer.Reset(0)
				}
			})
		}
		timers.Wait()
	})
}
