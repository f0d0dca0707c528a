package aggregator

import (
	"maps"
	"time"

	"newsfeed/aggregator/schedule"
)

// wall is a time without its reading of the monotonic clock, which does not
// run while the machine sleeps, nor follow when the clock is set.
func wall(t time.Time) time.Time { return t.Round(0) }

func clock() time.Time { return wall(time.Now()) }

// watchClock notices when the clock has jumped, or the machine slept: due
// times follow a clock that was set back, and what is overdue then is spread.
func (l *loop) watchClock(now time.Time) {
	passed := now.Sub(l.seen)
	l.seen = now
	switch {
	case passed < -time.Second:
		l.o.Log.Info("the clock was set back", "by", -passed)
		l.queue.Shift(passed)
		l.budget.Shift(passed)
		l.probed = l.probed.Add(passed)
	case passed > 2*longestSleep:
		l.o.Log.Info("the machine slept or the clock was set", "for", passed)
		l.spread(now)
	}
}

// spread puts off what is overdue, so that not all is polled at once. Who
// asked for a poll, and a source never polled, does not wait.
func (l *loop) spread(now time.Time) {
	if l.o.Manual {
		return
	}
	for id, due := range maps.Collect(l.queue.Waiting()) {
		turn := l.turns[id]
		if due.After(now) || turn.first || len(l.waiting[id]) > 0 {
			continue
		}
		turn.at, turn.admitted = l.config().Policy.Resume(schedule.Visit{ID: id}, due, now), false
		l.enqueue(id, turn)
	}
}
