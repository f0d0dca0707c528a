package aggregator

import (
	"fmt"
	"strings"
	"time"

	"newsfeed/storage"
)

// A source is broken when it has failed so often in a row, and was not read for
// so long: what heals within the hour is not worth a message.
const (
	brokenFailures = 3
	brokenAfter    = time.Hour
)

// A source is silent when it brought nothing new for so long, for so many of its
// mean gaps between news, and for so many times its longest gap. A week is
// longer than the quiet days of those who publish daily, and ten gaps are
// seldom exceeded by chance. The longest gap speaks for those who publish in
// bursts or take holidays.
const (
	silentAfter = 7 * 24 * time.Hour
	silentGaps  = 10
	silentLulls = 1.5
)

// happened returns what a poll showed of a source that people should know of,
// given the state after it, and the trouble told of that is not over.
func happened(source string, end ending, after storage.State, now time.Time) ([]storage.Event, storage.EventKind) {
	t := tidings{source: source, before: end.before, after: after, now: now, trouble: end.before.Trouble}
	switch {
	case end.outage: // says nothing of the source
	case end.read:
		t.read()
	default:
		t.failed(end.challenge != "")
	}
	return t.events, t.trouble
}

// tidings are the events of one poll.
type tidings struct {
	source        string
	before, after storage.State
	now           time.Time
	trouble       storage.EventKind
	events        []storage.Event
}

// maxDetail bounds the detail of an event in bytes: servers have a say in it.
const maxDetail = 1000

func (t *tidings) tell(kind storage.EventKind, detail string) {
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "") + "…"
	}
	t.events = append(t.events, storage.Event{Source: t.source, Time: t.now, Kind: kind, Detail: detail})
}

// begin tells of trouble, once.
func (t *tidings) begin(kind storage.EventKind, detail string) {
	if t.trouble != kind {
		t.tell(kind, detail)
		t.trouble = kind
	}
}

// end tells that trouble is over.
func (t *tidings) end(kind storage.EventKind, detail string) {
	t.tell(kind, detail)
	t.trouble = ""
}

func (t *tidings) failed(challenged bool) {
	known := !t.before.LastSuccess.IsZero()
	since := t.before.LastSuccess
	if !known {
		since = t.after.Traffic.Since
	}
	detail := storage.ShownIn(t.after.Error) + "; " + t.lastRead()
	switch {
	case t.after.Gone:
		t.begin(storage.Gone, detail)
	case challenged && known:
		t.begin(storage.Challenged, detail)
	case t.trouble == storage.Challenged || t.trouble == storage.Gone: // and is not over
	case t.after.Failures >= brokenFailures && t.now.Sub(since) >= brokenAfter:
		t.begin(storage.Broken, detail)
	}
}

func (t *tidings) read() {
	if to := storage.Shown(t.after.MovedTo); to != "" && to != storage.Shown(t.before.MovedTo) {
		t.tell(storage.Moved, to)
	}
	quiet := t.now.Sub(t.after.LastNew)
	switch t.trouble {
	case storage.Broken, storage.Challenged, storage.Gone:
		t.end(storage.Recovered, t.lastRead())
	case storage.Silent:
		if t.after.LastNew.After(t.before.LastNew) {
			t.end(storage.Resumed, fmt.Sprintf("nothing new for %s before", span(t.now.Sub(t.before.LastNew))))
		}
	default:
		if t.after.LastNew.IsZero() || quiet <= silentAfter {
			return
		}
		mean, longest := habitOf(t.after).Gaps()
		if mean > 0 && quiet > silentGaps*mean && quiet.Hours() > silentLulls*longest.Hours() {
			t.begin(storage.Silent, fmt.Sprintf("nothing new for %s; news used to be %s apart", span(quiet), span(mean)))
		}
	}
}

// lastRead says when the source was read before.
func (t *tidings) lastRead() string {
	if t.before.LastSuccess.IsZero() {
		return "never read"
	}
	return "last read " + span(t.now.Sub(t.before.LastSuccess)) + " before"
}

// span is a time in words, in its greatest unit that tells.
func span(d time.Duration) string {
	unit, name := time.Minute, "minute"
	switch {
	case d >= 36*time.Hour:
		unit, name = 24*time.Hour, "day"
	case d >= time.Hour:
		unit, name = time.Hour, "hour"
	}
	n := max(d.Round(unit)/unit, 1)
	if n == 1 {
		return "1 " + name
	}
	return fmt.Sprintf("%d %ss", n, name)
}
