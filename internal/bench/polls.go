package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"newsfeed/internal/process"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

const (
	hosts   = 50
	workers = 64
	sample  = 5 // of so many sources gofeed reads one
)

// polls measures polls of all sources: of new ones, of unchanged ones, and of
// ones with two new items; each beside its limit.
func (b *bench) polls(ctx context.Context, o *origin) error {
	for i := range b.rounds {
		if err := b.round(ctx, o, i); err != nil {
			return err
		}
	}
	return nil
}

// apart measures unchanged polls of sources that have a host each, of which most
// connections have been closed when the next poll comes, as in the wild.
func (b *bench) apart(ctx context.Context, o *origin) error {
	d, err := b.startDaemon(ctx, "apart", workers, o.sources...)
	if err != nil {
		return err
	}
	defer d.end()
	if _, err := d.pollAll(ctx, o.sources); err != nil {
		return err
	}
	for range b.rounds {
		if err := b.unchanged(ctx, d, o, "4 new"); err != nil {
			return err
		}
	}
	return nil
}

// round takes one daemon through all of that.
func (b *bench) round(ctx context.Context, o *origin, n int) error {
	p, err := startProbe()
	if err != nil {
		return err
	}
	defer p.close()
	d, err := b.startDaemon(ctx, fmt.Sprint("round", n), workers, append(slices.Clone(o.sources), p.source())...)
	if err != nil {
		return err
	}
	defer d.end()
	if n == 0 && b.profile != "" {
		defer d.profile(ctx, b.profile)()
	}
	var cold cost
	var delays []time.Duration
	peak, err := d.highest(func() (err error) {
		cold, delays, err = p.during(ctx, d, func() (cost, error) { return d.pollAll(ctx, o.sources) })
		return err
	})
	if err != nil {
		return err
	}
	bodies, err := b.read(ctx, o, cold, "1")
	if err != nil {
		return err
	}
	alone, err := bboltAlone(b.dir, cold.entries, 1000)
	if err != nil {
		return err
	}
	single, err := bboltAlone(b.dir, len(delays), 1)
	if err != nil {
		return err
	}
	slices.Sort(delays)
	p50, p99 := delays[len(delays)/2], delays[len(delays)*99/100]
	rate := float64(cold.entries) / cold.wall.Seconds()
	b.table.add("6", rate/alone)
	b.table.add("7 p99", ms(p99))
	b.table.add("7 p50", p50.Seconds()*single)
	b.table.add("10 peak", float64(peak)/1e6)
	b.table.note("round %d: %d sources of %.0f KB, %d entries in %.1f s, %.2f ms of the processor a source; %.0f durable entries a second, bbolt alone %.0f; p50 %.0f ms, bbolt alone %.1f ms",
		n+1, len(o.sources), float64(len(slices.Concat(bodies...)))/float64(len(bodies))/1e3, cold.entries, cold.wall.Seconds(), ms(cold.of(len(o.sources))), rate, alone, ms(p50), 1e3/single)

	if err := b.unchanged(ctx, d, o, "4"); err != nil {
		return err
	}
	if err := o.tell(ctx, "advance?items=2&fraction=1"); err != nil {
		return err
	}
	changed, err := d.pollAll(ctx, o.sources)
	if err != nil {
		return err
	}
	if _, err := b.read(ctx, o, changed, "5"); err != nil {
		return err
	}
	d.end()
	return b.stored(ctx, d.store, o)
}

// read has gofeed read the documents as they are now, adds the ratio of a cost of
// all sources to that, and returns the documents.
func (b *bench) read(ctx context.Context, o *origin, c cost, row string) ([][]byte, error) {
	var bodies [][]byte
	w, err := newWeb(nil, true)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(o.sources); i += sample {
		body, err := w.get(ctx, &document{url: o.sources[i].url})
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, body)
	}
	alone, err := gofeedAlone(bodies)
	if err != nil {
		return nil, err
	}
	b.table.add(row, c.of(len(o.sources)).Seconds()/alone.Seconds())
	b.table.note("row %s: %.2f ms of the processor a source, gofeed %.2f ms", row, ms(c.of(len(o.sources))), ms(alone))
	return bodies, nil
}

// unchanged polls sources of which nothing is new, in turns with a bare client
// that keeps its connections if the daemon does.
func (b *bench) unchanged(ctx context.Context, d *daemon, o *origin, row string) error {
	if err := o.tell(ctx, "reset"); err != nil {
		return err
	}
	if _, err := d.pollAll(ctx, o.sources); err != nil { // opens what connections there will be
		return err
	}
	connections, requests, err := o.connections(ctx)
	if err != nil {
		return err
	}
	w, err := newWeb(o.sources, connections < requests/2)
	if err != nil {
		return err
	}
	if _, err := w.all(ctx, workers); err != nil { // likewise
		return err
	}
	ours, err := d.pollAll(ctx, o.sources)
	if err != nil {
		return err
	}
	bare, err := own(func() error { _, err := w.all(ctx, workers); return err })
	if err != nil {
		return err
	}
	bare /= time.Duration(len(o.sources))
	b.table.add(row, ours.of(len(o.sources)).Seconds()/bare.Seconds())
	b.table.note("row %s: %.0f µs of the processor a source, a bare client %.0f µs; %d connections for %d requests",
		row, 1e3*ms(ours.of(len(o.sources))), 1e3*ms(bare), connections, requests)
	return nil
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }

// stored compares the entries of a store with the items that the sources have
// shown, and adds how many are lost or doubled, and what an entry takes.
func (b *bench) stored(ctx context.Context, path string, o *origin) error {
	lost, disk, err := compare(ctx, path, o)
	if err != nil {
		return err
	}
	b.table.add("3", float64(lost))
	b.table.add("12", disk.file/disk.said)
	b.table.note("row 12: an entry says %.0f bytes and takes %.0f of the file", disk.said, disk.file)
	return nil
}

// disk is what an entry says and takes, in bytes, on average.
type disk struct{ said, file float64 }

// compare returns how many of the items that are shown are not in the store, and
// how many entries there are beside one for each item that there has ever been.
func compare(ctx context.Context, path string, o *origin) (wrong int, d disk, err error) {
	shown, err := o.truth(ctx, false)
	if err != nil {
		return 0, d, err
	}
	ever, err := o.truth(ctx, true)
	if err != nil {
		return 0, d, err
	}
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return 0, d, err
	}
	defer s.Close()
	stats, err := s.Stats(ctx)
	if err != nil {
		return 0, d, err
	}
	stored := map[item]bool{}
	for q := (storage.Query{Hidden: true, Limit: storage.MaxPage}); ; {
		page, err := s.Entries(ctx, q)
		if err != nil {
			return 0, d, err
		}
		for _, e := range page.Items {
			d.said += float64(size(e))
			i := item{e.Source, e.GUID}
			if stored[i] || !ever[i] && e.Source != probeID {
				wrong++
			}
			stored[i] = true
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	for i := range shown {
		if !stored[i] {
			wrong++
		}
	}
	d.said /= float64(stats.Entries)
	d.file = float64(stats.Bytes) / float64(stats.Entries)
	return wrong, d, nil
}

// size is the number of bytes that an entry says in.
func size(e storage.Entry) int {
	texts := []string{e.ID, e.Source, e.Story, e.GUID, e.URL, e.CanonicalURL, e.Title, e.Summary, e.Content, e.Language, e.Rights, e.Comments}
	texts = slices.Concat(texts, e.Categories, e.Aliases)
	for _, p := range e.Authors {
		texts = append(texts, p.Name, p.Email, p.URL)
	}
	for _, m := range e.Media {
		texts = append(texts, m.URL, m.Type, string(m.Medium), m.Title, m.Caption, m.Credit)
	}
	n := 0
	for _, s := range texts {
		n += len(s)
	}
	return n
}

// highest returns the most anonymous memory that the daemon has had meanwhile.
func (d *daemon) highest(do func() error) (bytes int64, err error) {
	done := make(chan struct{})
	most := make(chan int64)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		var peak int64
		for {
			select {
			case <-done:
				most <- peak
				return
			case <-tick.C:
				if n, err := process.Anonymous(d.process.Process.Pid); err == nil {
					peak = max(peak, n)
				}
			}
		}
	}()
	err = do()
	close(done)
	return <-most, err
}

// profile has the daemon write a profile of its next ten seconds to a file, and
// returns what waits for that.
func (d *daemon) profile(ctx context.Context, path string) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		text, err := d.get(ctx, "/debug/pprof/profile?seconds=10")
		if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench: profile:", err)
		}
	}()
	return func() { <-done }
}

// get returns what the daemon's admin listener has under a path.
func (d *daemon) get(ctx context.Context, path string) ([]byte, error) {
	res, err := d.client.Get("http://daemon" + path)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}
