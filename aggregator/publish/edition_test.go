package publish_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
)

// served is what a reader is told of a feed.
type served struct{ Modified, Tag, Body string }

// run serves a store for a moment, as a process does between two restarts.
func run(t *testing.T, store *memory, paths ...string) map[string]served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := publish.New(publish.Options{Store: store, Writer: store, Refetches: -1})
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	pass(3 * time.Second)
	told := map[string]served{}
	for _, path := range paths {
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
		told[path] = served{w.Header().Get("Last-Modified"), w.Header().Get("ETag"), w.Body.String()}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return told
}

// outlive lets the time of the fixture pass, which lies after that of a bubble.
func outlive() { pass(30 * 365 * 24 * time.Hour) }

var everyPath = []string{
	"/", "/feed.rss", "/feed.atom", "/feed.json", "/feeds/shore.rss", "/feeds/shore.atom",
	"/feeds/shore.json", "/sources/valley.rss", "/categories/politics.atom", "/sources.opml", "/health.atom", "/feeds/desk.json?token=" + deskToken,
}

func TestC31_LastModifiedOutlivesARestart(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		outlive()
		store := eventful()
		first := run(t, store, everyPath...)
		equal(t, "after a restart", run(t, store, everyPath...), first)
		records := store.records
		pass(time.Hour)
		equal(t, "an hour later", run(t, store, everyPath...), first)
		equal(t, "editions recorded again", store.records-records, 0)
	})
}

func TestC31_LastModifiedMovesWhenAndOnlyWhenTheBytesDo(t *testing.T) {
	for name, change := range map[string]func(*memory){
		"a new entry":             func(m *memory) { m.put(entry("talk", 3000, func(e *storage.Entry) { e.Title = "New" })) },
		"an entry pruned":         func(m *memory) { m.entries = m.entries[:len(m.entries)-1] },
		"another title":           func(m *memory) { m.sources[0].State.About.Title = "Harbour Times" },
		"a view refilled":         func(m *memory) { m.entries[0].Views = []string{"desk"} },
		"a source hidden":         func(m *memory) { m.sources[3].Disabled = true },
		"an entry of its own":     func(m *memory) { m.entries[8].Views = nil },
		"nothing that is shown":   func(m *memory) { m.sources[0].State.Polls++ },
		"another token of a view": func(m *memory) { m.settings.Views[1].Token = "other" },
	} {
		t.Run(name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				outlive()
				store := eventful()
				paths := everyPath[:len(everyPath)-1]
				before := run(t, store, paths...)
				store.change(change)
				start := time.Now().UTC().Truncate(time.Second)
				for path, now := range run(t, store, paths...) {
					moved := now.Modified != before[path].Modified
					if changed := now.Body != before[path].Body; moved != changed {
						t.Errorf("%s: the bytes changed: %t, Last-Modified moved: %t", path, changed, moved)
					}
					if at, _ := http.ParseTime(now.Modified); moved && at.Before(start) {
						t.Errorf("%s: Last-Modified is %s, before the change", path, now.Modified)
					}
				}
			})
		})
	}
}

func TestC31_ARestartWithinTheSecondOfAChange(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		store := empty()
		store.change(news(1, 0))
		start := func(want string, items int) {
			t.Helper()
			ctx, cancel := context.WithCancel(t.Context())
			p := publish.New(publish.Options{Store: store, Writer: store})
			ended := make(chan error)
			go func() { ended <- p.Run(ctx) }()
			pass(1100 * time.Millisecond)
			n := &newsroom{t: t, handler: p.Handler()}
			if modified, got := n.get("/feed.rss"); modified != want || got != items {
				t.Errorf("%d items of %s, want %d of %s", got, modified, items, want)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		start("0s", 1)
		store.change(news(2, 0)) // the clock stands at 1.1 s
		start("1s", 2)
		store.change(func(m *memory) {
			m.editions["feed.rss"] = storage.Edition{Path: "feed.rss", Modified: epoch.Add(2 * time.Second)}
		})
		start("3s", 2) // shown at 3 s; the clock stands at 3.3 s
	})
}

func TestEditionsAreRecordedBeforeTheyAreShown(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		pass(time.Second)
		n.commit(news(1, 1))
		pass(100 * time.Millisecond)
		n.expect("1s", 1)
		e, err := n.store.Edition(t.Context(), "feed.rss")
		equal(t, "error", err, nil)
		equal(t, "recorded", e.Modified, epoch.Add(time.Second))
		if e.Hash == (storage.Digest{}) {
			t.Error("the edition has no hash")
		}
	})
}

func TestNewsIsShownThoughItsEditionIsNotRecorded(t *testing.T) {
	work(t, empty(), nil, func(n *newsroom) {
		n.store.change(func(m *memory) { m.full = errors.New("disk full") })
		pass(time.Second)
		n.commit(news(1, 1))
		pass(100 * time.Millisecond)
		n.expect("1s", 1)
		if !bytes.Contains(n.log.Bytes(), []byte(`msg="editions not recorded" err="disk full"`)) {
			t.Errorf("log is %s", &n.log)
		}
	})
}

func TestRun_RendersViewsInTheBackground(t *testing.T) {
	store := fixture()
	bubble.Test(t, func(t *testing.T) {
		outlive()
		changed := make(chan uint64, 1)
		p := publish.New(publish.Options{Store: store, Changed: changed, Logger: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		synctest.Wait()
		n := &newsroom{t: t, store: store, handler: p.Handler(), changed: changed}
		before := store.reads
		n.get("/feeds/shore.rss")
		n.get("/feeds/desk.rss?token=" + deskToken)
		equal(t, "reads for two views", store.reads-before, 0)

		// A view that goes is gone; one that comes is there.
		n.commit(func(m *memory) { m.settings.Views = append(m.settings.Views[1:], storage.View{Name: "new"}) })
		pass(3 * time.Second)
		n.get("/feeds/new.rss")
		w := httptest.NewRecorder()
		n.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/shore.rss", nil))
		equal(t, "a view that is gone", w.Code, http.StatusNotFound)
		cancel()
		equal(t, "Run", <-ended, nil)
	})
}

func TestC31_LastModifiedStaysWhileEditionsCannotBeRecorded(t *testing.T) {
	for name, writer := range map[string]func(*memory) storage.Writer{
		"disk full": func(m *memory) storage.Writer { m.full = errors.New("disk full"); return m },
		"no writer": func(*memory) storage.Writer { return nil },
	} {
		store := empty()
		store.editions = map[string]storage.Edition{"sources/paper.rss": {Path: "sources/paper.rss", Hash: storage.Digest{1}, Modified: epoch}}
		bubble.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			changed := make(chan uint64, 1)
			p := publish.New(publish.Options{Store: store, Writer: writer(store), Changed: changed, CacheBytes: 1})
			ended := make(chan error)
			go func() { ended <- p.Run(ctx) }()
			n := &newsroom{t: t, store: store, handler: p.Handler(), changed: changed}
			pass(5 * time.Second)
			first, _ := n.get("/sources/paper.rss")
			pass(time.Minute)
			later, _ := n.get("/sources/paper.rss")
			equal(t, name+": Last-Modified", []string{first, later}, []string{"5s", "5s"})
			cancel()
			equal(t, "Run", <-ended, nil)
		})
	}
}
