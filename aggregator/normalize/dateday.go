package normalize

import (
	"fmt"
	"time"
)

// order is that of day and month in a numeric date.
type order int

const (
	unknownOrder order = iota
	dayFirst
	monthFirst
)

// day reads the tokens that are left when the time of day is taken out. Each
// of them must have a meaning.
func (d dates) day(tokens []dateToken) (time.Time, order, bool) {
	var f dayFields
	for i, t := range tokens {
		if !f.add(i, t) {
			return time.Time{}, unknownOrder, false
		}
	}
	month, weekday, ok := f.names()
	if !ok {
		return time.Time{}, unknownOrder, false
	}
	if month != 0 {
		t, ok := d.named(month, f.numbers)
		return t, unknownOrder, ok
	}
	return d.numeric(f, weekday)
}

// dayFields are the meanings of a date's tokens.
type dayFields struct {
	numbers []dateToken
	between []rune // the mark after each number, 0 where there is not exactly one
	words   []dateWord
}

// add takes one token in and reports whether it may stand in a date.
func (f *dayFields) add(i int, t dateToken) bool {
	mark := t.kind
	switch t.kind {
	case number:
		f.numbers = append(f.numbers, t)
		f.between = append(f.between, 0)
		return true
	case word:
		switch {
		case t.is("年", "月", "년", "월"):
			mark = '-'
		case t.is("ngay"):
			return true
		case t.is("thang", "thg", "nam"):
			mark = '.'
		default:
			w, ok := lookupDateWord(t.text)
			f.words = append(f.words, w)
			return ok
		}
	case '-', '/', '.':
	case ',', ';', '׳', '॰', '\'', '’', '`', '|', '·', '،':
		mark = ','
	default:
		return false
	}
	if n := len(f.between); n > 0 {
		if f.between[n-1] == 0 {
			f.between[n-1] = mark
		} else {
			f.between[n-1] = ','
		}
	} else if mark == '-' && i == 0 {
		// ISO 8601's "-03-12": year and month of this century.
		f.numbers, f.between = append(f.numbers, dateToken{}), append(f.between, 0)
	}
	return true
}

// names finds the month and the weekday among the words. Some words are both:
// "mar." is a Tuesday in France when a month stands beside it or after it. The
// weekday is negative when none is told.
func (f *dayFields) names() (month time.Month, weekday int, ok bool) {
	weekday = -1
	sure := false
	for _, w := range f.words {
		switch {
		case w.month != 0 && w.weekday == 0:
			if sure && month != w.month {
				return 0, 0, false
			}
			month, sure = w.month, true
		case w.month != 0 && !sure:
			month = w.month
		case w.weekday != 0:
			weekday = w.weekday - 1
		}
	}
	return month, weekday, true
}

// named reads a date whose month has a name. Five numbers are a date that is
// told twice, as in "29 Jan 2011 1/29/2011".
func (d dates) named(month time.Month, n []dateToken) (time.Time, bool) {
	switch {
	case len(n) == 1 && len(n[0].text) == 4:
		return makeDay(n[0].n, month, 1)
	case len(n) != 2 && len(n) != 5:
		return time.Time{}, false
	}
	year, day := n[1], n[0]
	if len(n[0].text) > 2 {
		year, day = n[0], n[1]
	}
	y, ok := d.year(year)
	if !ok || len(day.text) > 2 {
		return time.Time{}, false
	}
	t, ok := makeDay(y, month, day.n)
	if len(n) == 5 {
		told := fmt.Sprintf("%d/%d/%d", n[2].n, n[3].n, n[4].n)
		ok = ok && (told == t.Format("1/2/2006") || told == t.Format("2/1/2006") || told == t.Format("2006/1/2"))
	}
	return t, ok
}

// year reads a year of four digits or two; of two it takes the last one that
// is not in the future, if the web had begun.
func (d dates) year(t dateToken) (int, bool) {
	switch len(t.text) {
	case 4:
		return t.n, t.n > 0
	case 2:
		y := 2000 + t.n
		if y > d.now.Year()+1 {
			y -= 100
		}
		return y, y >= 1970
	}
	return 0, false
}

// makeDay refuses days that do not exist.
func makeDay(year int, month time.Month, day int) (time.Time, bool) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return t, year > 0 && t.Year() == year && t.Month() == month && t.Day() == day
}
