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

// notes are editions that are to be recorded.
type notes struct {
	mu   sync.Mutex                 // guards made
	made map[string]storage.Edition // by path

	recording sync.Mutex // held from taking notes until they are recorded; guards failed
	failed    bool       // the last time
}

func (n *notes) add(editions ...storage.Edition) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made == nil {
		n.made = map[string]storage.Edition{}
	}
	for _, e := range editions {
		if _, noted := n.made[e.Path]; noted || len(n.made) < maxNotes {
			n.made[e.Path] = e
		}
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

// recordNoted records what is noted. Where that fails the news is shown all the
// same, and recorded later: what may be lost is that Last-Modified outlives a
// restart.
func (p *Publisher) recordNoted(ctx context.Context) {
	if p.writer == nil {
		return
	}
	n := &p.notes
	n.recording.Lock()
	defer n.recording.Unlock()
	list := n.list()
	if len(list) == 0 {
		return
	}
	err := p.writer.Commit(ctx, storage.Record{Time: time.Now(), Editions: list})
	switch {
	case err == nil:
		n.recorded(list)
	case ctx.Err() == nil && !n.failed && !storage.Refused(err): // that is told elsewhere
		p.log.Error("editions not recorded", "err", err)
	}
	n.failed = err != nil
}
