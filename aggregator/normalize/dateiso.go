package normalize

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The forms of a date in ISO 8601, with a zero for each digit, and the layouts
// that read them.
var (
	isoDays = map[string]string{
		"0000-00-00": "2006-01-02",
		"00000000":   "20060102",
		"0000-000":   "2006-002",
		"0000000":    "2006002",
	}
	isoMonths = map[string]string{
		"0000-00": "2006-01",
		"0000":    "2006",
	}
)

var (
	// isoWeek is a week or a day of it.
	isoWeek = regexp.MustCompile(`^(\d{4})-?w(\d\d)(?:-?([1-7]))?$`)

	// isoClock is a time of day and what may be its zone.
	isoClock = regexp.MustCompile(`^(t)? ?(\d\d)(?::?(\d\d)(?::?(\d\d))?)?(?:[.,](\d{1,9}))?(\D.*)?$`)
)

// iso reads ISO 8601, basic and extended.
func (d dates) iso(s string) (time.Time, bool) {
	end := strings.IndexByte(s, 't')
	if len(s) > 8 && digitShape(s[:8]) == "00000000" {
		end = 8
	}
	if end < 0 {
		end = len(s)
	}
	date, clock := s[:end], s[end:]
	day, whole, ok := d.isoDay(date, clock != "")
	if !ok || clock == "" {
		return day, ok
	}
	since, ok := isoTime(clock)
	return day.Add(since), ok && whole
}

// isoDay reads a date. It is not whole when it is a month or a year.
func (d dates) isoDay(date string, timed bool) (day time.Time, whole, ok bool) {
	date = d.fullYear(date, timed)
	if m := isoWeek.FindStringSubmatch(date); m != nil {
		day, ok = weekDay(atoi(m[1]), atoi(m[2]), max(atoi(m[3]), 1))
		return day, m[3] != "", ok
	}
	shape := digitShape(date)
	layout, whole := isoDays[shape]
	if !whole {
		layout = isoMonths[shape]
	}
	day, err := time.Parse(layout, date)
	if strings.Trim(shape, "0") == "" && (day.Year() < 1500 || day.Year() > d.now.Year()+1) {
		// More likely it is some other number.
		return day, whole, false
	}
	return day, whole, err == nil
}

// fullYear writes out the year of a date that lacks its century. What has six
// digits may be a year and a month, too, and is left alone then.
func (d dates) fullYear(date string, timed bool) string {
	switch shape := digitShape(date); {
	case shape == "-00-00", shape == "-0000":
		return "20" + date[1:3] + "-" + date[len(date)-2:]
	case shape == "000000" && (timed || date[:2] != "20" || date[4:] > "12"),
		shape == "00-00-00" && timed,
		shape == "00000" && date[0] == '0',
		shape == "00-000":
		year, _ := d.year(date[:2])
		return strconv.Itoa(year) + date[2:]
	}
	return date
}

// weekDay is a day of a week of the year that holds most of the week.
func weekDay(year, week, day int) (time.Time, bool) {
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC) // always in the first week
	t := fourth.AddDate(0, 0, 7*(week-1)+day-isoWeekday(fourth))
	y, w := t.ISOWeek()
	return t, y == year && w == week
}

// isoWeekday counts from Monday, which is 1.
func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// isoTime reads a time of day and its zone and returns what has passed since
// midnight in UTC.
func isoTime(s string) (time.Duration, bool) {
	m := isoClock.FindStringSubmatch(s)
	if m == nil || m[1] == "" && m[3] == "" {
		return 0, false
	}
	since, ok := timeOfDay([3]int{atoi(m[2]), atoi(m[3]), atoi(m[4])}, dateToken{})
	var unit time.Duration // of the fraction; that of a second is dropped
	switch {
	case m[3] == "":
		unit = time.Hour
	case m[4] == "":
		unit = time.Minute
	}
	fraction, _ := strconv.ParseFloat("0."+m[5], 64)
	since += time.Duration(fraction * float64(unit)).Round(time.Millisecond).Truncate(time.Second)
	tokens := scanDate(m[6])
	z, to, known := readZone(tokens, 0, m[4] != "")
	return since - z.east, ok && since <= 24*time.Hour && known && to == len(tokens)
}

// digitShape writes a zero for each digit.
func digitShape(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s)
}

// atoi is for digits that have been seen to be few; it is zero for none.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
