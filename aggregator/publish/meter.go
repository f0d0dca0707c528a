package publish

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

const (
	// defaultRefetches stops loops, not people, scripts or impatient readers:
	// ten a second.
	defaultRefetches = 600

	// maxClients bounds what a meter remembers; further clients of the same
	// minute are not limited.
	maxClients = 20_000
)

// meter counts who asks for which path again and again without saying what
// they have already.
type meter struct {
	limit int
	seed  maphash.Seed

	mu     sync.Mutex // guards the fields below
	minute int64
	counts map[uint64]int // in this minute, by a hash of client and path
}

// newMeter returns a meter, or nil where there is no limit.
func newMeter(limit int) *meter {
	if limit < 0 {
		return nil
	}
	if limit == 0 {
		limit = defaultRefetches
	}
	return &meter{limit: limit, seed: maphash.MakeSeed(), counts: map[uint64]int{}}
}

// pass counts a request and returns how long its client should stay away; 0:
// it may be answered. A conditional request always may.
func (m *meter) pass(r *http.Request) time.Duration {
	if m == nil || r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "" {
		return 0
	}
	client := client(r)
	if client == "" {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(m.seed)
	h.WriteString(r.URL.Path)
	h.WriteByte('\n')
	h.WriteString(client)
	now := time.Now()
	if m.count(h.Sum64(), now) <= m.limit {
		return 0
	}
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}

func (m *meter) count(key uint64, now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if minute := now.Unix() / 60; minute != m.minute {
		m.minute = minute
		clear(m.counts)
	}
	if _, known := m.counts[key]; known || len(m.counts) < maxClients {
		m.counts[key]++
	}
	return m.counts[key]
}

// client returns who asks, by address and User-Agent. It is empty where that
// does not tell one client from another: on a unix socket, and on this machine
// where the client does not say what it is. For whom a proxy asks is for those to
// find out who know the proxies.
func client(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address, agent := from.Addr().Unmap(), r.UserAgent()
	if address.IsLoopback() && agent == "" {
		return ""
	}
	if address.Is6() {
		// One client has a whole network of addresses.
		network, _ := address.WithZone("").Prefix(64)
		return network.String() + " " + agent
	}
	return address.String() + " " + agent
}

// limited answers a client that asks too often, and the others by h.
func (m *meter) limited(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wait := m.pass(r)
		if wait == 0 {
			h(w, r)
			return
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "too many requests; ask with If-None-Match or If-Modified-Since, and less often", http.StatusTooManyRequests)
	}
}
