package publish

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"newsfeed/storage"
)

const (
	// noteEvery is how long the editions of what is rendered on demand wait to
	// be recorded together: a crash may cost so much of them.
	noteEvery = 2 * time.Second

	// maxNotes is how many of them wait at most.
	maxNotes = 1000
)

// notes are editions of what was rendered on demand, to be recorded.
type notes struct {
	mu   sync.Mutex
	made map[string]storage.Edition // by path
}

func (n *notes) add(e storage.Edition) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made == nil {
		n.made = map[string]storage.Edition{}
	}
	if len(n.made) < maxNotes {
		n.made[e.Path] = e
	}
}

func (n *notes) find(path string) (storage.Edition, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, ok := n.made[path]
	return e, ok
}

// list returns the editions, by path.
func (n *notes) list() []storage.Edition {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []storage.Edition
	for _, path := range slices.Sorted(maps.Keys(n.made)) {
		list = append(list, n.made[path])
	}
	return list
}

// recorded forgets editions that are in the store now.
func (n *notes) recorded(list []storage.Edition) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range list {
		if n.made[e.Path] == e {
			delete(n.made, e.Path)
		}
	}
}

// recordNotes records the editions of what is rendered on demand until ctx ends,
// and those that are left then.
func (p *Publisher) recordNotes(ctx context.Context) {
	tick := time.NewTicker(noteEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			p.recordNoted(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			p.recordNoted(ctx)
		}
	}
}

func (p *Publisher) recordNoted(ctx context.Context) {
	list := p.notes.list()
	if p.record(ctx, time.Now(), list) == nil {
		p.notes.recorded(list)
	}
}
