package aggregator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/parse"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// turn is one poll under way: the source, its state before, and the time at
// which the visits ended.
type turn struct {
	*Aggregator
	source Source
	state  storage.State
	now    time.Time
	forced bool

	// What has been read, which is kept when the poll succeeds.
	body  storage.Digest
	parts []storage.Part
}

func (a *Aggregator) newTurn(src Source, state storage.State, forced bool) turn {
	if !src.FullText {
		state.Articles = nil
	}
	t := turn{Aggregator: a, source: src, state: state, now: time.Now(), forced: forced, body: state.Body}
	if src.readAsBefore(state) {
		t.parts = slices.Clone(state.Parts)
	}
	return t
}

// polled returns the state after any poll.
func (t turn) polled() storage.State {
	s := t.state
	s.LastPoll = t.now
	s.Polls++
	s.NotBefore = time.Time{}
	if t.forced {
		s.LastForced = t.now
	}
	return s
}

// succeeded returns the state after a visit that brought a document or found
// it unchanged. The validators change with the document they vouch for, in
// one commit.
func (t turn) succeeded(visit fetch.Visit) storage.State {
	s := t.polled()
	first := s.LastSuccess.IsZero()
	s.LastSuccess = t.now
	s.Status, s.Error, s.Failures, s.Gone = visit.Status, "", 0, false
	s.Validators = storage.Validators(visit.Validators)
	s.Body, s.Parts, s.Reading = t.body, t.parts, t.source.reading()
	if visit.Permanent != "" {
		s.MovedTo = visit.Permanent
	}
	return t.due(s, first)
}

// unchanged commits that the source has nothing new.
func (t turn) unchanged(ctx context.Context, visit fetch.Visit) (Result, error) {
	return t.commit(ctx, storage.Poll{Source: t.source.ID, State: t.succeeded(visit)}, nil, visit)
}

// movedFailures is how often in a row a source may fail where it moved to
// before it is asked for where it was.
const movedFailures = 3

// failed commits that the source could not be read. Validators and digests
// stay: the last good document is still the last good document.
func (t turn) failed(ctx context.Context, cause error) (Result, error) {
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	s := t.polled()
	s.Parts = t.parts
	s.Failures++
	s.Error = line(cause)
	s.Status = 0
	if status := (*fetch.StatusError)(nil); errors.As(cause, &status) {
		s.Status = status.Code
		s.NotBefore = status.RetryAfter
		if latest := t.now.Add(t.o.Policy.Max); s.NotBefore.After(latest) {
			s.NotBefore = latest
		}
		s.Gone = status.Code == http.StatusGone && s.MovedTo == ""
	} else if errors.Is(cause, parse.ErrNoFeed) {
		s.Status = http.StatusOK
	}
	if lost := s.Status == http.StatusNotFound || s.Status == http.StatusGone; lost || s.Failures >= movedFailures {
		s.MovedTo = "" // ask at the configured URL again
	}
	s = t.due(s, false)
	result, err := t.commit(ctx, storage.Poll{Source: t.source.ID, State: s}, nil, fetch.Visit{})
	result.Outcome, result.Error, result.Status = Failed, s.Error, s.Status
	return result, err
}

// due sets when the source is due next.
func (t turn) due(s storage.State, first bool) storage.State {
	if s.Gone {
		s.NextDue, s.DueReason = time.Time{}, "gone (410); enable it anew to poll it again"
		return s
	}
	s.NextDue, s.DueReason = t.o.Policy.Next(schedule.Visit{
		ID:        t.source.ID,
		Time:      t.now,
		First:     first,
		Failures:  s.Failures,
		NotBefore: s.NotBefore,
		Schedule:  t.source.Schedule,
		Min:       t.source.MinInterval,
	})
	return s
}

// commit hands the poll to the committer and waits until it is durable. items
// are those that the poll's entries were made of.
func (t turn) commit(ctx context.Context, p storage.Poll, items []parse.Item, visit fetch.Visit) (Result, error) {
	digests := make([]storage.Digest, len(items))
	for i := range items {
		digests[i] = items[i].Digest
	}
	done, err := t.submit(ctx, commit{poll: &p, items: digests, articles: t.source.FullText, now: t.now})
	if err != nil {
		return Result{}, fmt.Errorf("commit poll of source %s: %w", p.Source, err)
	}
	result := Result{
		Source: p.Source, Outcome: Unchanged, Status: visit.Status,
		New: done.added, Updated: done.updated,
		Bytes: visit.Bytes, Elapsed: visit.Elapsed, NextDue: p.State.NextDue,
	}
	if done.added+done.updated > 0 {
		result.Outcome = Changed
	}
	result.next = nextTurn(t.source, done.state)
	return result, nil
}

// warn says what was repaired in a document or cut from its entries.
func (a *Aggregator) warn(src Source, warnings ...[]string) {
	for _, w := range slices.Concat(warnings...) {
		a.o.Log.Debug("document", "source", src.ID, "warning", w)
	}
}

// line is an error as one line.
func line(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
