package aggregator

import (
	"context"
	"errors"
	"log/slog"
	"slices"
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

// commit is a poll, or another record, on its way to the store.
type commit struct {
	poll     *storage.Poll
	url      string             // of the source as it was asked; empty: nobody was
	resolved bool               // the poll's entries are those of the store, with text added
	items    []storage.Digest   // that the poll's entries were made of
	before   []storage.Sighting // the items of the source's document before
	articles bool               // those of new entries are to be visited
	ending   *ending            // nil: no poll ended
	judge    *storage.Judge     // whose judgements are still to be made
	record   storage.Record
	now      time.Time
	done     chan<- outcome
}

type outcome struct {
	added, updated int
	state          *storage.State // of the source after the poll, not changed any more; nil: no poll, or an error
	took           time.Duration  // to commit the group, in which others waited
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
	resolver := dedup.NewResolver(a.o.Store, dedup.Options{Similarity: a.config().Similarity})
	return &committer{Aggregator: a, resolver: resolver, changed: stats.Changed}, err
}

// submit hands c to the committer and returns what came of it when that is
// durable.
func (a *Aggregator) submit(ctx context.Context, c commit) (outcome, error) {
	done := make(chan outcome, 1)
	c.done = done
	select {
	case a.commits <- c:
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
	o := <-done
	return o, o.err
}

// run commits until the channel of commits is closed.
func (c *committer) run(ctx context.Context) {
	for {
		select {
		case r := <-c.switches:
			r.done <- c.switchTo(ctx, r.next)
		case first, ok := <-c.commits:
			if !ok {
				return
			}
			c.commitGroup(ctx, c.gather(first))
		}
	}
}

func (c *committer) commitGroup(ctx context.Context, group []commit) {
	err := c.apply(ctx, group)
	switch {
	case err != nil && len(group) > 1:
		c.applyEach(ctx, group)
	case err != nil:
		c.fail(group[0], err)
	}
}

// applyEach commits the members of a group one by one: one bad poll must not
// cost the others theirs. When one is refused, so are the polls after it, but
// not what may make room.
func (c *committer) applyEach(ctx context.Context, group []commit) {
	var refused error
	for i, m := range group {
		err := refused
		if err == nil || m.poll == nil {
			err = c.apply(ctx, group[i:i+1])
		}
		if err != nil {
			c.fail(m, err)
		}
		if storage.Refused(err) {
			refused = err
		}
	}
}

// fail answers a member of a group that could not be committed.
func (c *committer) fail(m commit, err error) {
	c.room.failed(err, m.size())
	m.done <- outcome{err: err}
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
func (c *committer) apply(ctx context.Context, group []commit) (err error) {
	defer func() {
		if err != nil {
			c.resolver.Discarded()
		}
	}()
	now := time.Now()
	records := make([]storage.Record, len(group))
	outcomes := make([]outcome, len(group))
	show := visible(now, c.changed)
	shows := false
	for i, m := range group {
		if m.judge != nil {
			j, err := c.judge(ctx, *m.judge)
			if err != nil {
				return err
			}
			m.record = storage.Record{Time: m.now, Judge: &j}
		}
		if m.poll == nil {
			records[i] = m.record
			continue
		}
		p, o, err := c.settle(ctx, m, show)
		if err != nil {
			return err
		}
		o.state = &p.State
		outcomes[i] = o
		shows = shows || slices.ContainsFunc(p.Entries, func(e storage.Entry) bool { return e.Changed.Equal(show) })
		records[i] = storage.Record{Time: m.now, Poll: &p}
	}
	if point, due := c.resolver.Checkpoint(now); due {
		records = append(records, storage.Record{Time: now, Checkpoint: &point})
	}
	began := time.Now()
	if err := c.o.Store.Commit(ctx, records...); err != nil && !c.tookEffect(ctx, err, group, records) {
		return err
	}
	took := time.Since(began)
	c.resolver.Committed()
	if shows {
		c.changed = show
	}
	for i, m := range group {
		if m.poll != nil {
			c.room.taken(m.size())
			c.tell(ctx, *records[i].Poll)
		}
		outcomes[i].took = took
		m.done <- outcomes[i]
	}
	return nil
}

// tookEffect reports whether the records of a group are in the store although
// their commit failed. Settled again, their entries would be known, and what is
// made of new ones lost. They are there together: the last poll tells, once a
// commit of nothing has made sure that what is read is on the disk.
func (c *committer) tookEffect(ctx context.Context, err error, group []commit, records []storage.Record) bool {
	if !errors.Is(err, storage.ErrFaulty) || c.o.Store.Commit(ctx) != nil {
		return false
	}
	for i, m := range slices.Backward(group) {
		if m.ending != nil {
			p := records[i].Poll
			src, err := c.o.Store.Source(ctx, p.Source)
			return err == nil && src.State.Polls == p.State.Polls && src.State.LastPoll.UnixMicro() == p.State.LastPoll.UnixMicro()
		}
	}
	return false
}

// tell passes on what a poll that is committed says of its source.
func (c *committer) tell(ctx context.Context, p storage.Poll) {
	if _, ok := c.config().polled(p.Source); ok {
		c.tally.note(p.Source, p.State)
	}
	for _, e := range p.Events {
		level := slog.LevelInfo
		if e.Kind == storage.Broken || e.Kind == storage.Challenged || e.Kind == storage.Gone {
			level = slog.LevelWarn
		}
		c.o.Log.Log(ctx, level, "source "+string(e.Kind), "source", e.Source, "detail", e.Detail)
	}
}

// settle makes a poll's entries final. They show in the given second. The
// commit itself stays as it was: it may be settled again.
func (c *committer) settle(ctx context.Context, m commit, show time.Time) (storage.Poll, outcome, error) {
	if src, ok := c.config().source(m.poll.Source); ok && m.url != "" && m.url != src.URL {
		return storage.Poll{}, outcome{}, errElsewhere
	}
	if m.resolved {
		p := *m.poll
		p.Entries = nil
		for _, e := range m.poll.Entries {
			now, err := c.o.Store.Entry(ctx, e.ID)
			switch {
			case errors.Is(err, storage.ErrNotFound): // removed while its page was read
				continue
			case err != nil:
				return p, outcome{}, err
			}
			e.Story, e.Joined, e.Changed = now.Story, now.Joined, show // its story may have been folded meanwhile
			p.Entries = append(p.Entries, e)
		}
		p, err := c.resolver.Readdress(ctx, p)
		if err != nil {
			return p, outcome{}, err
		}
		c.judgeEntries(p)
		return p, outcome{updated: len(p.Entries)}, nil
	}
	document := dedup.Document{Poll: *m.poll, Items: m.items}
	document.Poll.State.Seen = slices.Clone(m.poll.State.Seen) // it may be settled again
	document.Gone, document.Waiting = dedup.Left(m.before, document.Poll.State.Seen)
	r, err := c.resolver.Resolve(ctx, document, m.now, show)
	if err != nil {
		return storage.Poll{}, outcome{}, err
	}
	p := r.Poll
	c.judgeEntries(p)
	if r.New > 0 {
		p.State.LastNew = m.now
	}
	if m.ending != nil && m.ending.read {
		p.State.Flaps = dedup.Flaps(p.State.Flaps, r.Flapped)
	}
	if m.ending != nil {
		if p.State, err = c.plan(ctx, m, p.State, r.Published); err != nil {
			return storage.Poll{}, outcome{}, err
		}
		p.Events, p.State.Trouble = happened(p.Source, *m.ending, p.State, m.now)
	}
	if m.articles {
		var left int
		if p.State.Articles, left = await(p.State.Articles, p.Entries, show, m.now); left > 0 {
			c.o.Log.Warn("too many articles wait; the oldest keep their teasers", "source", p.Source, "articles", left)
		}
	}
	return p, outcome{added: r.New, updated: r.Updated}, nil
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
