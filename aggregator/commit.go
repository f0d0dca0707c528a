package aggregator

import (
	"context"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

// The bounds of one group of commits: it waits for polls under way until it is
// as old or as large as this.
const (
	groupDelay   = 5 * time.Millisecond
	groupEntries = 1000
)

// commit is a poll, or a record that needs no resolving, on its way to the
// store.
type commit struct {
	poll   *storage.Poll
	items  []storage.Digest // that the poll's entries were made of
	record storage.Record
	now    time.Time
	done   chan<- outcome
}

type outcome struct {
	added, updated int
	err            error
}

// committer puts polls in order, resolves which entry and story their entries
// are, and commits them in groups, so that many share one fsync.
type committer struct {
	*Aggregator
	resolver *dedup.Resolver
	changed  time.Time // the newest second in which something became visible
}

func (a *Aggregator) newCommitter(ctx context.Context) (*committer, error) {
	stats, err := a.o.Store.Stats(ctx)
	return &committer{Aggregator: a, resolver: dedup.NewResolver(a.o.Store), changed: stats.Changed}, err
}

// submit commits a poll and returns how many of its entries were new and how
// many changed, when that is durable.
func (a *Aggregator) submit(ctx context.Context, p storage.Poll, items []storage.Digest, now time.Time) (added, updated int, err error) {
	return a.send(ctx, commit{poll: &p, items: items, now: now})
}

func (a *Aggregator) send(ctx context.Context, c commit) (added, updated int, err error) {
	done := make(chan outcome, 1)
	c.done = done
	select {
	case a.commits <- c:
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
	o := <-done
	return o.added, o.updated, o.err
}

// run commits until the channel of commits is closed.
func (c *committer) run(ctx context.Context) {
	for first := range c.commits {
		group := c.gather(first)
		if err := c.apply(ctx, group); err != nil && len(group) > 1 {
			// One bad poll must not cost the others theirs.
			for i := range group {
				if err := c.apply(ctx, group[i:i+1]); err != nil {
					group[i].done <- outcome{err: err}
				}
			}
		} else if err != nil {
			first.done <- outcome{err: err}
		}
	}
}

// gather collects what comes in within a short time. It does not wait when
// every poll under way is in the group already.
func (c *committer) gather(first commit) []commit {
	group := []commit{first}
	entries := first.size()
	timer := time.NewTimer(groupDelay)
	defer timer.Stop()
	for entries < groupEntries && int64(len(group)) < c.underway.Load() {
		select {
		case next, ok := <-c.commits:
			if !ok {
				return group
			}
			group = append(group, next)
			entries += next.size()
		case <-timer.C:
			return group
		}
	}
	return group
}

func (c commit) size() int {
	if c.poll == nil {
		return 0
	}
	return len(c.poll.Entries)
}

// apply resolves and commits a group as a whole, and answers its members when
// that succeeded.
func (c *committer) apply(ctx context.Context, group []commit) error {
	defer c.resolver.Committed()
	records := make([]storage.Record, len(group))
	outcomes := make([]outcome, len(group))
	show := visible(time.Now(), c.changed)
	shows := false
	for i, m := range group {
		if m.poll == nil {
			records[i] = m.record
			continue
		}
		r, err := c.resolver.Resolve(ctx, *m.poll, m.items, m.now, show)
		if err != nil {
			return err
		}
		outcomes[i] = outcome{added: r.New, updated: r.Updated}
		shows = shows || r.New+r.Updated > 0
		if r.New > 0 {
			r.Poll.State.LastNew = m.now
		}
		records[i] = storage.Record{Time: m.now, Poll: &r.Poll}
	}
	if err := c.o.Store.Commit(ctx, records...); err != nil {
		return err
	}
	if shows {
		c.changed = show
	}
	for i, m := range group {
		m.done <- outcomes[i]
	}
	return nil
}

// visible returns the second in which a change made now shows, given the
// newest one before. Readers tell states apart by whole seconds: the first
// change in a second shows at once, further ones together in the next. A
// clock that was set back does not bring a second back.
func visible(now, last time.Time) time.Time {
	second := now.UTC().Truncate(time.Second)
	next := second.Add(time.Second)
	switch {
	case second.After(last):
		return second
	case !last.After(next):
		return next
	}
	return last.Add(time.Second)
}
