package publish_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
)

// newsroom is a Publisher at work in a bubble of its own time.
type newsroom struct {
	t       *testing.T
	store   *memory
	changed chan uint64
	handler http.Handler
	log     bytes.Buffer
}

// work runs a Publisher on a store and calls fn; then it stops the Publisher
// and checks what Run returned.
func work(t *testing.T, store *memory, want error, fn func(*newsroom)) {
	bubble.Test(t, func(t *testing.T) {
		n := &newsroom{t: t, store: store, changed: make(chan uint64, 1)}
		p := publish.New(publish.Options{Store: store, Writer: store, Changed: n.changed, Logger: slog.New(slog.NewTextHandler(&n.log, nil))})
		n.handler = p.Handler()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		synctest.Wait()
		fn(n)
		cancel()
		if err := <-ended; !errors.Is(err, want) {
			t.Errorf("Run returned %v, want %v", err, want)
		}
	})
}

// commit changes the store and says so.
func (n *newsroom) commit(commit func(*memory)) {
	n.store.change(commit)
	select {
	case <-n.changed:
	default:
	}
	n.changed <- 0
}

// get requests the feed and returns when it was last modified and how many
// items it has.
func (n *newsroom) get(path string) (modified string, items int) {
	n.t.Helper()
	w := httptest.NewRecorder()
	n.handler.ServeHTTP(w, httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		n.t.Fatalf("%s answers %d", path, w.Code)
	}
	at, err := http.ParseTime(w.Header().Get("Last-Modified"))
	if err != nil {
		n.t.Fatal(err)
	}
	if at.After(time.Now()) {
		n.t.Errorf("Last-Modified %s lies in the future", at)
	}
	return fmt.Sprint(at.Sub(epoch)), strings.Count(w.Body.String(), "<item>")
}

// expect checks what the merged feed shows.
func (n *newsroom) expect(modified string, items int) {
	n.t.Helper()
	gotModified, gotItems := n.get("/feed.rss")
	if gotModified != modified || gotItems != items {
		n.t.Errorf("after %s: %d items, modified after %s; want %d, %s", time.Since(epoch), gotItems, gotModified, items, modified)
	}
}

// pass lets time pass in the bubble, and what is then due be done.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// epoch is when the time of a bubble begins.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// empty returns a store that holds no entry.
func empty() *memory {
	m := many(0)
	m.settings.Changed = epoch.Add(-time.Hour)
	return m
}

// news returns a commit of an entry that became visible in that second.
func news(number, second int) func(*memory) {
	return func(m *memory) {
		m.put(entry("paper", number, func(e *storage.Entry) { e.Changed = epoch.Add(time.Duration(second) * time.Second) }))
	}
}

func TestRun_ShowsAChangeWithinAMoment(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		n.expect("-1h0m0s", 0)
		n.commit(news(1, 0))
		pass(49 * time.Millisecond)
		n.expect("-1h0m0s", 0)
		pass(2 * time.Millisecond)
		n.expect("0s", 1)
	})
}

func TestC31_TwoChangesInOneSecondHaveTwoTimes(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		n.commit(news(1, 0))
		pass(200 * time.Millisecond)
		n.expect("0s", 1)
		n.commit(news(2, 1))
		pass(700 * time.Millisecond)
		n.expect("0s", 1)
		n.commit(news(3, 1))
		pass(200 * time.Millisecond)
		n.expect("1s", 3)
	})
}

func TestRun_CoalescesABurst(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		before := n.store.reads
		for i := range 40 {
			n.commit(news(i, 0))
			pass(time.Millisecond)
		}
		pass(time.Second)
		n.expect("0s", 40)
		if reads := n.store.reads - before; reads != 4 { // two for the feeds, two for the page
			t.Errorf("40 changes at once cost %d reads", reads)
		}
	})
}

func TestRun_ShowsNewsWhileChangesNeverStop(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		for i := range 100 {
			n.commit(news(i, i/10+1))
			pass(100 * time.Millisecond)
			if _, items := n.get("/feed.rss"); items < i-25 {
				t.Errorf("only %d of %d items after %s", items, i+1, time.Since(epoch))
			}
		}
		pass(3 * time.Second)
		n.expect("10s", 100)
	})
}

func TestRun_ARequestRendersNothing(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		before := n.store.reads
		for range 10 {
			n.get("/feed.rss")
			n.get("/feed.atom")
			n.get("/feed.json")
			n.get("/")
		}
		if n.store.reads != before {
			t.Errorf("%d reads", n.store.reads-before)
		}
	})
}

func TestRun_KeepsTheLastFeedWhileTheStoreFails(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		n.commit(func(m *memory) { m.err = errors.New("disk on fire") })
		pass(time.Second)
		n.expect("-1h0m0s", 0)
		if !strings.Contains(n.log.String(), `msg="feed not rendered" err="disk on fire"`) {
			t.Errorf("log is %s", &n.log)
		}
		n.store.change(func(m *memory) { m.err = nil; news(1, 0)(m) })
		pass(5 * time.Second)
		n.expect("5s", 1)
	})
}

func TestRun_EndsWithTheStore(t *testing.T) {
	work(t, empty(), storage.ErrClosed, func(n *newsroom) {
		n.commit(func(m *memory) { m.err = storage.ErrClosed })
		pass(time.Second)
	})
}

func TestC31_AFeedOnDemandIsNeverOfTheFuture(t *testing.T) {
	for name, test := range map[string]struct {
		second int    // in which the change becomes visible
		first  string // what is said at 300 ms
		then   string // and a second later
	}{
		"waits for the second to come":             {1, "1s", "1s"},
		"but not where the clock must be set back": {60, "0s", "1s"},
	} {
		store := empty()
		store.change(news(1, test.second))
		bubble.Test(t, func(t *testing.T) {
			n := &newsroom{t: t, store: store, handler: publish.New(publish.Options{Store: store}).Handler()}
			pass(300 * time.Millisecond)
			modified, _ := n.get("/sources/paper.rss")
			equal(t, name+": Last-Modified", modified, test.first)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sources/paper.rss", nil)
			r.Header.Set("If-Modified-Since", epoch.Format(http.TimeFormat))
			w := httptest.NewRecorder()
			n.handler.ServeHTTP(w, r)
			equal(t, name+": answers who knows an earlier one", w.Code, http.StatusOK)
			pass(time.Second)
			modified, _ = n.get("/sources/paper.rss")
			equal(t, name+": Last-Modified a second later", modified, test.then)
		})
	}
}

func TestC31_TwoFeedsOnDemandInOneSecondHaveTwoTimes(t *testing.T) {
	store := empty()
	bubble.Test(t, func(t *testing.T) {
		n := &newsroom{t: t, store: store, handler: publish.New(publish.Options{Store: store}).Handler()}
		expect := func(modified string, items int) {
			t.Helper()
			gotModified, gotItems := n.get("/sources/paper.rss")
			equal(t, "Last-Modified", gotModified, modified)
			equal(t, "items", gotItems, items)
		}
		expect("-1h0m0s", 0)
		store.change(news(1, 0))
		pass(100 * time.Millisecond)
		expect("0s", 1)
		store.change(news(2, 0))
		expect("0s", 1)
		pass(800 * time.Millisecond)
		expect("0s", 1)
		pass(200 * time.Millisecond)
		expect("1s", 2)
	})
}

// A feed was shown on demand while its first rendering waited to be shown, and
// then that rendering, an older one, in its place.
func TestAFeedNeverGoesBackWhileAServerStarts(t *testing.T) {
	for _, path := range []string{"/feed.rss", "/feeds/new.rss"} {
		store := empty()
		store.settings.Views = []storage.View{{Name: "new"}}
		store.change(func(m *memory) { // a rendering is not shown in the second that another had
			m.editions = map[string]storage.Edition{path[1:]: {Path: path[1:], Hash: storage.Digest{1}, Modified: epoch}}
		})
		work(t, store, nil, func(n *newsroom) {
			shown, told := 0, time.Duration(-2*time.Hour)
			for i := range 60 {
				if i == 5 {
					n.commit(func(m *memory) {
						m.put(entry("paper", 2, func(e *storage.Entry) { e.Changed, e.Views = epoch, []string{"new"} }))
					})
				}
				modified, items := n.get(path)
				at, err := time.ParseDuration(modified)
				if err != nil || items < shown || at < told {
					n.t.Errorf("%s, after %s: %d items of %s, after %d of %s", path, time.Since(epoch), items, modified, shown, told)
					return
				}
				shown, told = items, at
				pass(50 * time.Millisecond)
			}
			if shown == 0 {
				t.Errorf("%s stays empty", path)
			}
		})
	}
}

// A page on demand took the place of the one in the background, and stayed.
func TestANewViewIsUpToDateThoughItWasAskedForAtOnce(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		pass(10 * time.Second)
		n.commit(func(m *memory) { m.settings.Views = []storage.View{{Name: "new"}} })
		go func() { // as a reader that is told of the view
			pass(10 * time.Millisecond)
			n.get("/feeds/new.rss")
		}()
		pass(20 * time.Millisecond)
		n.commit(func(m *memory) {
			m.put(entry("paper", 1, func(e *storage.Entry) { e.Changed, e.Views = epoch.Add(10*time.Second), []string{"new"} }))
		})
		pass(3 * time.Second)
		_, items := n.get("/feeds/new.rss")
		equal(t, "items", items, 1)
	})
}

func TestAFeedIsNotAvailableBeforeTheFirstRendering(t *testing.T) {
	store := empty()
	store.err = errors.New("disk on fire")
	work(t, store, nil, func(n *newsroom) {
		code := make(chan int, 1)
		ask := func() {
			w := httptest.NewRecorder()
			n.handler.ServeHTTP(w, httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, "/feed.rss", nil))
			code <- w.Code
		}
		go ask()
		pass(6 * time.Second) // Run tries again after 5
		equal(t, "while the store fails", <-code, http.StatusServiceUnavailable)
		go ask()
		n.store.change(func(m *memory) { m.err = nil })
		pass(6 * time.Second)
		equal(t, "then", <-code, http.StatusOK)
	})
}
