package normalize

import "strconv"

// expand sets apart the numbers that ISO 8601 and databases write without
// marks: 20200110T143300Z, 20200110143300, 2003335, 031231.
func (d dates) expand(tokens []dateToken) []dateToken {
	first := tokens[0]
	if first.kind != number {
		if len(tokens) == 2 && first.kind == '-' && len(tokens[1].text) == 4 {
			return append([]dateToken{first}, split(tokens[1].text, '-', 2, 2)...)
		}
		return tokens
	}
	var out []dateToken
	rest := tokens[1:]
	switch alone := len(rest) == 0; {
	case len(first.text) == 14:
		out = append(split(first.text[:8], '-', 4, 2, 2), split(first.text[8:], ':', 2, 2, 2)...)
	case len(first.text) == 12:
		out = append(split(first.text[:8], '-', 4, 2, 2), split(first.text[8:], ':', 2, 2)...)
	case len(first.text) == 8:
		out = split(first.text, '-', 4, 2, 2)
	case alone && len(first.text) == 7:
		out = split(first.text, '-', 4, 3)
	case alone && len(first.text) == 6:
		out = split(d.century(first.text), '-', 4, 2, 2)
	case alone && len(first.text) == 5 && first.text[0] == '0':
		// Without the zero it may as well be a spreadsheet's count of days.
		out = split(d.century(first.text), '-', 4, 3)
	default:
		return tokens
	}
	if len(rest) > 1 && rest[0].is("t") && rest[1].kind == number {
		switch clock := rest[1].text; len(clock) {
		case 6:
			out = append(out, split(clock, ':', 2, 2, 2)...)
			rest = rest[2:]
		case 4:
			out = append(out, split(clock, ':', 2, 2)...)
			rest = rest[2:]
		}
	}
	return append(out, rest...)
}

// century writes out a year of two digits. What is no year then stays none.
func (d dates) century(digits string) string {
	y, _ := d.year(dateToken{text: digits[:2], n: atoi(digits[:2])})
	return strconv.Itoa(y) + digits[2:]
}

// split cuts digits into numbers of these sizes with a mark between them.
func split(digits string, mark rune, sizes ...int) []dateToken {
	var out []dateToken
	for i, size := range sizes {
		if i > 0 {
			out = append(out, dateToken{kind: mark})
		}
		out = append(out, dateToken{kind: number, text: digits[:size], n: atoi(digits[:size]), space: i == 0})
		digits = digits[size:]
	}
	return out
}

// atoi is for digits that have been seen to be digits.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
