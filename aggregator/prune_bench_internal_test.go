package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// BenchmarkCommitWhilePruning measures what a poll with ten new entries waits
// for its commit among 100,000 entries: while none is removed, and while as many
// as can be are. Of the second it tells what is the disk's: how long the commits
// of the polls themselves took, and those that removed entries, which is for how
// long these block others.
//
//	go test -run '^$' -bench CommitWhilePruning -benchtime 1x ./aggregator
func BenchmarkCommitWhilePruning(b *testing.B) {
	const stored, polls = 100_000, 300
	for b.Loop() {
		a, held, stop := benchAggregator(b)
		for n := 0; n < stored; n += 1000 {
			if err := a.o.Store.Commit(b.Context(), benchPoll(n, 1000)); err != nil {
				b.Fatal(err)
			}
		}
		calm := measureCommits(b, a, stored, polls)
		held.take()
		pruning, cancel := context.WithCancel(b.Context())
		pruned := make(chan struct{})
		go func() { defer close(pruned); _ = a.Prune(pruning, time.Now()) }()
		busy := measureCommits(b, a, stored+10*polls, polls)
		pollsHeld, stepsHeld := held.take()
		cancel()
		<-pruned
		stats, err := a.o.Store.Stats(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if stats.Entries < stored/10 {
			b.Fatal("too little was left to remove")
		}
		removed := stored + 20*polls - stats.Entries
		for name, took := range map[string][]time.Duration{"calm": calm, "pruning": busy, "poll-held": pollsHeld, "step-held": stepsHeld} {
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, name+"-p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1000, name+"-p99-ms")
			b.ReportMetric(took[len(took)-1].Seconds()*1000, name+"-max-ms")
		}
		b.ReportMetric(float64(removed)/sum(busy).Seconds(), "removed/s")
		stop()
	}
}

// heldStore notes for how long commits hold the store: of polls, and of steps that
// remove entries.
type heldStore struct {
	storage.Store
	mu           sync.Mutex // guards the fields below
	polls, steps []time.Duration
}

func (h *heldStore) Commit(ctx context.Context, records ...storage.Record) error {
	began := time.Now()
	err := h.Store.Commit(ctx, records...)
	took := time.Since(began)
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.ContainsFunc(records, func(r storage.Record) bool { return r.Prune != nil }) {
		h.steps = append(h.steps, took)
	} else {
		h.polls = append(h.polls, took)
	}
	return err
}

// take returns what was noted since it was called last.
func (h *heldStore) take() (polls, steps []time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	polls, steps = h.polls, h.steps
	h.polls, h.steps = nil, nil
	return polls, steps
}

func benchAggregator(b *testing.B) (a *Aggregator, held *heldStore, stop func()) {
	store, err := bolt.Open(filepath.Join(b.TempDir(), "bench.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	held = &heldStore{Store: store}
	a = New(Options{
		Store: held, Manual: true, Log: slog.New(slog.DiscardHandler), Retention: Retention{Entries: 1},
		Sources: []Source{{SourceSettings: storage.SourceSettings{ID: "a", URL: "https://a.example/"}}},
	})
	if err := a.Configure(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- a.Run(ctx) }()
	return a, held, func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	}
}

// benchPoll has n entries of about 3 KB from the first on.
func benchPoll(first, n int) storage.Record {
	now := time.Unix(1.7e9, 0).UTC()
	p := storage.Poll{Source: "a"}
	for i := first; i < first+n; i++ {
		id := fmt.Sprintf("https://a.example/2026/11/story-%d.html", i)
		sum := sha256.Sum256([]byte(id))
		noise := make([]byte, 2200)
		_, _ = rand.NewChaCha8(sum).Read(noise)
		text := base64.StdEncoding.EncodeToString(noise)
		at := now.Add(time.Duration(i) * time.Minute)
		p.Entries = append(p.Entries, storage.Entry{
			ID: id, Source: "a", Story: fmt.Sprintf("%x", sum[:7]), GUID: id, URL: id, CanonicalURL: id,
			Title: fmt.Sprintf("Report %x of the day", sum[:4]), Content: text, Categories: []string{"World", fmt.Sprint("Ward ", i%300)},
			Published: at, Effective: at, FirstSeen: at, Changed: at,
		})
	}
	dedup.Identify(p.Entries, false)
	return storage.Record{Time: now, Poll: &p}
}

// measureCommits commits polls one after the other, and returns how long each
// took, the shortest first.
func measureCommits(b *testing.B, a *Aggregator, first, polls int) []time.Duration {
	var took []time.Duration
	for n := range polls {
		r := benchPoll(first+10*n, 10)
		items := make([]storage.Digest, len(r.Poll.Entries))
		for i := range items {
			sum := sha256.Sum256(fmt.Append(nil, first, n, i))
			items[i] = storage.Digest(sum[:])
		}
		began := time.Now()
		if _, err := a.submit(b.Context(), commit{poll: r.Poll, items: items, now: time.Now()}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took
}

func sum(list []time.Duration) (all time.Duration) {
	for _, d := range list {
		all += d
	}
	return all
}
