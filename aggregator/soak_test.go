package aggregator_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/fetch"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

var (
	soakSources = flag.Int("soak.sources", 50, "sources of the simulated month")
	soakDays    = flag.Int("soak.days", 30, "its days")
)

// publisher is one source of the simulated web, and what it was asked.
type publisher struct {
	host, path string
	perDay     float64
	dated      bool
	maxAge     int // seconds; 0: none
	ttl        int // minutes; 0: none
	fails      float64
	throttles  bool // answers 429 with Retry-After now and then
	validators bool

	items         []time.Time
	next          time.Time
	asked         []time.Time
	failed        bool // answered the last request with an error
	retryAfter    time.Time
	unconditional int
	early, hasty  int // before the floor, before Retry-After
}

// floor is the least wait after the last request.
func (p *publisher) floor() time.Duration {
	floor := 15 * time.Minute
	if p.failed {
		return floor
	}
	if p.maxAge > 0 {
		floor = max(floor, time.Duration(p.maxAge)*time.Second)
	}
	return max(floor, time.Duration(p.ttl)*time.Minute)
}

// web answers for all publishers, and watches how it is asked.
type web struct {
	mu         sync.Mutex // guards all below
	random     *rand.Rand
	publishers map[string]*publisher
	inFlight   map[string]int
	ended      map[string]time.Time
	crowded    int           // requests while another one of the host was under way
	gap        time.Duration // the least one of a host
}

func newWeb(sources int) *web {
	w := &web{
		random: rand.New(rand.NewPCG(1, 2)), publishers: map[string]*publisher{},
		inFlight: map[string]int{}, ended: map[string]time.Time{}, gap: time.Hour,
	}
	for i := range sources {
		p := &publisher{
			host: fmt.Sprintf("s%d.example%d.org", i, i/3), path: fmt.Sprintf("/%d", i),
			perDay: 0.2 * float64(1+i%40), dated: i%4 != 0, validators: i%10 != 9,
			fails: 0.03 * float64(i%3), throttles: i%12 == 5,
		}
		if i%5 == 1 {
			p.maxAge = 1800 * (1 + i%4)
		}
		if i%7 == 2 {
			p.ttl = 90
		}
		p.next = time.Now()
		w.publishers[p.host+p.path] = p
	}
	return w
}

func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	leave := w.enter(fetch.Host("http://" + r.Host))
	defer leave()
	<-time.After(50 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.publishers[r.Host+r.URL.Path]
	now := time.Now()
	p.publish(now, w.random)
	conditional := r.Header.Get("If-None-Match") != ""
	if !conditional {
		p.unconditional++
	}
	if n := len(p.asked); n > 0 && now.Sub(p.asked[n-1]) < p.floor() {
		p.early++
	}
	p.asked = append(p.asked, now)
	if now.Before(p.retryAfter) {
		p.hasty++
	}
	p.failed = true
	switch {
	case conditional && p.throttles && w.random.IntN(20) == 0:
		p.retryAfter = now.Add(3 * time.Hour)
		rw.Header().Set("Retry-After", "10800")
		rw.WriteHeader(http.StatusTooManyRequests)
	case conditional && w.random.Float64() < p.fails:
		rw.WriteHeader(http.StatusBadGateway)
	default:
		p.failed = false
		p.answer(rw, r)
	}
}

func (w *web) enter(host string) (leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inFlight[host]++; w.inFlight[host] > 1 {
		w.crowded++
	}
	if last, ok := w.ended[host]; ok {
		w.gap = min(w.gap, time.Since(last))
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.inFlight[host]--
		w.ended[host] = time.Now()
	}
}

func (p *publisher) publish(now time.Time, random *rand.Rand) {
	for !p.next.After(now) {
		p.items = append(p.items, p.next)
		p.next = p.next.Add(time.Duration(random.ExpFloat64() * float64(24*time.Hour) / p.perDay))
	}
	p.items = slices.Clone(p.items[max(0, len(p.items)-20):])
}

func (p *publisher) answer(rw http.ResponseWriter, r *http.Request) {
	newest := p.items[len(p.items)-1]
	etag := fmt.Sprintf("%q", newest.Format(time.RFC3339Nano))
	if p.validators {
		rw.Header().Set("ETag", etag)
	}
	if p.maxAge > 0 {
		rw.Header().Set("Cache-Control", fmt.Sprintf("max-age=%d", p.maxAge))
	}
	if r.Header.Get("If-None-Match") == etag {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprint(rw, `<rss version="2.0"><channel><title>S</title>`)
	if p.ttl > 0 {
		fmt.Fprintf(rw, "<ttl>%d</ttl>", p.ttl)
	}
	for _, item := range p.items {
		fmt.Fprintf(rw, `<item><title>Item of %s</title><guid isPermaLink="false">%[1]s %s</guid>`, item.Format(time.RFC3339Nano), p.path)
		if p.dated {
			fmt.Fprintf(rw, "<pubDate>%s</pubDate>", item.Format(time.RFC1123Z))
		}
		fmt.Fprint(rw, "</item>")
	}
	fmt.Fprint(rw, `</channel></rss>`)
}

// live runs the daemon's aggregator on the store at path for so long, and then
// calls last.
func (w *web) live(t *testing.T, client *fetch.Client, path string, span time.Duration, last func()) {
	t.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := daemon(store, client)
	for _, p := range w.publishers {
		o.Sources = append(o.Sources, aggregator.Source{SourceSettings: storage.SourceSettings{ID: p.path[1:], URL: "http://" + p.host + p.path}})
	}
	ctx, stop := context.WithCancel(t.Context())
	a := aggregator.New(o)
	if err := a.Configure(ctx); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- a.Run(ctx) }()
	pass(span)
	passUntil(t, func() bool { return !w.busy() })
	last()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func (w *web) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.inFlight {
		if n > 0 {
			return true
		}
	}
	return false
}

// TestA08_OneUnconditionalRequestInAMonth lives through thirty days with
// restarts: a source that gives validators is asked without them once, none is
// asked before its floor or what it asked for, and no host twice at a time or
// without a gap. The long form, a thousand sources:
//
//	go test ./aggregator -run A08 -soak.sources 1000 -timeout 2h
func TestA08_OneUnconditionalRequestInAMonth(t *testing.T) {
	path := filepath.Join(memory(t), "soak.db")
	bubble.Test(t, func(t *testing.T) {
		w, line := newWeb(*soakSources), newWire()
		client := serve(t, w, line, line.dial)
		end := time.Now().AddDate(0, 0, *soakDays)
		for time.Now().Before(end) {
			w.live(t, client, path, time.Duration(w.random.Int64N(int64(48*time.Hour))), func() {})
			pass(time.Duration(w.random.Int64N(int64(time.Hour)))) // stopped meanwhile
		}

		polls := 0
		for name, p := range w.publishers {
			polls += len(p.asked)
			if p.validators && p.unconditional != 1 {
				t.Errorf("%s: %d unconditional requests, want 1", name, p.unconditional)
			}
			if p.early > 0 || p.hasty > 0 {
				t.Errorf("%s: %d polls before the floor, %d before Retry-After", name, p.early, p.hasty)
			}
			if len(p.asked) < *soakDays {
				t.Errorf("%s: %d polls in %d days", name, len(p.asked), *soakDays)
			}
		}
		if w.crowded > 0 || w.gap < time.Second {
			t.Errorf("%d requests beside another one to the host, the least gap is %v", w.crowded, w.gap)
		}
		t.Logf("%d polls, %.2f a source and hour, least gap %v", polls, float64(polls)/float64(len(w.publishers)**soakDays*24), w.gap)
	})
}

// usage is what a process takes up.
type usage struct {
	goroutines, files int
	heap              uint64
}

func used(t *testing.T) (u usage) {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.goroutines, u.heap = runtime.NumGoroutine(), m.HeapAlloc
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // not every system has it
		t.Fatal(err)
	}
	u.files = len(files)
	return u
}

// requireUsage fails unless a process takes what it took before, but for some
// goroutines, files and a MiB.
func requireUsage(t *testing.T, now, before usage, some int) {
	t.Helper()
	if now.goroutines > before.goroutines+some || now.files > before.files+some || now.heap > before.heap+1<<20 {
		t.Errorf("it takes %+v, and took %+v before", now, before)
	}
}

// TestF25_NothingGrowsWithTime lives through eighteen days in six runs. With each
// run nothing is left over, and the last days take no more than the first.
func TestF25_NothingGrowsWithTime(t *testing.T) {
	path := filepath.Join(memory(t), "soak.db")
	bubble.Test(t, func(t *testing.T) {
		w, line := newWeb(10), newWire()
		client := serve(t, w, line, line.dial)
		const runs, warm = 6, 2
		var within, after []usage
		for range runs {
			w.live(t, client, path, 3*24*time.Hour, func() { within = append(within, used(t)) })
			pass(10 * time.Minute) // connections that nobody uses end
			for _, p := range w.publishers {
				p.asked = p.asked[len(p.asked)-1:] // what the test itself remembers
			}
			after = append(after, used(t))
		}
		t.Logf("within each run %v, after it %v", within, after)
		for i := warm; i < runs; i++ {
			requireUsage(t, within[i], within[warm-1], 2*len(w.publishers)) // of polls that have just ended
			requireUsage(t, after[i], after[warm-1], 1)
		}
	})
}
