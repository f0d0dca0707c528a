package normalize

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDate is the longest text that is looked at for a date, in bytes.
const maxDate = 160

// Date reads a date as feeds write it, to the second: RFC 822 and its many
// neighbours, ISO 8601, W3CDTF, asctime, numeric dates, seconds and parts of
// seconds since 1970, and dates in some forty languages. A missing zone is
// UTC. now places years of two digits.
//
// A wrong date is worse than none: what may be read in two ways (06/10/2014),
// does not exist (30 February), is of another calendar (the year 2563) or
// holds an unknown word (a zone, say) is not read. Names of weekdays are not
// believed, except to tell the day from the month.
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
func (d dates) readOrder(s string) (t time.Time, used order, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxDate {
		return time.Time{}, unknownOrder, false
	}
	if t, ok = common(s); !ok {
		s = foldDate(s)
		if t, ok = d.iso(s); !ok {
			t, ok = epoch(s, d.now)
		}
		if !ok && digitShape(s) != "0000" { // else a number that is no year
			t, used, ok = d.free(s)
		}
	}
	return t, used, ok && d.ours(t.Year())
}

// ours reports whether a year may be one of our calendar. Those of the Persian
// and the Islamic one are around 1400, the Buddhist and the Jewish ones are
// centuries ahead.
func (d dates) ours(year int) bool {
	return year >= 1 && (year < 1300 || year >= 1500) && year < d.now.Year()+100
}

// common reads the forms that nearly all feeds use, at a tenth of the cost.
// What it does not read may still be a date.
func common(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") {
		return time.Time{}, false
	}
	layout := time.RFC1123Z
	switch {
	case s[0] <= '9':
		layout = time.RFC3339
	case strings.HasSuffix(s, " GMT"):
		layout = "Mon, 2 Jan 2006 15:04:05 GMT"
	}
	t, err := time.Parse(layout, s)
	_, east := t.Zone()
	// An offset of 60 minutes passes time.Parse.
	end := s[len(s)-2:]
	ok := err == nil && (end < "60" || end[1] > '9') && time.Duration(east)*time.Second <= maxOffset && time.Duration(east)*time.Second >= -maxOffset
	return t.UTC().Truncate(time.Second), ok
}

// free reads what follows no standard: a time of day, a zone and a day in any
// order.
func (d dates) free(s string) (time.Time, order, bool) {
	tokens := scanDate(s)
	c, rest, ok := cutClock(tokens)
	if !ok {
		return time.Time{}, unknownOrder, false
	}
	day, used, ok := d.day(rest, c.told || c.zone.known)
	if !c.zone.known && slices.ContainsFunc(tokens, dateToken.isKorean) {
		c.zone.east = 9 * time.Hour
	}
	return day.Add(c.sinceMidnight - c.zone.east), used, ok
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

// epoch reads the time since 1970 in seconds, or in their thousandth or
// millionth parts. Before 1990 there was nothing to date.
func epoch(s string, now time.Time) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	switch len(whole) {
	case 9, 10:
	case 13:
		n /= 1e3
	case 16:
		n /= 1e6
	default:
		return time.Time{}, false
	}
	t := time.Unix(n, 0).UTC()
	return t, err == nil && t.Year() >= 1990 && t.Before(now.AddDate(1, 0, 0))
}
