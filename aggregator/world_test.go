package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/schedule"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// wire is a network in memory: all that is dialled reaches one server.
type wire struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newWire() *wire { return &wire{make(chan net.Conn), make(chan struct{})} }

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case w.conns <- server:
		return client, nil
	case <-w.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { close(w.closed); return nil }
func (w *wire) Addr() net.Addr { return &net.TCPAddr{} }

// memory returns a folder that costs no waiting for a disk, where there is one:
// tens of thousands of commits would be a minute of that.
func memory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "newsfeed")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// world is a web in memory under the test's control, with a network that can
// fail. It exists in a bubble of synctest, where days take no time.
type world struct {
	*wire
	client *fetch.Client

	mu      sync.Mutex                  // guards the fields below
	answers map[string]http.HandlerFunc // by host and path
	calls   []call
	portal  http.HandlerFunc // answers in the place of all; nil: there is none
	down    map[string]bool  // hosts that cannot be reached
	noNames bool             // no name of a host can be looked up
}

// call is a request that arrived, or failed to.
type call struct {
	at      time.Time
	address string      // host and path
	header  http.Header // nil: the host could not be reached
}

func (c call) String() string { return c.address + " at " + c.at.UTC().Format(time.DateTime) }

// inWorld runs a test in a bubble of its own.
func inWorld(t *testing.T, test func(t *testing.T, w *world)) {
	bubble.Test(t, func(t *testing.T) {
		w := &world{wire: newWire(), answers: map[string]http.HandlerFunc{}}
		w.client = serve(t, w, w.wire, w.dial)
		test(t, w)
	})
}

// serve lets a handler answer on a wire until the test ends, and returns a
// client of it.
func serve(t *testing.T, handler http.Handler, line *wire, dial func(context.Context, string, string) (net.Conn, error)) *fetch.Client {
	client := fetch.New(fetch.Options{UserAgent: "test/1", HostInterval: time.Second, Dial: dial})
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(line) }()
	t.Cleanup(func() {
		client.Close()
		_ = server.Close()
	})
	return client
}

func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	host := strings.TrimSuffix(address, ":80")
	down, noNames := w.down[host], w.noNames
	if down || noNames {
		w.calls = append(w.calls, call{at: time.Now(), address: host + "/feed"}) // as hosts names it
	}
	w.mu.Unlock()
	switch {
	case noNames:
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	case down:
		return nil, errors.New("network is unreachable")
	}
	return w.wire.dial(ctx, network, address)
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	address := r.Host + r.URL.Path
	w.calls = append(w.calls, call{time.Now(), address, r.Header.Clone()})
	answer := w.answers[address]
	if w.portal != nil {
		answer = w.portal
	}
	w.mu.Unlock()
	if answer == nil {
		answer = http.NotFound
	}
	answer(rw, r)
}

// set says how an address answers from now on.
func (w *world) set(address string, answer http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers[address] = answer
}

// cut makes the hosts of these addresses, and no others, unreachable.
func (w *world) cut(addresses ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = map[string]bool{}
	for _, a := range addresses {
		host, _, _ := strings.Cut(a, "/")
		w.down[host] = true
	}
}

// capture puts a portal in the place of all that is asked; nil takes it away.
func (w *world) capture(portal http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.portal = portal
}

// asked returns the requests since a time for the addresses, or for all when
// none is given.
func (w *world) asked(since time.Time, addresses ...string) []call {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []call
	for _, c := range w.calls {
		if !c.at.Before(since) && (len(addresses) == 0 || slices.Contains(addresses, c.address)) {
			list = append(list, c)
		}
	}
	return list
}

// fastStore opens a store that does not wait for a disk.
func fastStore(t *testing.T) storage.Store {
	t.Helper()
	store, err := bolt.Open(filepath.Join(memory(t), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// daemon returns the options of a daemon whose sources are these addresses,
// each with its address as id.
func (w *world) daemon(store storage.Store, addresses ...string) aggregator.Options {
	o := daemon(store, w.client)
	for _, a := range addresses {
		o.Sources = append(o.Sources, aggregator.Source{SourceSettings: storage.SourceSettings{ID: a, URL: "http://" + a}})
	}
	return o
}

// daemon returns the options of a daemon without sources.
func daemon(store storage.Store, client *fetch.Client) aggregator.Options {
	return aggregator.Options{
		Store: store, Client: client, Workers: 16, HostInterval: time.Second,
		Policy: schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute},
		Feed:   storage.Feed{Across: storage.Merge},
		Log:    quiet,
	}
}

// pass lets time pass in the bubble, and what is under way then come to its
// end.
func pass(span time.Duration) {
	<-time.After(span)
	synctest.Wait()
}

// passUntil lets time pass until something is so.
func passUntil(t *testing.T, so func() bool) {
	t.Helper()
	for range 24 * 60 {
		if so() {
			return
		}
		pass(time.Minute)
	}
	t.Fatal("it is not so in a day")
}

// hosts returns n addresses on as many hosts, all of which answer with a feed.
func (w *world) hosts(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("s%03d.example/feed", i)
		w.set(list[i], feed(list[i]))
	}
	return list
}

// gaps returns the time from each call to the next.
func gaps(calls []call) []time.Duration {
	var list []time.Duration
	for i := 1; i < len(calls); i++ {
		list = append(list, calls[i].at.Sub(calls[i-1].at))
	}
	return list
}

// perMinute counts calls by minute after a time.
func perMinute(calls []call, since time.Time) map[int]int {
	count := map[int]int{}
	for _, c := range calls {
		count[int(c.at.Sub(since)/time.Minute)]++
	}
	return count
}

// requireSpread fails unless as many calls came as there are sources, and no
// minute had more than twice its share of them, if ten minutes share them.
func requireSpread(t *testing.T, calls []call, since time.Time, sources int) {
	t.Helper()
	if len(calls) != sources {
		t.Errorf("%d polls, want %d", len(calls), sources)
	}
	for minute, n := range perMinute(calls, since) {
		if n > 2*sources/10+2 {
			t.Errorf("%d of %d polls in minute %d", n, sources, minute)
		}
	}
}

// turns answers with each of the answers once, and with the last for ever.
func turns(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		mu.Unlock()
		answer(w, r)
	}
}
