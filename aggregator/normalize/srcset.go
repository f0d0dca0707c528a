package normalize

import (
	"strconv"
	"strings"
)

// maxCandidates is how many candidates of a srcset are kept.
const maxCandidates = 30

// spaces are the white space of HTML.
const spaces = " \t\n\f\r"

// srcset reads a srcset by the rules of HTML (section 4.8.4.2.1) and writes
// the candidates whose URL and descriptor are good.
func (c *cleaner) srcset(value string) string {
	var set strings.Builder
	for kept := 0; kept < maxCandidates; {
		value = strings.TrimLeft(value, spaces+",")
		if value == "" {
			break
		}
		end := strings.IndexAny(value, spaces)
		if end < 0 {
			end = len(value)
		}
		raw, descriptor := value[:end], ""
		value = value[end:]
		if trimmed := strings.TrimRight(raw, ","); trimmed != raw {
			raw = trimmed
		} else {
			descriptor, value = cutDescriptor(value)
		}
		u := absolute(raw, c.base)
		if u == "" || !isDescriptor(descriptor) || strings.HasPrefix(u, ",") || strings.HasSuffix(u, ",") {
			continue
		}
		if kept++; kept > 1 {
			set.WriteString(", ")
		}
		set.WriteString(u)
		if descriptor != "" {
			set.WriteString(" " + descriptor)
		}
	}
	return set.String()
}

// cutDescriptor cuts at the first comma outside of parentheses.
func cutDescriptor(value string) (descriptor, rest string) {
	depth := 0
	for i, r := range value {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case r == ',' && depth == 0:
			return strings.Trim(value[:i], spaces), value[i+1:]
		}
	}
	return strings.Trim(value, spaces), ""
}

// isDescriptor accepts a width (640w), a density (1.5x) or nothing.
func isDescriptor(d string) bool {
	if d == "" {
		return true
	}
	number, unit := d[:len(d)-1], d[len(d)-1]
	switch unit {
	case 'w':
		n, err := strconv.Atoi(number)
		return err == nil && n > 0
	case 'x':
		f, err := strconv.ParseFloat(number, 64)
		return err == nil && f > 0 && strings.Trim(number, "0123456789.") == ""
	}
	return false
}

func firstCandidate(set string) string {
	u, _, _ := strings.Cut(set, " ")
	return strings.TrimSuffix(u, ",")
}
