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

// readZone reads the zone at i: +0200, GMT-01:01, UTC+2, CET, Etc/GMT,
// Eastern Daylight Time. A name after an offset only repeats it. No zone at
// all is fine; a wrong one is not.
func readZone(tokens []dateToken, i int) (z zone, to int, ok bool) {
	if i+1 < len(tokens) && tokens[i].is("etc") && tokens[i+1].kind == '/' {
		i += 2
	}
	z, i = zoneName(tokens, i)
	if i+1 >= len(tokens) || tokens[i].kind != '+' && tokens[i].kind != '-' || tokens[i+1].kind != number {
		return z, i, true
	}
	sign, digits := tokens[i].kind, tokens[i+1]
	hours, minutes := digits.n, 0
	switch {
	case len(digits.text) == 4 && z.east == 0:
		hours, minutes = digits.n/100, digits.n%100
	case len(digits.text) > 2:
		// asctime ends in the year, and "EST -2011" is no offset.
		return z, i, true
	}
	i += 2
	if markThenNumber(tokens, i, ':') && len(digits.text) <= 2 {
		minutes = tokens[i+1].n
		i += 2
	}
	z = zone{known: true, east: time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute}
	ok = minutes < 60 && z.east <= maxOffset
	if sign == '-' {
		z.east = -z.east
	}
	_, i = zoneName(tokens, i)
	return z, i, ok
}

// zoneName reads a zone's name at i, in one word or in words that end with
// "time".
func zoneName(tokens []dateToken, i int) (z zone, to int) {
	if i >= len(tokens) || tokens[i].kind != word {
		return z, i
	}
	name, to := tokens[i].text, i+1
	var initials strings.Builder
	for j := i; j < min(i+4, len(tokens)) && tokens[j].kind == word; j++ {
		initials.WriteByte(tokens[j].text[0])
		if tokens[j].is("time") {
			name, to = initials.String(), j+1
		}
	}
	if minutes, known := zones[name]; known {
		return zone{known: true, east: time.Duration(minutes) * time.Minute}, to
	}
	if len(name) == 1 && name >= "a" && name <= "z" && name != "j" {
		// RFC 5322 section 4.3: RFC 822 had the military zones the wrong way
		// round, so that they say no more than UTC.
		return zone{known: true}, to
	}
	return z, i
}

// lonelyZone finds a zone at the end of a date without a time of day and
// returns where it begins.
func lonelyZone(tokens []dateToken) (z zone, from int) {
	n := len(tokens)
	if n < 3 {
		return z, n
	}
	sign, last := tokens[n-2], tokens[n-1]
	if (sign.kind == '+' || sign.kind == '-') && sign.space && !last.space && len(last.text) == 4 {
		z, _, _ = readZone(tokens, n-2)
		return z, n - 2
	}
	if last.is("z", "ut", "utc", "gmt") {
		return zone{known: true}, n - 1
	}
	return z, n
}

// zones are the usual names and what they are ahead of UTC, in minutes. Where
// one name serves several zones, the one that news is written in most has it;
// the names without S or D are standard time.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "zulu": 0, "wet": 0, "uct": 0,

	"ndt": -150, "nst": -210, "adt": -180, "ast": -240, "at": -240,
	"edt": -240, "est": -300, "et": -300, "cdt": -300, "cst": -360, "ct": -360,
	"mdt": -360, "mst": -420, "mt": -420, "pdt": -420, "pst": -480, "pt": -480,
	"akdt": -480, "akst": -540, "hdt": -540, "hst": -600, "sst": -660,
	"art": -180, "brt": -180, "brst": -120, "clt": -240, "clst": -180, "cot": -300, "pet": -300,
	"bot": -240, "vet": -240, "uyt": -180, "gft": -180, "ect": -300,

	"bst": 60, "west": 60, "cet": 60, "met": 60, "mez": 60, "cest": 120, "mest": 120, "mesz": 120,
	"eet": 120, "eest": 180, "msk": 180, "msd": 240, "trt": 180, "fet": 180,
	"wat": 60, "cat": 120, "sast": 120, "eat": 180,
	"idt": 180, "irst": 210, "gst": 240, "azt": 240, "samt": 240, "aft": 270,
	"pkt": 300, "uzt": 300, "yekt": 300, "ist": 330, "npt": 345, "bdt": 360, "almt": 300, "omst": 360, "mmt": 390,
	"ict": 420, "wib": 420, "krat": 420, "novt": 420, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480, "wita": 480, "awst": 480, "irkt": 480,
	"jst": 540, "kst": 540, "wit": 540, "yakt": 540, "acst": 570, "aest": 600, "vlat": 600, "chst": 600,
	"acdt": 630, "aedt": 660, "magt": 660, "nzst": 720, "nzdt": 780,
}
