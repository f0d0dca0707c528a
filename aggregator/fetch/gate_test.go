package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/internal/bubble"
)

func TestA36_GateGivesTurnsInOrderWithAGap(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		g := &gate{interval: time.Second}
		begin := time.Now()
		var order []int
		var starts []time.Duration
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				pass, err := g.enter(t.Context(), "example.org", 0)
				if err != nil {
					t.Error(err)
					return
				}
				order = append(order, i)
				starts = append(starts, time.Since(begin))
				<-time.After(3 * time.Second) // the request
				pass.leave()
			})
			synctest.Wait()
		}
		all.Wait()
		if !slices.IsSorted(order) {
			t.Errorf("order %v", order)
		}
		for i, start := range starts {
			if want := time.Duration(i) * 4 * time.Second; start != want {
				t.Errorf("request %d began after %v, want %v", i, start, want)
			}
		}
	})
}

func TestGateKeepsHostsApart(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		g := &gate{interval: time.Second}
		begin := time.Now()
		for i := range 10 {
			pass, err := g.enter(t.Context(), fmt.Sprint(i), 0)
			if err != nil {
				t.Fatal(err)
			}
			defer pass.leave()
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("waited %v for another host's turn", waited)
		}
	})
}

func TestGateLetsGoOfWhoGivesUp(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		g := &gate{interval: time.Minute}
		pass, err := g.enter(t.Context(), "example.org", 0)
		if err != nil {
			t.Fatal(err)
		}
		short := func() context.Context {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			t.Cleanup(cancel)
			return ctx
		}
		if _, err := g.enter(short(), "example.org", 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("behind a request: %v", err)
		}
		pass.leave()
		if _, err := g.enter(short(), "example.org", 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("within the gap: %v", err)
		}
		begin := time.Now()
		pass, err = g.enter(t.Context(), "example.org", 0)
		if err != nil {
			t.Fatal(err)
		}
		pass.leave()
		if waited := time.Since(begin); waited != 59*time.Second {
			t.Errorf("waited %v, want the rest of the gap", waited)
		}
	})
}

func TestGateForgetsIdleHosts(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		g := &gate{interval: time.Second}
		for i := range 10_000 {
			pass, err := g.enter(t.Context(), fmt.Sprint(i), 0)
			if err != nil {
				t.Fatal(err)
			}
			pass.leave()
			<-time.After(100 * time.Millisecond)
		}
		const within = 600 // asked within runPause
		if n := len(g.hosts); n > 2*within {
			t.Errorf("remembers %d hosts, want about %d", n, within)
		}
	})
}
