package fetch

import (
	"context"
	"sync"
	"time"
)

// minSweep is the number of hosts below which the gate does not tidy up.
const minSweep = 64

// gate lets one request at a time through to a host, in order of arrival and
// with a gap between. It remembers a host only while it must.
type gate struct {
	interval time.Duration

	mu    sync.Mutex // guards the fields below and those of all turns
	hosts map[string]*turn
	sweep int // number of hosts at which to tidy up next
}

// turn is the queue before one host.
type turn struct {
	busy  chan struct{} // full while a request is under way
	users int           // that wait or are under way
	next  time.Time     // when the gap is over
}

// enter waits until it is the caller's turn at host. The caller must call
// leave when its request has ended.
func (g *gate) enter(ctx context.Context, host string) (leave func(), err error) {
	t := g.join(host)
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		g.part(t)
		return nil, ctx.Err()
	}
	gap := time.NewTimer(g.gap(t))
	defer gap.Stop()
	select {
	case <-gap.C:
	case <-ctx.Done():
		g.part(t)
		<-t.busy
		return nil, ctx.Err()
	}
	return func() {
		g.mu.Lock()
		t.next = time.Now().Add(g.interval)
		g.mu.Unlock()
		g.part(t)
		<-t.busy
	}, nil
}

func (g *gate) join(host string) *turn {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.hosts[host]
	if t == nil {
		g.tidy()
		t = &turn{busy: make(chan struct{}, 1)}
		g.hosts[host] = t
	}
	t.users++
	return t
}

func (g *gate) part(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.users--
}

func (g *gate) gap(t *turn) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(t.next)
}

// tidy forgets the hosts that nobody asks and whose gap is over. Doing so
// only when the number has doubled makes it free on average.
func (g *gate) tidy() {
	if g.hosts == nil {
		g.hosts = make(map[string]*turn)
	}
	if len(g.hosts) < max(g.sweep, minSweep) {
		return
	}
	now := time.Now()
	for host, t := range g.hosts {
		if t.users == 0 && !t.next.After(now) {
			delete(g.hosts, host)
		}
	}
	g.sweep = 2 * len(g.hosts)
}
