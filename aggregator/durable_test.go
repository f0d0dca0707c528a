package aggregator_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// gated is a store whose commits wait at a gate while it is shut, and then fail
// or go on.
type gated struct {
	storage.Store
	mu   sync.Mutex // guards gate
	gate chan error // nil: open
}

func (g *gated) shut() chan<- error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gate = make(chan error)
	return g.gate
}

func (g *gated) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gate = nil
}

func (g *gated) Commit(ctx context.Context, records ...storage.Record) error {
	g.mu.Lock()
	gate := g.gate
	g.mu.Unlock()
	if gate != nil {
		if err := <-gate; err != nil {
			return err
		}
	}
	return g.Store.Commit(ctx, records...)
}

// TestF08_NothingFollowsFromAPollBeforeItIsDurable holds the commit of a poll for
// a day, and then has it fail or succeed: until then nobody who asked is
// answered, no version is told, and the source has no next turn; of one that
// failed no version is told at all.
func TestF08_NothingFollowsFromAPollBeforeItIsDurable(t *testing.T) {
	for name, failure := range map[string]error{
		"it succeeds": nil,
		"it fails":    fmt.Errorf("%w: the test fills it", storage.ErrFull),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				store, list := &gated{Store: fastStore(t)}, w.hosts(1)
				a, _ := run(t, w.daemon(store, list...))
				pass(24 * time.Hour)
				changed := store.Store.(storage.Notifier).Changed()
				<-changed
				w.set(list[0], feed("news"))
				gate, asked := store.shut(), time.Now()
				_, results, err := a.Poll(t.Context(), list, true)
				if err != nil {
					t.Fatal(err)
				}
				pass(24 * time.Hour)
				select {
				case r := <-results:
					t.Errorf("before the commit the result is told: %+v", r)
				case v := <-changed:
					t.Errorf("before the commit version %d is told", v)
				default:
				}
				if calls := w.asked(asked); len(calls) != 1 {
					t.Errorf("%d visits, want one", len(calls))
				}
				if s := a.Trouble(); s != (storage.Trouble{}) {
					t.Errorf("trouble %+v", s)
				}

				store.open()
				gate <- failure
				r := <-results
				if failure != nil {
					if r.Outcome != aggregator.Failed || r.New > 0 {
						t.Errorf("of what failed it is told %+v", r)
					}
					select {
					case v := <-changed:
						t.Errorf("of what failed version %d is told", v)
					default:
					}
					return
				}
				if r.New != 1 || len(titles(t, store)) != 2 {
					t.Errorf("result %+v, entries %q", r, titles(t, store))
				}
				if stats, err := store.Stats(t.Context()); err != nil || <-changed != stats.Version {
					t.Errorf("another version is told than that of the store (error %v)", err)
				}
			})
		})
	}
}
