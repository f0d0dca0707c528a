package normalize

import "time"

// clock is the time of day in a date.
type clock struct {
	told          bool
	sinceMidnight time.Duration
	zone          zone
}

// cutClock finds the time of day and the zone and returns the tokens without
// them. It is false when what looks like a time of day is none.
func cutClock(tokens []dateToken) (c clock, rest []dateToken, ok bool) {
	from, to, hms := findClock(tokens)
	if from < 0 {
		c.zone, to = lonelyZone(tokens)
		return c, tokens[:to], true
	}
	seconds := to-from >= len("h:m:s")
	var half dateToken
	if from > 0 && tokens[from-1].isHalf() {
		from--
		half = tokens[from]
	} else if to < len(tokens) && tokens[to].isHalf() {
		half = tokens[to]
		to++
	}
	if to < len(tokens) && tokens[to].is("uhr", "uur", "u", "h", "hr", "hrs", "hours", "hod", "val", "ч") {
		to++
	}
	c.told = true
	if c.sinceMidnight, ok = timeOfDay(hms, half); !ok {
		return c, nil, false
	}
	if c.zone, to, ok = readZone(tokens, to, seconds); !ok {
		return c, nil, false
	}
	if from > 0 && tokens[from-1].kind == ':' {
		from-- // "10/Oct/2018:14:30:00", "Time: 14:30"
	}
	// The comma keeps apart what stood before the time and after it.
	rest = append(rest, tokens[:from]...)
	rest = append(rest, dateToken{kind: ','})
	rest = append(rest, tokens[to:]...)
	if !c.zone.known {
		c.zone, to = lonelyZone(rest)
		rest = rest[:to]
	}
	return c, rest, true
}

// findClock returns the place and the parts of the first time of day, or a
// negative place.
func findClock(tokens []dateToken) (from, to int, hms [3]int) {
	for _, read := range []func([]dateToken, int) (int, [3]int){colonClock, wordClock, dottedClock} {
		for i, t := range tokens {
			if t.kind != number || len(t.text) > 2 || i > 0 && tokens[i-1].kind == '+' {
				continue
			}
			if to, hms := read(tokens, i); to > 0 {
				return i, to, hms
			}
		}
	}
	return -1, 0, hms
}

// colonClock reads 14:33, 14:33:00, 14:33:00.123 and 14:33:00:123 at i.
func colonClock(tokens []dateToken, i int) (to int, hms [3]int) {
	hms[0] = tokens[i].n
	to, part := i+1, 1
	for part < 3 && markThenNumber(tokens, to, ':') && len(tokens[to+1].text) <= 2 {
		hms[part] = tokens[to+1].n
		to, part = to+2, part+1
	}
	if part == 1 {
		return 0, hms
	}
	if i > 0 && tokens[i-1].kind == '-' && !tokens[i].space && (part == 2 || tokens[i-1].space) {
		return 0, hms // it has a sign, as in 2020-01-10-05:00
	}
	thousandths := markThenNumber(tokens, to, ':') && len(tokens[to+1].text) == 3
	if part == 3 && (thousandths || markThenNumber(tokens, to, '.') || markThenNumber(tokens, to, ',') && !tokens[to+1].space) {
		to += 2
	}
	return to, hms
}

// wordClock reads 14h33, 14時33分00秒 and 2 pm at i.
func wordClock(tokens []dateToken, i int) (to int, hms [3]int) {
	hms[0] = tokens[i].n
	to = i + 1
	switch {
	case to == len(tokens), i > 0 && tokens[i-1].kind == '.' && !tokens[i].space:
		return 0, hms
	case tokens[to].isHalf() && hms[0] <= 12:
		return to, hms
	case !tokens[to].is("h", "時", "uhr", "uur"):
		return 0, hms
	}
	to++
	for part, unit := range []string{"分", "秒"} {
		if to == len(tokens) || tokens[to].kind != number || len(tokens[to].text) > 2 {
			break
		}
		hms[part+1] = tokens[to].n
		if to++; to < len(tokens) && tokens[to].is(unit, "min", "m", "s") {
			to++
		}
	}
	return to, hms
}

// dottedClock reads 14.33, 14.33.00 and 02.33.00.123 PM at i, after a date or
// before a half of the day: elsewhere 14.33 is a day and a month.
func dottedClock(tokens []dateToken, i int) (to int, hms [3]int) {
	hms[0] = tokens[i].n
	to, part := i+1, 1
	for part < 3 && markThenNumber(tokens, to, '.') && len(tokens[to+1].text) == 2 && !tokens[to+1].space {
		hms[part] = tokens[to+1].n
		to, part = to+2, part+1
	}
	if part == 3 && markThenNumber(tokens, to, '.') && len(tokens[to+1].text) >= 3 {
		to += 2
	}
	afterDate := i >= len("1.2") && tokens[i].space && tokens[i-1].kind != '.'
	beforeHalf := to < len(tokens) && tokens[to].isHalf()
	if part == 1 || markThenNumber(tokens, to, '.') || !afterDate && !beforeHalf {
		return 0, hms
	}
	return to, hms
}

func markThenNumber(tokens []dateToken, i int, mark rune) bool {
	return i+1 < len(tokens) && tokens[i].kind == mark && tokens[i+1].kind == number
}

func (t dateToken) isMorning() bool {
	return t.is("am", "midnight", "오전", "πμ", "ص", "صباحا")
}

func (t dateToken) isAfternoon() bool {
	return t.is("pm", "noon", "오후", "μμ", "م", "مساء")
}

func (t dateToken) isHalf() bool { return t.isMorning() || t.isAfternoon() }

// timeOfDay checks a time of day: 24:00:00 ends a day, :60 is a leap second,
// and an afternoon may be told of the hours after 12 as well.
func timeOfDay(hms [3]int, half dateToken) (time.Duration, bool) {
	h, m, s := hms[0], hms[1], hms[2]
	switch {
	case half.isMorning() && h > 12:
		return 0, false
	case half.isMorning() && h == 12:
		h = 0
	case half.isAfternoon() && h < 12:
		h += 12
	}
	ok := m < 60 && s <= 60 && (h < 24 || h == 24 && m == 0 && s == 0)
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second, ok
}
