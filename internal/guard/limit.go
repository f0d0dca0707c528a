package guard

import (
	"container/list"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"

	"golang.org/x/time/rate"
)

// maxClients bounds what limits remember. A client is forgotten when so many
// others have come since its last request: it may then begin anew, as it might
// have with another address.
const maxClients = 20_000

// limits bound how often each client does something: so many times a minute, or
// burst times at once. A nil one bounds nothing. It is safe for concurrent use.
type limits struct {
	perMinute, burst int

	mu      sync.Mutex // guards the fields below
	clients map[netip.Addr]*list.Element
	used    list.List // of *bucket, the last used first
}

type bucket struct {
	client netip.Addr
	*rate.Limiter
}

// newLimits returns limits; nil where perMinute is none.
func newLimits(perMinute, burst int) *limits {
	if perMinute <= 0 {
		return nil
	}
	return &limits{perMinute: perMinute, burst: burst, clients: map[netip.Addr]*list.Element{}}
}

// requestLimits returns the limits of requests: those of before while they are
// to be the same, for they know who has asked how often.
func requestLimits(before *limits, perMinute int) *limits {
	if before != nil && before.perMinute == perMinute {
		return before
	}
	return newLimits(perMinute, perMinute)
}

// letRequest counts a request of a client and reports whether it may be
// answered; otherwise it answers that the client is to wait. Those who cannot be
// told apart are not limited.
func (l *limits) letRequest(w http.ResponseWriter, from client) bool {
	if l == nil || !from.network.IsValid() || l.bucket(from.network).Allow() {
		return true
	}
	l.refuse(w, from, "too many requests; ask less often")
	return false
}

// refuse answers that a client is to wait until it may go on.
func (l *limits) refuse(w http.ResponseWriter, from client, why string) {
	missing := 1 - l.bucket(from.network).Tokens()
	wait := max(1, math.Ceil(missing*60/float64(l.perMinute))) // seconds
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(int(wait)))
	h.Set("Cache-Control", "no-store")
	http.Error(w, why, http.StatusTooManyRequests)
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
	b := &bucket{from, rate.NewLimiter(rate.Limit(l.perMinute)/60, l.burst)}
	l.clients[from] = l.used.PushFront(b)
	return b
}
