package normalize

import (
	"slices"
	"strings"
	"time"
)

// maxDate is the longest text that is looked at for a date, in bytes.
const maxDate = 160

// Date reads a date as feeds write it: RFC 822 and its many neighbours, ISO
// 8601, W3CDTF, asctime, numeric dates, seconds and milliseconds since 1970,
// and dates in some forty languages. A missing zone is UTC. now places years
// of two digits.
//
// A wrong date is worse than none: what may be read in two ways (06/10/2014),
// does not exist (30 February) or holds an unknown word (a zone, say) is not
// read. Names of weekdays are not believed, except to tell the day from the
// month.
func Date(s string, now time.Time) (time.Time, bool) {
	return dates{now: now}.read(s)
}

// dates reads the dates of one document.
type dates struct {
	now   time.Time
	order order // of day and month in its numeric dates, where it is known
}

// read is Date with the evidence that the document gives.
func (d dates) read(s string) (time.Time, bool) {
	t, _, ok := d.readOrder(s)
	return t, ok
}

// readOrder also says in which order a numeric date had to be read.
func (d dates) readOrder(s string) (time.Time, order, bool) {
	tokens, ok := scanDate(s)
	if !ok {
		return time.Time{}, unknownOrder, false
	}
	if t, ok := epoch(tokens, d.now); ok {
		return t, unknownOrder, true
	}
	clock, rest, ok := cutClock(d.expand(tokens))
	if !ok {
		return time.Time{}, unknownOrder, false
	}
	day, used, ok := d.day(rest)
	if !ok {
		return time.Time{}, unknownOrder, false
	}
	if !clock.zone.known && slices.ContainsFunc(tokens, dateToken.isKorean) {
		clock.zone.east = 9 * time.Hour
	}
	return day.Add(clock.sinceMidnight - clock.zone.east), used, true
}

// isKorean reports whether the word is written in Korea only, which has one
// zone.
func (t dateToken) isKorean() bool { return t.is("년", "오전", "오후") }

// learn finds the order of day and month in the numeric dates of a document:
// one that can be read in one way only is evidence for the others, unless two
// contradict each other.
func (d dates) learn(written []string) dates {
	var seen [3]bool
	for _, s := range written {
		if !strings.ContainsAny(s[:min(len(s), maxDate)], "/-") {
			continue
		}
		if _, used, ok := d.readOrder(s); ok {
			seen[used] = true
		}
	}
	switch {
	case seen[dayFirst] && !seen[monthFirst]:
		d.order = dayFirst
	case seen[monthFirst] && !seen[dayFirst]:
		d.order = monthFirst
	}
	return d
}

// epoch reads the time since 1970, in seconds, or in thousandths of one.
// Below nine digits it would be a date of its own kind.
func epoch(tokens []dateToken, now time.Time) (time.Time, bool) {
	whole := len(tokens) == 1 || len(tokens) == 3 && tokens[1].kind == '.'
	if !whole || tokens[0].kind != number {
		return time.Time{}, false
	}
	n := int64(tokens[0].n)
	switch len(tokens[0].text) {
	case 9, 10:
	case 13:
		n /= 1000
	default:
		return time.Time{}, false
	}
	t := time.Unix(n, 0).UTC()
	return t, t.Before(now.AddDate(1, 0, 0))
}
