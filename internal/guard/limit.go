package guard

import (
	"container/list"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxClients bounds what limits remember. A client is forgotten when so many
	// others have come since its last request: it may then begin anew, as it
	// might have with another address.
	maxClients = 20_000

	// failedLogin is how many requests a wrong password counts for beside its
	// own, so that passwords cannot be tried at the pace of readers.
	failedLogin = 100
)

// limits bound how often each client asks: so many requests a minute, and as
// many at once. A nil one bounds nothing. It is safe for concurrent use.
type limits struct {
	perMinute int

	mu      sync.Mutex // guards the fields below
	clients map[netip.Addr]*list.Element
	used    list.List // of *bucket, the last used first
}

type bucket struct {
	client netip.Addr
	*rate.Limiter
}

func newLimits(perMinute int) *limits {
	if perMinute <= 0 {
		return nil
	}
	return &limits{perMinute: perMinute, clients: map[netip.Addr]*list.Element{}}
}

// let counts n requests of a client and reports whether they may be answered;
// otherwise it answers that the client is to wait.
func (l *limits) let(w http.ResponseWriter, from client, n int) bool {
	if l == nil || !from.network.IsValid() {
		return true
	}
	wait := l.wait(from.network, n, time.Now())
	if wait == 0 {
		return true
	}
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	h.Set("Cache-Control", "no-store")
	http.Error(w, "too many requests; ask less often", http.StatusTooManyRequests)
	return false
}

// wait returns how long a client must wait before it may make n requests; 0: it
// has made them.
func (l *limits) wait(from netip.Addr, n int, now time.Time) time.Duration {
	b := l.bucket(from)
	r := b.ReserveN(now, min(n, l.perMinute))
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (l *limits) bucket(from netip.Addr) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.clients[from]; ok {
		l.used.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if len(l.clients) >= maxClients {
		oldest := l.used.Remove(l.used.Back()).(*bucket)
		delete(l.clients, oldest.client)
	}
	b := &bucket{from, rate.NewLimiter(rate.Limit(l.perMinute)/60, l.perMinute)}
	l.clients[from] = l.used.PushFront(b)
	return b
}
