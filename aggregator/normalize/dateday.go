package normalize

import (
	"fmt"
	"slices"
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
// of them must have a meaning. A month or a year alone is its first day, but
// not where a time of day or a weekday stands beside it.
func (d dates) day(tokens []dateToken, timed bool) (time.Time, order, bool) {
	var f dayFields
	for _, t := range tokens {
		if !f.add(t) {
			return time.Time{}, unknownOrder, false
		}
	}
	month, weekday, ok := f.names()
	whole := len(f.numbers) > 2 || len(f.numbers) == 2 && month != 0
	switch {
	case !ok || !whole && (timed || weekday >= 0):
		return time.Time{}, unknownOrder, false
	case month != 0:
		t, ok := d.named(month, f.numbers)
		return t, unknownOrder, ok
	}
	return d.numeric(f, weekday)
}

// dayFields are the meanings of a date's tokens.
type dayFields struct {
	numbers []dateToken
	marks   []rune // what stands after each number, 0 for nothing
	words   []dateWord
	last    dateToken
}

// add takes one token in and reports whether it may stand in a date.
func (f *dayFields) add(t dateToken) bool {
	last := f.last
	f.last = t
	switch t.kind {
	case number:
		return f.addNumber(t, last)
	case word:
		return f.addWord(t)
	case '-', '/', '.':
		f.mark(t.kind)
	case ',', ';', '׳', '॰', '\'', '’', '`', '|', '·', '•', '—', '@', '،':
		f.mark(',')
	case ':':
		// It is "Published: 10 May".
		return len(f.numbers) == 0
	default:
		return false
	}
	return true
}

func (f *dayFields) addNumber(t, last dateToken) bool {
	if last.kind == '-' && !t.space && (last.space || len(f.numbers)+len(f.words) == 0) {
		return false // a negative number
	}
	if len(t.text) == 8 && t.text >= "15" {
		for _, part := range []string{t.text[:4], t.text[4:6], t.text[6:]} {
			f.numbers = append(f.numbers, dateToken{kind: number, text: part, n: atoi(part)})
			f.marks = append(f.marks, '-')
		}
		return true
	}
	f.numbers = append(f.numbers, t)
	f.marks = append(f.marks, 0)
	return true
}

func (f *dayFields) addWord(t dateToken) bool {
	switch {
	case t.is("年", "月", "년", "월"):
		f.mark('年')
	case t.is("thang", "thg"):
		f.mark('月')
	default:
		w, ok := lookupDateWord(t.text)
		f.words = append(f.words, w)
		return ok
	}
	return true
}

// mark notes what stands after the last number. Several marks are as good as
// a comma.
func (f *dayFields) mark(m rune) {
	n := len(f.marks)
	switch {
	case n == 0:
	case f.marks[n-1] == 0:
		f.marks[n-1] = m
	default:
		f.marks[n-1] = ','
	}
}

// names finds the month and the weekday among the words; the weekday is
// negative when none is told. Some words are both: "mar." is a Tuesday in
// France where a month is told as well.
func (f *dayFields) names() (month time.Month, weekday int, ok bool) {
	for _, w := range f.words {
		if w.month == 0 || w.weekday != 0 {
			continue
		}
		if month != 0 && month != w.month {
			return 0, 0, false
		}
		month = w.month
	}
	weekday = -1
	for _, w := range f.words {
		switch {
		case w.weekday == 0:
		case w.month != 0 && month == 0 && len(f.numbers) < 3:
			month = w.month
		default:
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
	y, ok := d.year(year.text)
	if !ok || len(day.text) > 2 {
		return time.Time{}, false
	}
	t, ok := makeDay(y, month, day.n)
	if len(n) == 5 {
		again := fmt.Sprintf("%d/%d/%d", n[2].n, n[3].n, n[4].n)
		ok = ok && slices.Contains([]string{t.Format("1/2/2006"), t.Format("2/1/2006"), t.Format("2006/1/2")}, again)
	}
	return t, ok
}

// numeric reads a date without a month's name.
func (d dates) numeric(f dayFields, weekday int) (time.Time, order, bool) {
	n, marks := f.numbers, f.marks
	if len(n) == 0 {
		return time.Time{}, unknownOrder, false
	}
	var t time.Time
	var ok bool
	yearFirst := len(n[0].text) == 4
	switch {
	case len(n) == 1 && yearFirst:
		t, ok = makeDay(n[0].n, time.January, 1)
	case len(n) == 2 && yearFirst && (marks[0] == '年' || marks[0] == '/' && len(n[1].text) == 2):
		t, ok = makeDay(n[0].n, time.Month(n[1].n), 1)
	case len(n) == 3 && (marks[0] == '月' || marks[0] == marks[1] && (marks[0] != 0 || yearFirst)):
		return d.triple(n, marks[0], weekday)
	}
	return t, unknownOrder, ok
}

// reading is one way to read a numeric date.
type reading struct {
	day   time.Time
	order order
}

// triple reads three numbers. What can be read in two ways is decided by the
// weekday, then by the document's other dates, or not at all.
func (d dates) triple(n []dateToken, mark rune, weekday int) (time.Time, order, bool) {
	all := d.readings(n[0], n[1], n[2], mark)
	all = narrow(all, func(r reading) bool { return int(r.day.Weekday()) == weekday })
	all = narrow(all, func(r reading) bool { return d.order != unknownOrder && r.order == d.order })
	if len(all) == 0 {
		return time.Time{}, unknownOrder, false
	}
	r := all[0]
	for _, other := range all[1:] {
		if !other.day.Equal(r.day) {
			return time.Time{}, unknownOrder, false
		}
		r.order = unknownOrder
	}
	return r.day, r.order, true
}

// readings are all days that three numbers may be.
func (d dates) readings(a, b, c dateToken, mark rune) (all []reading) {
	try := func(year, month, day dateToken, o order) {
		y, ok := d.year(year.text)
		if !ok || len(month.text) > 3 || len(day.text) > 2 {
			return
		}
		if t, ok := makeDay(y, time.Month(month.n), day.n); ok {
			all = append(all, reading{t, o})
		}
	}
	switch {
	case len(a.text) > 2, mark == '年':
		try(a, b, c, unknownOrder)
	case mark == '.', mark == '月':
		// Always the day first, which tells nothing of other marks.
		try(c, b, a, unknownOrder)
	case mark == '-', mark == '/':
		try(c, b, a, dayFirst)
		try(c, a, b, monthFirst)
		if len(c.text) == 2 && (mark == '-' || len(a.text) == 2 && len(b.text) == 2) {
			try(a, b, c, unknownOrder)
		}
	}
	return all
}

// narrow keeps the readings that pass, or all when none does.
func narrow(all []reading, pass func(reading) bool) []reading {
	var passed []reading
	for _, r := range all {
		if pass(r) {
			passed = append(passed, r)
		}
	}
	if len(passed) == 0 {
		return all
	}
	return passed
}

// year reads a year of four digits or two; of two it takes the last one that
// is not in the future, if the web had begun.
func (d dates) year(digits string) (int, bool) {
	y := atoi(digits)
	switch len(digits) {
	case 4:
		return y, y > 0
	case 2:
		y += 2000
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
	return t, t.Year() == year && t.Month() == month && t.Day() == day
}
