package aggregator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// turn is one poll under way: the source, its state before, and the time at
// which the visit ended.
type turn struct {
	*Aggregator
	source Source
	state  storage.State
	now    time.Time
	forced bool
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
	s := t.polled()
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
	added, updated, err := t.submit(ctx, p, digests, t.now)
	if err != nil {
		return Result{}, fmt.Errorf("commit poll of source %s: %w", p.Source, err)
	}
	result := Result{
		Source: p.Source, Outcome: Unchanged, Status: visit.Status,
		New: added, Updated: updated,
		Bytes: visit.Bytes, Elapsed: visit.Elapsed, NextDue: p.State.NextDue,
		host: fetch.Host(cmp.Or(p.State.MovedTo, t.source.URL)),
	}
	if added+updated > 0 {
		result.Outcome = Changed
	}
	return result, nil
}

// warn says what was repaired in a document or cut from its entries.
func (a *Aggregator) warn(src Source, warnings ...[]string) {
	for _, w := range slices.Concat(warnings...) {
		a.o.Log.Debug("document", "source", src.ID, "warning", w)
	}
}

// salt is what of a source's configuration its entries depend on.
func (s Source) salt() string { return strings.Join(s.Categories, "\x00") }

// place says where the items of a document come from.
func (s Source) place(v fetch.Visit, doc *parse.Document) normalize.Source {
	return normalize.Source{ID: s.ID, URL: base(v), Format: doc.Format, Categories: s.Categories}
}

// base is the URL against which relative ones are resolved in the end (RFC
// 3986 section 5.1). It is without the query, which may be secret.
func base(v fetch.Visit) string {
	u, err := url.Parse(cmp.Or(v.ContentLocation, v.URL))
	if err != nil {
		return ""
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}

func digest(salt string, body []byte) storage.Digest {
	h := sha256.New()
	fmt.Fprintf(h, "%q", salt)
	h.Write(body)
	return storage.Digest(h.Sum(nil)[:16])
}

// line is an error as one line.
func line(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

// seen are the items of a source's last document by digest.
type seen map[parse.Digest]storage.Key

func sightings(list []storage.Sighting) seen {
	m := make(seen, len(list))
	for _, s := range list {
		m[s.Item] = s.Key
	}
	return m
}

func (s seen) has(d parse.Digest) bool { _, ok := s[d]; return ok }

// next lists the items of the document at hand: those seen before, and those
// that became entries now.
func (s seen) next(digests []parse.Digest, items []parse.Item, entries []storage.Entry) []storage.Sighting {
	for i, e := range entries {
		s[items[i].Digest] = e.Keys[0]
	}
	var list []storage.Sighting
	for _, d := range digests {
		if k, ok := s[d]; ok {
			list = append(list, storage.Sighting{Item: d, Key: k})
		}
	}
	return slices.Clip(list)
}
