package normalize

import (
	"strings"
	"time"
)

// zone is an offset from UTC.
type zone struct {
	known bool
	east  time.Duration
}

// maxOffset is the greatest offset in use: Kiribati's.
const maxOffset = 14 * time.Hour

// readZone reads the zone at i: +0200, GMT-01:01, UTC+2, CET, Etc/GMT-2,
// Eastern Daylight Time. What stands after an offset only repeats it. No zone
// at all is fine; a wrong one, or two that differ, is not. The letters of RFC
// 822 are zones after a time with seconds only: 5:30 p is none.
func readZone(tokens []dateToken, i int, letters bool) (z zone, to int, ok bool) {
	etc := i+1 < len(tokens) && tokens[i].is("etc") && tokens[i+1].kind == '/'
	if etc {
		i += 2
	}
	z, i = zoneName(tokens, i, letters)
	if again, to := zoneName(tokens, i, letters); again == z {
		i = to // "GMT UTC"
	}
	east, to, ok := readOffset(tokens, i)
	switch {
	case !ok || to == i:
		if !z.known && i < len(tokens) && tokens[i].kind == number && tokens[i].text == "0000" {
			return zone{known: true}, i + 1, true // its sign was lost in a URL
		}
		return z, i, ok
	case etc:
		east = -east // POSIX counts to the west
	case z.east != 0 && z.east != east:
		return z, to, false
	}
	_, to = zoneName(tokens, to, letters)
	if again, end, ok := readOffset(tokens, to); ok && again == east {
		to = end
	}
	return zone{known: true, east: east}, to, true
}

// readOffset reads the offset at i; without one to is i.
func readOffset(tokens []dateToken, i int) (east time.Duration, to int, ok bool) {
	if i+1 >= len(tokens) || tokens[i].kind != '+' && tokens[i].kind != '-' || tokens[i+1].kind != number || tokens[i+1].space {
		return 0, i, true
	}
	digits, to := tokens[i+1], i+2
	hours, minutes := digits.n, 0
	switch {
	case len(digits.text) > 4, len(digits.text) == 3 && digits.n%100 != 0 && digits.n%100 != 30:
		return 0, to, false // -120 may be minutes
	case len(digits.text) > 2:
		hours, minutes = digits.n/100, digits.n%100
	case markThenNumber(tokens, to, ':'):
		minutes = tokens[to+1].n
		to += 2
	}
	east = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	ok = hours <= 14 && minutes < 60 && east <= maxOffset
	if tokens[i].kind == '-' {
		east = -east
	}
	return east, to, ok
}

// zoneName reads a zone's name at i, in one word or in up to four of which the
// last is "time".
func zoneName(tokens []dateToken, i int, letters bool) (z zone, to int) {
	if i >= len(tokens) || tokens[i].kind != word {
		return z, i
	}
	name, to := tokens[i].text, i+1
	var words []string
	for j := i; j < min(i+4, len(tokens)) && tokens[j].kind == word; j++ {
		if tokens[j].is("time") {
			name, to = strings.Join(words, " "), j+1
			break
		}
		words = append(words, tokens[j].text)
	}
	if len(name) == 1 && name != "z" && (!letters || to < len(tokens)) {
		return z, i
	}
	minutes, known := zones[name]
	if !known {
		return z, i
	}
	return zone{known: true, east: time.Duration(minutes) * time.Minute}, to
}

// lonelyZone finds a zone at the end of a date without a time of day and
// returns where it begins.
func lonelyZone(tokens []dateToken) (z zone, from int) {
	n := len(tokens)
	for from := max(n-4, 1); from < n; from++ {
		switch t := tokens[from]; t.kind {
		case word:
			if len(t.text) < 3 && !t.is("z", "ut") {
				continue // AT and ET are words of dates
			}
		case '+', '-':
			// Shorter numbers and those that follow a dash may be of the date.
			if len(tokens[n-1].text) < 4 && from != n-4 || t.kind == '-' && !t.space {
				continue
			}
		default:
			continue
		}
		if z, to, ok := readZone(tokens, from, false); ok && z.known && to == n {
			return z, from
		}
	}
	return zone{}, n
}

// zones are the usual names and what they are ahead of UTC, in minutes. Where
// one name serves several zones, it is RFC 822's, or else the one that news is
// written in most: India's for IST, Britain's for BST. Names that no zone
// prevails in (ECT, SST, AMT) are not read. The names without S or D are
// standard time. The letters are those of RFC 822, which RFC 1123 found to be
// the reverse of what the military uses: see RFC 5322, section 4.3.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "zulu": 0, "wet": 0, "uct": 0,
	"greenwich mean": 0, "coordinated universal": 0, "universal": 0,

	"a": -60, "b": -120, "c": -180, "d": -240, "e": -300, "f": -360, "g": -420, "h": -480, "i": -540, "k": -600, "l": -660, "m": -720,
	"n": 60, "o": 120, "p": 180, "q": 240, "r": 300, "s": 360, "t": 420, "u": 480, "v": 540, "w": 600, "x": 660, "y": 720,

	"ndt": -150, "nst": -210, "adt": -180, "ast": -240, "at": -240,
	"edt": -240, "est": -300, "et": -300, "cdt": -300, "cst": -360, "ct": -360,
	"mdt": -360, "mst": -420, "mt": -420, "pdt": -420, "pst": -480, "pt": -480,
	"atlantic daylight": -180, "atlantic standard": -240, "eastern daylight": -240, "eastern standard": -300, "eastern": -300,
	"central daylight": -300, "central standard": -360, "central": -360, "mountain daylight": -360, "mountain standard": -420,
	"mountain": -420, "pacific daylight": -420, "pacific standard": -480, "pacific": -480,
	"akdt": -480, "akst": -540, "hdt": -540, "hst": -600, "hae": -240, "hne": -300,
	"art": -180, "brt": -180, "brst": -120, "clt": -240, "clst": -180, "cot": -300, "pet": -300,
	"bot": -240, "uyt": -180, "uyst": -120, "gyt": -240, "srt": -180, "gft": -180,

	"bst": 60, "west": 60, "cet": 60, "met": 60, "mez": 60, "cest": 120, "mest": 120, "mesz": 120,
	"british summer": 60, "western european": 0, "western european summer": 60,
	"central european": 60, "central european standard": 60, "central european summer": 120,
	"eastern european": 120, "eastern european standard": 120, "eastern european summer": 180,
	"eet": 120, "eest": 180, "oez": 120, "oesz": 180, "msk": 180, "msd": 240, "trt": 180, "fet": 180,
	"wat": 60, "cat": 120, "sast": 120, "wast": 120, "cvt": -60, "eat": 180,
	"idt": 180, "irst": 210, "gst": 240, "azt": 240, "samt": 240, "aft": 270,
	"irdt": 270, "mut": 240, "ret": 240, "sct": 240, "mvt": 300, "tjt": 300, "tmt": 300, "slst": 330, "btt": 360, "kgt": 360,
	"pkt": 300, "uzt": 300, "yekt": 300, "ist": 330, "india standard": 330, "npt": 345, "bdt": 360, "omst": 360, "mmt": 390,
	"ict": 420, "wib": 420, "krat": 420, "novt": 420, "china standard": 480, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480, "phst": 480,
	"bnt": 480, "ulat": 480, "wita": 480, "awst": 480, "irkt": 480,
	"jst": 540, "japan standard": 540, "kst": 540, "korea standard": 540, "wit": 540, "yakt": 540,
	"pgt": 600, "fjt": 720, "chast": 765, "chadt": 825, "awdt": 540, "acst": 570, "aest": 600, "vlat": 600, "chst": 600, "acdt": 630, "aedt": 660, "magt": 660, "nzst": 720, "nzdt": 780,
}
