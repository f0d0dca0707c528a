package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// turn is one poll under way: the source, its state before, the visit to its
// document, and the time at which the visits ended.
type turn struct {
	*Aggregator
	source Source
	state  storage.State
	visit  fetch.Visit
	now    time.Time
	forced bool

	traffic  storage.Traffic // with that of this poll
	requests int             // of this poll
	pause    time.Time       // that a part of the source asked for

	// What has been read, which is kept when the poll succeeds.
	body  storage.Digest
	parts []storage.Part
}

func (a *Aggregator) newTurn(src Source, state storage.State, visit fetch.Visit, forced bool) turn {
	if !src.FullText {
		state.Articles = nil
	}
	t := turn{
		Aggregator: a, source: src, state: state, visit: visit, now: time.Now(), forced: forced,
		traffic: state.Traffic, body: state.Body,
	}
	t.count(visit)
	if src.readAsBefore(state) {
		t.parts = slices.Clone(state.Parts)
	}
	return t
}

// request is what to ask for a source in that state.
func (s Source) request(state storage.State) fetch.Request {
	return fetch.Request{
		URL:        s.URL,
		MovedTo:    cmp.Or(state.MovedTo, state.Moving),
		Validators: s.validators(state),
		Access:     s.Access,
	}
}

// count takes in what a visit cost.
func (t *turn) count(visit fetch.Visit) {
	t.requests += visit.Traffic.Requests
	t.traffic = counted(t.traffic, visit, t.now)
}

// counted returns the traffic with that of one more visit.
func counted(t storage.Traffic, visit fetch.Visit, now time.Time) storage.Traffic {
	if t.Since.IsZero() {
		t.Since = now
	}
	t.Requests += uint64(visit.Traffic.Requests)
	t.Conditional += uint64(visit.Traffic.Conditional)
	if visit.Unchanged {
		t.NotModified++
	}
	if gap := visit.Traffic.Gap; gap > 0 && (t.Gap == 0 || gap < t.Gap) {
		t.Gap = gap
	}
	return t
}

// polled returns the state after any poll.
func (t turn) polled() storage.State {
	s := t.state
	s.LastPoll = t.now
	s.Polls++
	s.NotBefore = time.Time{}
	s.Traffic = t.traffic
	if t.forced {
		s.LastForced = t.now
	}
	return s
}

// succeeded returns the state after a visit that brought a document or found
// it unchanged. The validators change with the document they vouch for, in
// one commit.
func (t turn) succeeded() storage.State {
	s := t.polled()
	s.LastSuccess = t.now
	s.Status, s.Error, s.Failures, s.Gone = t.visit.Status, "", 0, false
	s.Validators = storage.Validators(t.visit.Validators)
	s.Body, s.Parts, s.Reading = t.body, t.parts, t.source.reading()
	s.NotBefore = t.pause
	s.MovedTo, s.Moving = cmp.Or(t.visit.Permanent, s.MovedTo, s.Moving), ""
	if t.visit.MaxAgeGiven || !t.visit.Unchanged {
		s.Hints.MaxAge = t.visit.MaxAge
	}
	return s
}

// unchanged commits that the source has nothing new.
func (t turn) unchanged(ctx context.Context) (Result, error) {
	return t.keep(ctx, storage.Poll{Source: t.source.ID, State: t.succeeded()}, nil)
}

// A source that fails where it moved to is asked for where it was when it has
// failed so often and for so long.
const (
	movedFailures = 3
	movedPatience = 7 * 24 * time.Hour
)

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
	end := ending{planned: t.planned(), before: t.state}
	said := reply{host: t.host()}
	status := (*fetch.StatusError)(nil)
	switch {
	case errors.As(cause, &status):
		s.Status, s.NotBefore = status.Code, t.bounded(status.RetryAfter)
		s.Gone = status.Code == http.StatusGone && !t.visit.Temporary
		end.limited, end.challenge = limited(status.Code, t.visit.Traffic.Run), status.Challenge
		said.answered, said.refused = true, end.limited && s.NotBefore.IsZero()
		if isPause(status.Code) {
			said.pause = s.NotBefore
		}
	case errors.Is(cause, parse.ErrNoFeed):
		s.Status = http.StatusOK
		if end.challenge = fetch.Challenge(t.visit.Header, t.visit.Body); end.challenge != "" {
			s.Error += ", but a challenge page of " + end.challenge
		}
	}
	if end.challenge == "" && t.unreached(cause) {
		said.answered = false
		well := t.state.Failures == 0 && !t.state.LastSuccess.IsZero()
		if end.outage, said.pardoned = t.outage.unreached(said.host, t.source.ID, well, t.now); end.outage {
			s.Failures = t.state.Failures
		}
	}
	s = t.moved(s, cause)
	result, err := t.commit(ctx, commit{poll: &storage.Poll{Source: t.source.ID, State: s}, ending: &end, now: t.now})
	result.Outcome, result.Error, result.Status = Failed, s.Error, s.Status
	result.reply = said
	return result, err
}

// host is the one that answered last, or was to be asked.
func (t turn) host() string {
	return cmp.Or(fetch.Host(t.visit.URL), askedHost(t.source.SourceSettings, t.state))
}

// bounded is a time asked for by a publisher, within what the policy allows.
func (t turn) bounded(asked time.Time) time.Time {
	kept := earlier(asked, t.now.Add(t.config().Policy.Max))
	if kept.Before(asked) {
		t.o.Log.Info("Retry-After is longer than max_interval", "source", t.source.ID, "asked", asked, "kept", kept)
	}
	return kept
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// unreached reports whether no answer of the source's came, but none or that
// of somebody between, such as the portal of a network that wants a login.
func (t turn) unreached(cause error) bool {
	if fetch.Unanswered(cause) {
		return true
	}
	status := (*fetch.StatusError)(nil)
	portal := errors.Is(cause, parse.ErrNoFeed) || fetch.Blocked(cause) ||
		errors.As(cause, &status) && status.Code == http.StatusNetworkAuthenticationRequired
	return portal && !t.state.LastSuccess.IsZero()
}

// planned returns the wait before this poll as it was planned.
func (t turn) planned() time.Duration {
	if t.state.LastPoll.IsZero() {
		return 0
	}
	return max(0, t.state.NextDue.Sub(t.state.LastPoll))
}

// moved returns the state with what a failure says about permanent redirects:
// one that leads nowhere is dropped, one that may yet lead to a document is
// followed again.
func (t turn) moved(s storage.State, cause error) storage.State {
	nowhere := s.Status == http.StatusNotFound || s.Status == http.StatusGone ||
		errors.Is(cause, parse.ErrNoFeed) || fetch.Blocked(cause)
	switch {
	case s.MovedTo == "" && nowhere:
		s.Moving = ""
	case s.MovedTo == "":
		s.Moving = cmp.Or(t.visit.Permanent, s.Moving)
	}
	if lost := t.now.Sub(s.LastSuccess) > movedPatience; s.Failures >= movedFailures && lost {
		s.MovedTo, s.Moving = "", ""
	}
	return s
}

// prepare does what can be done of a commit ahead, while the committer does
// something else.
func (t *turn) prepare(entries []storage.Entry) {
	if s, ok := t.o.Store.(storage.Preparer); ok {
		s.Prepare(entries)
	}
}

// keep commits the poll of a source that was read, and what items it had anew.
func (t turn) keep(ctx context.Context, p storage.Poll, items []storage.Digest) (Result, error) {
	end := ending{first: t.state.LastSuccess.IsZero(), read: true, planned: t.planned(), before: t.state}
	result, err := t.commit(ctx, commit{poll: &p, items: items, before: t.state.Seen, articles: t.source.FullText, ending: &end, now: t.now})
	result.reply = reply{host: t.host(), answered: true, pause: t.pause}
	return result, err
}

// commit hands the poll to the committer and waits until it is durable.
func (t turn) commit(ctx context.Context, c commit) (Result, error) {
	c.url = t.source.URL
	done, err := t.submit(ctx, c)
	if err != nil {
		return Result{}, fmt.Errorf("commit poll of source %s: %w", t.source.ID, err)
	}
	result := Result{
		Source: t.source.ID, Outcome: Unchanged, Status: t.visit.Status,
		New: done.added, Updated: done.updated,
		Bytes: t.visit.Bytes, Elapsed: t.visit.Elapsed, NextDue: done.state.NextDue,
		requests: t.requests,
	}
	if done.added+done.updated > 0 {
		result.Outcome = Changed
	}
	result.next = nextTurn(t.source, *done.state)
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
