package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mmcdole/gofeed"
	"go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"
)

// own returns the processor time that a function takes in this process, where
// nothing else is going on.
func own(do func() error) (time.Duration, error) {
	before := used()
	err := do()
	return used() - before, err
}

func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// gofeedAlone returns the processor time that gofeed takes for one of the bodies.
func gofeedAlone(bodies [][]byte) (time.Duration, error) {
	cpu, err := own(func() error {
		for _, body := range bodies {
			if _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err != nil {
				return fmt.Errorf("gofeed: %w", err)
			}
		}
		return nil
	})
	return cpu / time.Duration(len(bodies)), err
}

// web is a bare client of Go's library, which asks each host for one document at
// a time, as the daemon does.
type web struct {
	client *http.Client
	hosts  map[string][]*document
}

// document is the address of one, and its tag when it was last read.
type document struct{ url, tag string }

func newWeb(sources []source, keepAlive bool) (*web, error) {
	w := &web{hosts: map[string][]*document{}}
	for _, s := range sources {
		u, err := url.Parse(s.url)
		if err != nil {
			return nil, err
		}
		w.hosts[u.Host] = append(w.hosts[u.Host], &document{url: s.url})
	}
	w.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: !keepAlive, MaxIdleConns: len(w.hosts)}}
	return w, nil
}

// all asks so many hosts at a time for all their documents, and returns how long
// that took the host that took longest. What was read before must not have changed.
func (w *web) all(ctx context.Context, workers int) (busiest time.Duration, err error) {
	took := make(chan time.Duration, len(w.hosts))
	var group errgroup.Group
	group.SetLimit(workers)
	for _, documents := range w.hosts {
		group.Go(func() error {
			begin := time.Now()
			for _, d := range documents {
				if _, err := w.get(ctx, d); err != nil {
					return err
				}
			}
			took <- time.Since(begin)
			return nil
		})
	}
	err = group.Wait()
	close(took)
	for d := range took {
		busiest = max(busiest, d)
	}
	return busiest, err
}

func (w *web) get(ctx context.Context, d *document) (body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return nil, err
	}
	want := http.StatusOK
	if d.tag != "" {
		want = http.StatusNotModified
		r.Header.Set("If-None-Match", d.tag)
	}
	res, err := w.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		return nil, fmt.Errorf("%s: %s", d.url, res.Status)
	}
	d.tag = res.Header.Get("ETag")
	return io.ReadAll(res.Body)
}

// bboltAlone makes so many entries durable with bbolt, in batches: values of 3 KB
// under growing keys, and by time, by source and time, and by a random key of 16
// bytes. It returns the entries of a second.
func bboltAlone(dir string, entries, batch int) (rate float64, err error) {
	path := filepath.Join(dir, "bare.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close(), os.Remove(path)) }()
	buckets := []string{"entry", "time", "source", "key"}
	if err := db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return 0, err
	}
	random := rand.New(rand.NewPCG(1, 2))
	value := bytes.Repeat([]byte("3 KB of text... "), 192)
	begin := time.Now()
	for n := 0; n < entries; {
		err := db.Update(func(tx *bbolt.Tx) error {
			for end := min(entries, n+batch); n < end; n++ {
				id := binary.BigEndian.AppendUint64(nil, uint64(n))
				at := binary.BigEndian.AppendUint64(nil, random.Uint64N(1<<40))
				src := binary.BigEndian.AppendUint32(nil, uint32(n/35))
				key := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, random.Uint64()), random.Uint64())
				for i, pair := range [][2][]byte{{id, value}, {append(at, id...), nil}, {append(append(src, at...), id...), nil}, {key, id}} {
					if err := tx.Bucket([]byte(buckets[i])).Put(pair[0], pair[1]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return float64(entries) / time.Since(begin).Seconds(), nil
}
