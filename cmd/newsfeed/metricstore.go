package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// reasons are why the store takes no records at all, by name.
var reasons = map[string]error{
	"full": storage.ErrFull, "read_only": storage.ErrReadOnly, "faulty": storage.ErrFaulty,
}

const reasonOther = "other"

// countedStore counts what is committed to a store. A record says all that
// changes, so nobody else needs to tell.
type countedStore struct {
	*bolt.Store
	metrics *metrics
}

// Commit implements storage.Writer.
func (s countedStore) Commit(ctx context.Context, records ...storage.Record) error {
	begin := time.Now()
	err := s.Store.Commit(ctx, records...)
	if err != nil {
		s.metrics.commitFailures.WithLabelValues(reasonOf(err)).Inc()
		return err
	}
	now := time.Now()
	s.metrics.commitDuration.Observe(now.Sub(begin).Seconds())
	for _, r := range records {
		s.metrics.committed(r, now)
		if r.Settings != nil {
			s.readSources(ctx)
		}
	}
	return nil
}

// readSources takes in the sources as the store has them.
func (s countedStore) readSources(ctx context.Context) {
	err := s.metrics.plan.read(func() ([]storage.Source, error) { return s.Sources(ctx) })
	if err != nil && ctx.Err() == nil {
		s.metrics.log.Error("the sources are missing among the metrics", "err", err)
	}
}

func reasonOf(err error) string {
	for reason, cause := range reasons {
		if storage.Cause(err) == cause {
			return reason
		}
	}
	return reasonOther
}

// committed counts what a record changed.
func (m *metrics) committed(r storage.Record, now time.Time) {
	if r.Prune != nil {
		m.entriesPruned.Add(float64(len(r.Prune.Entries)))
	}
	if r.Poll == nil {
		return
	}
	m.plan.update(r.Poll.Source, r.Poll.State)
	for _, f := range r.Poll.Folds {
		m.entriesMerged.WithLabelValues(f.Why.Rule).Inc()
	}
	for _, e := range r.Poll.Entries {
		if !isNew(e, r.Time) {
			m.entriesRevised.Inc()
			continue
		}
		m.entriesStored.Inc()
		if e.Joined.Rule != "" {
			m.entriesMerged.WithLabelValues(e.Joined.Rule).Inc()
		}
		if e.Hidden == "" && e.Published.After(r.Poll.State.Traffic.Since) {
			m.unshown.add(e.Published, now)
		}
	}
}

// isNew reports whether an entry was first seen by the poll of a record. What is
// first seen is so to the second; the text of its article comes later.
func isNew(e storage.Entry, polled time.Time) bool {
	return e.Revision == 1 && !e.FullText && e.FirstSeen.Equal(polled.Truncate(time.Second))
}

// maxUnshown bounds the entries of which it is remembered that readers do not
// see them yet. More at once are not measured.
const maxUnshown = 10_000

// unshown are the entries that are stored and not yet in the feed that readers
// get. It is safe for concurrent use.
type unshown struct {
	mu   sync.Mutex // guards list
	list []unshownEntry
}

type unshownEntry struct{ published, stored time.Time }

func (u *unshown) add(published, stored time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) < maxUnshown {
		u.list = append(u.list, unshownEntry{published, stored})
	}
}

// take returns when those that were stored by then were published, and forgets
// them. They are in the order in which they were stored.
func (u *unshown) take(asOf time.Time) (published []time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for n < len(u.list) && !u.list[n].stored.After(asOf) {
		published = append(published, u.list[n].published)
		n++
	}
	u.list = append([]unshownEntry(nil), u.list[n:]...)
	return published
}

// storeFigures are the store's own, read when they are asked for.
type storeFigures struct {
	store *bolt.Store
	path  string
	log   *slog.Logger

	bytes, live, entries, stories, room *prometheus.Desc
}

func newStoreFigures(store *bolt.Store, path string, log *slog.Logger) *storeFigures {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "store", name), help, nil, nil)
	}
	return &storeFigures{
		store: store, path: path, log: log,
		bytes:   describe("bytes", "Size of the store's file, which grows some way ahead of what is stored."),
		live:    describe("live_bytes", "Bytes of the store's file that are in use."),
		entries: describe("entries", "Entries in the store, hidden ones included."),
		stories: describe("stories", "Stories in the store."),
		room:    describe("room_bytes", "Bytes that can still be stored until polls pause; absent where nothing bounds it."),
	}
}

// Describe implements prometheus.Collector.
func (f *storeFigures) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(f, to) }

// Collect implements prometheus.Collector.
func (f *storeFigures) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, v int64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	file, inFile := os.Stat(f.path)
	stats, inStore := f.store.Stats(context.Background())
	if err := errors.Join(inFile, inStore); err != nil {
		f.log.Error("the store's figures are missing among the metrics", "err", err)
		return
	}
	tell(f.bytes, file.Size())
	tell(f.live, stats.Live)
	tell(f.entries, int64(stats.Entries))
	tell(f.stories, int64(stats.Stories))
	if room, err := f.store.Room(context.Background()); err == nil && room.Limit != "" { // read-only is a trouble of its own
		tell(f.room, room.Free-room.Least)
	}
}
