package normalize

import "time"

// numeric reads a date without words.
func (d dates) numeric(f dayFields, weekday int) (time.Time, order, bool) {
	n := f.numbers
	var t time.Time
	ok := false
	switch {
	case len(n) == 1 && len(n[0].text) == 4:
		t, ok = makeDay(n[0].n, time.January, 1)
	case len(n) == 2 && len(n[0].text) == 4 && len(n[1].text) == 3 && f.between[0] == '-':
		t, ok = makeDay(n[0].n, time.January, 1)
		t = t.AddDate(0, 0, n[1].n-1)
		ok = ok && n[1].n > 0 && t.Year() == n[0].n
	case len(n) == 2 && len(n[0].text) == 4 && len(n[1].text) == 2 && (f.between[0] == '-' || f.between[0] == '/'):
		t, ok = makeDay(n[0].n, time.Month(n[1].n), 1)
	case len(n) == 3 && n[0].text == "" && len(n[1].text) == 2 && len(n[2].text) == 2 && f.between[1] == '-':
		t, ok = makeDay(2000+n[1].n, time.Month(n[2].n), 1)
	case len(n) == 3 && f.between[0] != 0 && f.between[0] == f.between[1]:
		return d.triple(n, f.between[0], weekday)
	}
	return t, unknownOrder, ok
}

// triple reads three numbers. What can be read in two ways is decided by the
// weekday, then by the document's other dates, or not at all.
func (d dates) triple(n []dateToken, mark rune, weekday int) (time.Time, order, bool) {
	type reading struct {
		day   time.Time
		order order
	}
	var all, fit []reading
	try := func(year, month, day dateToken, o order) {
		if y, ok := d.year(year); ok && len(month.text) <= 3 && len(day.text) <= 2 {
			if t, ok := makeDay(y, time.Month(month.n), day.n); ok {
				all = append(all, reading{t, o})
			}
		}
	}
	a, b, c := n[0], n[1], n[2]
	switch {
	case len(a.text) > 2:
		try(a, b, c, unknownOrder)
	case mark == '.':
		try(c, b, a, dayFirst)
	case mark == '-' || mark == '/':
		try(c, b, a, dayFirst)
		try(c, a, b, monthFirst)
		if len(c.text) == 2 && (mark == '-' || len(a.text) == 2 && len(b.text) == 2) {
			try(a, b, c, unknownOrder)
		}
	}
	if len(all) > 1 && all[0].day.Equal(all[1].day) {
		all = all[1:]
		all[0].order = unknownOrder
	}
	for _, r := range all {
		if int(r.day.Weekday()) == weekday {
			fit = append(fit, r)
		}
	}
	for _, r := range all {
		if len(fit) == 0 && d.order != unknownOrder && r.order == d.order {
			fit = append(fit, r)
		}
	}
	if len(fit) == 0 {
		fit = all
	}
	if len(fit) != 1 {
		return time.Time{}, unknownOrder, false
	}
	if mark == '.' {
		// Dots are always day first and tell nothing of slashes.
		fit[0].order = unknownOrder
	}
	return fit[0].day, fit[0].order, true
}
