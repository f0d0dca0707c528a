package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/article"
	"newsfeed/internal/process"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

const (
	batch    = 1000          // entries committed at once while filling
	commits  = 100           // measured, of 100 entries each
	measured = commits * 100 // entries that measuring adds
	pages    = 200
	lookUps  = 2000
	openings = 11
	renders  = 10
)

// figures are what a store of some size costs.
type figures struct {
	Entries   int
	Open      time.Duration // median, of the clock
	Commit    time.Duration // 100 entries, of the processor
	CommitP50 time.Duration // of the clock
	CommitP99 time.Duration
	Page      time.Duration // the newest 100 stories
	Render    time.Duration // of them as RSS, compressed
	LookUp    time.Duration // three keys of an entry, of which half are known
	Anonymous int64         // bytes of memory
	File      int64         // bytes

	load   time.Duration // of the processor, an entry
	raw    float64       // bytes that an entry says
	daemon int64         // bytes of anonymous memory
}

func printHead() {
	fmt.Println("entries    load  commit 100     p50     p99  newest 100  render  look-up    open  memory  daemon  bytes an entry: said, in the file")
}

func (f figures) print(size string) {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1e3) }
	us := func(d time.Duration) string { return fmt.Sprintf("%.1f µs", d.Seconds()*1e6) }
	mb := func(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
	fmt.Printf("%-8s %8s %9s %9s %9s %9s %9s %9s %8s %7s %7s  %.0f, %.0f\n", size, us(f.load), ms(f.Commit), ms(f.CommitP50), ms(f.CommitP99),
		us(f.Page), ms(f.Render), us(f.LookUp), ms(f.Open), mb(f.Anonymous), mb(f.daemon), f.raw, float64(f.File)/float64(f.Entries))
}

// fill brings a store from so many entries to others, and returns the time of
// the processor and the bytes of an entry.
func fill(ctx context.Context, path string, from, to int) (cpu time.Duration, bytes float64, err error) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	if err := s.Commit(ctx, storage.Record{Settings: article.Settings()}); err != nil {
		return 0, 0, err
	}
	said := 0
	for n := from; n < to; n += batch {
		records := article.Polls(n, min(n+batch, to))
		for _, r := range records {
			for _, e := range r.Poll.Entries {
				said += size(e)
			}
		}
		begin := processor()
		prepare(s, records)
		if err := s.Commit(ctx, records...); err != nil {
			return 0, 0, err
		}
		cpu += processor() - begin
	}
	return cpu / time.Duration(to-from), float64(said) / float64(to-from), nil
}

// measure measures a store, and adds measured entries to it.
func measure(ctx context.Context, path string) (f figures, err error) {
	if f.Open, err = opening(path); err != nil {
		return f, err
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return f, err
	}
	defer s.Close()
	stats, err := s.Stats(ctx)
	if err != nil {
		return f, err
	}
	f.Entries, f.File = stats.Entries, stats.Bytes

	if f.Page, err = each(pages, func(int) error {
		_, err := s.Stories(ctx, storage.Query{Limit: 100})
		return err
	}); err != nil {
		return f, err
	}
	if f.Render, err = each(renders, func(int) error {
		_, err := publish.Render(ctx, s, publish.Selection{}, publish.RSS)
		return err
	}); err != nil {
		return f, err
	}
	if f.LookUp, err = each(lookUps, func(i int) error {
		n := i * 7919 % stats.Entries
		if i%2 == 1 {
			n += 1 << 40 // of nobody
		}
		_, err := s.Find(ctx, article.Keys(n))
		return err
	}); err != nil {
		return f, err
	}
	if err := f.measureCommits(ctx, s, stats.Entries); err != nil {
		return f, err
	}
	f.Anonymous, err = process.Anonymous(os.Getpid())
	return f, err
}

func (f *figures) measureCommits(ctx context.Context, s *bolt.Store, n int) error {
	var took []time.Duration
	var cpu time.Duration
	for range commits {
		records := article.Polls(n, n+100)
		n += 100
		begin := processor()
		prepare(s, records)
		start := time.Now()
		if err := s.Commit(ctx, records...); err != nil {
			return err
		}
		took = append(took, time.Since(start))
		cpu += processor() - begin
	}
	slices.Sort(took)
	f.Commit, f.CommitP50, f.CommitP99 = cpu/commits, took[commits/2], took[commits*99/100]
	return nil
}

// prepare does what polls do before their commit.
func prepare(s *bolt.Store, records []storage.Record) {
	for _, r := range records {
		s.Prepare(r.Poll.Entries)
	}
}

func opening(path string) (time.Duration, error) {
	var took []time.Duration
	for range openings {
		start := time.Now()
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
		if err := s.Close(); err != nil {
			return 0, err
		}
	}
	slices.Sort(took)
	return took[openings/2], nil
}

// each calls fn so many times and returns the processor's time of one call.
func each(times int, fn func(i int) error) (time.Duration, error) {
	begin := processor()
	for i := range times {
		if err := fn(i); err != nil {
			return 0, err
		}
	}
	return (processor() - begin) / time.Duration(times), nil
}

// processor returns the processor's time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// size is the number of bytes that an entry says in.
func size(e storage.Entry) int {
	n := 0
	for _, s := range []string{e.ID, e.Source, e.Story, e.GUID, e.URL, e.CanonicalURL, e.Title, e.Summary, e.Content, e.Authors[0].Name, e.Media[0].URL} {
		n += len(s)
	}
	return n
}
