package aggregator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// ending is how a poll ended, as far as the next one depends on it.
type ending struct {
	first   bool          // success of the source
	read    bool          // the document came, or is unchanged
	limited bool          // the publisher refused because of too many requests
	outage  bool          // our own network is down
	planned time.Duration // wait before this poll

	before    storage.State // of the source
	challenge string        // the service that wants to see a browser first; empty: none
}

// visit is what the policy goes by for a source in that state.
func (s Source) visit(state storage.State, habit *schedule.Habit) schedule.Visit {
	return schedule.Visit{
		ID:        s.ID,
		Time:      state.LastPoll,
		Failures:  state.Failures,
		NotBefore: state.NotBefore,
		Slow:      state.Slow,
		Schedule:  s.Schedule,
		Min:       s.MinInterval,
		Hints:     schedule.Hints(state.Hints),
		Costly:    costly(state),
		Habit:     habit,
		Shown:     len(state.Seen),
	}
}

// The polls after which a source is known to send its document whole each
// time: it gives no validators, or has sent the same one again and never
// answered 304.
const (
	pollsWithout = 3
	pollsInVain  = 5
)

func costly(s storage.State) bool {
	without := s.Validators == storage.Validators{}
	return without && s.Polls >= pollsWithout || s.Traffic.NotModified == 0 && s.Traffic.Repeated >= pollsInVain
}

// plan sets when a source is due next, after a poll that brought new entries
// published at these times.
func (c *committer) plan(ctx context.Context, m commit, s storage.State, published []time.Time) (storage.State, error) {
	src, ok := c.config().polled(m.poll.Source)
	if !ok {
		return s, nil // it will be planned when it is back
	}
	if s.Gone {
		c.budget.Remove(src.ID)
		s.NextDue, s.DueReason, s.Bounds = time.Time{}, goneReason, nil
		return s, nil
	}
	habit, err := c.habit(ctx, src, s, m, published)
	if err != nil {
		return s, err
	}
	if s.Habit, err = habit.AppendBinary(nil); err != nil {
		return s, fmt.Errorf("keep habit of source %s: %w", src.ID, err)
	}
	v := src.visit(s, habit)
	v.First, v.Limited, v.Outage, v.Planned = m.ending.first, m.ending.limited, m.ending.outage, m.ending.planned
	c.budget.Set(src.ID, c.config().Policy.Demand(v))
	v.Price = c.budget.Price(m.now)
	plan := c.config().Policy.Next(v)
	if len(plan.Capped) > 0 {
		c.o.Log.Debug("the publisher asks for more than max_interval", "source", src.ID, "by", plan.Capped, "next_due", plan.Due)
	}
	s.Trim = c.budget.Trim()
	return planned(s, plan), nil
}

// habit returns when the source publishes, as it is known after a poll. Where
// nothing is known of a source that was polled before, its entries tell.
func (c *committer) habit(ctx context.Context, src Source, s storage.State, m commit, published []time.Time) (*schedule.Habit, error) {
	habit := habitOf(s)
	if !m.ending.read {
		return habit, nil
	}
	if !habit.Known() && !m.ending.first {
		page, err := c.o.Store.Entries(ctx, storage.Query{Source: src.ID, Hidden: true, Limit: seedEntries})
		if err != nil {
			return nil, fmt.Errorf("read entries of source %s: %w", src.ID, err)
		}
		for _, e := range page.Items {
			published = append(published, e.Published)
		}
	}
	habit.Learn(m.now, published)
	return habit, nil
}

// goneReason is why a source is never due.
const goneReason = "gone (410); enable it anew to poll it again"

// seedEntries is from how many entries a habit is learned that was lost.
const seedEntries = 20

// habitOf returns a source's habit as its state has it. One in a form that is
// not known is learned anew.
func habitOf(s storage.State) *schedule.Habit {
	var habit schedule.Habit
	_ = habit.UnmarshalBinary(s.Habit)
	return &habit
}

// resume prepares the budget and returns the sources to poll, with when they
// are due. replanned are those among them whose due time is another one than
// was stored: a schedule that is new in the configuration holds at once.
func (a *Aggregator) resume(stored []storage.Source, now time.Time) (list, replanned []storage.Source) {
	var newest storage.State
	for _, s := range stored {
		src, ok := a.config().polled(s.ID)
		if !ok || s.Hidden() || s.State.Gone {
			continue
		}
		a.budget.Set(s.ID, a.config().Policy.Demand(src.visit(s.State, habitOf(s.State))))
		if len(s.State.Habit) > 0 && s.State.LastPoll.After(newest.LastPoll) {
			newest = s.State
		}
		a.tally.note(s.ID, s.State)
		list = append(list, s)
	}
	if !newest.LastPoll.IsZero() {
		a.budget.Restore(now, newest.Trim)
	}
	c := a.config()
	for i, s := range list {
		src, _ := c.source(s.ID)
		state, differs := a.replan(c, src, s.State, now)
		if s.State = state; differs {
			replanned = append(replanned, s)
		}
		s.State.NextDue = c.Policy.Resume(src.visit(s.State, nil), s.State.NextDue, now)
		list[i] = s
	}
	return list, replanned
}

// replan returns the state of a source with when it is due by the schedule that
// it has in c, or has no more, and whether that is another time than before.
func (a *Aggregator) replan(c *configuration, src Source, s storage.State, now time.Time) (storage.State, bool) {
	if src.Schedule == nil && !scheduled(s) || s.NextDue.IsZero() {
		return s, false
	}
	v := src.visit(s, habitOf(s))
	v.Price = a.budget.Price(now)
	plan := c.Policy.Next(v)
	differs := !plan.Due.Truncate(time.Microsecond).Equal(s.NextDue.Truncate(time.Microsecond))
	return planned(s, plan), differs
}

// planned returns a state with when the source is due, and why.
func planned(s storage.State, plan schedule.Plan) storage.State {
	s.NextDue, s.DueReason, s.Slow = plan.Due, plan.Reason, plan.Slow
	s.Bounds = make([]storage.Bound, len(plan.Bounds))
	for i, b := range plan.Bounds {
		s.Bounds[i] = storage.Bound(b)
	}
	return s
}

// scheduled reports whether a schedule had a say in when the source is due.
func scheduled(s storage.State) bool {
	return slices.ContainsFunc(s.Bounds, func(b storage.Bound) bool { return b.Name == schedule.BoundSchedule })
}
