package aggregator

import (
	"sync"
	"time"

	"newsfeed/storage"
)

// Tally sums up how the sources are that are polled.
type Tally struct {
	Sources  int
	Failing  int       // whose last poll failed
	LastPoll time.Time // of any; zero: there was none
}

// Tally returns that of now. It costs no read of the store.
func (a *Aggregator) Tally() Tally {
	t := a.tally.sum()
	for _, s := range a.config().Sources {
		if !s.Disabled {
			t.Sources++
		}
	}
	return t
}

// tally keeps count of how polls ended. It is safe for concurrent use.
type tally struct {
	mu      sync.Mutex // guards the fields below
	failing map[string]bool
	last    time.Time
}

func (t *tally) note(source string, s storage.State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.LastPoll.After(t.last) {
		t.last = s.LastPoll
	}
	if s.Failures > 0 {
		t.failing[source] = true
	} else {
		delete(t.failing, source)
	}
}

// forget leaves a source out that is not polled any more.
func (t *tally) forget(source string) { t.note(source, storage.State{}) }

func (t *tally) sum() Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Tally{Failing: len(t.failing), LastPoll: t.last}
}
