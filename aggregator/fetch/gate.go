package fetch

import (
	"context"
	"sync"
	"time"
)

const (
	minSweep = 64          // number of hosts below which the gate does not tidy up
	runPause = time.Minute // that ends a run of requests to a host
)

// gate lets one request at a time through to a host, in order of arrival and
// with a gap between. It remembers a host only while it must.
type gate struct {
	mu       sync.Mutex    // guards the fields below and those of all turns
	interval time.Duration // the least gap
	longest  time.Duration // the greatest gap
	hosts    map[string]*turn
	sweep    int // number of hosts at which to tidy up next
}

// set changes the least and the greatest gap, for requests that come to wait.
func (g *gate) set(interval, longest time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.interval, g.longest = interval, longest
}

// turn is the queue before one host.
type turn struct {
	busy  chan struct{} // full while a request is under way
	users int           // that wait or are under way
	left  time.Time     // when the last request ended
	run   int           // requests without a pause of runPause
}

// pass is the turn of one request.
type pass struct {
	gate *gate
	turn *turn
	gap  time.Duration // since the end of the request before; 0: none known
	run  int           // requests without a pause, this one included
}

// enter waits until it is the caller's turn at host and the last request ended
// at least a gap before. The caller must leave when its request has ended.
func (g *gate) enter(ctx context.Context, host string, gap time.Duration) (pass, error) {
	t := g.join(host)
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		g.part(t)
		return pass{}, ctx.Err()
	}
	rest := g.rest(t, gap)
	if rest <= 0 && ctx.Err() == nil {
		return g.begin(t), nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		g.part(t)
		<-t.busy
		return pass{}, ctx.Err()
	}
	return g.begin(t), nil
}

func (g *gate) begin(t *turn) pass {
	g.mu.Lock()
	defer g.mu.Unlock()
	var gap time.Duration
	if !t.left.IsZero() {
		gap = max(time.Since(t.left), 1) // none at all is not none known
	}
	if gap >= runPause {
		t.run = 0
	}
	t.run++
	return pass{gate: g, turn: t, gap: gap, run: t.run}
}

func (p pass) leave() {
	p.gate.mu.Lock()
	p.turn.left = time.Now()
	p.gate.mu.Unlock()
	p.gate.part(p.turn)
	<-p.turn.busy
}

func (p pass) traffic(conditional bool) Traffic {
	t := Traffic{Requests: 1, Gap: p.gap, Run: p.run}
	if conditional {
		t.Conditional = 1
	}
	return t
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

// rest returns how much of the gap is left.
func (g *gate) rest(t *turn, gap time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.left.IsZero() {
		return 0
	}
	return time.Until(t.left.Add(max(gap, g.interval)))
}

// tidy forgets the hosts that nobody asks and whose gap and run are over. Doing so
// only when the number has doubled makes it free on average.
func (g *gate) tidy() {
	if g.hosts == nil {
		g.hosts = make(map[string]*turn)
	}
	if len(g.hosts) < max(g.sweep, minSweep) {
		return
	}
	rested := time.Now().Add(-max(g.longest, g.interval, runPause))
	for host, t := range g.hosts {
		if t.users == 0 && !t.left.After(rested) {
			delete(g.hosts, host)
		}
	}
	g.sweep = 2 * len(g.hosts)
}
