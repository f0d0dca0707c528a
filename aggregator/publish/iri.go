package publish

import (
	"fmt"
	"strings"
)

// legalURL returns a URL without what no IRI may have where it stands (RFC 3987
// section 2.2): the store keeps URLs as sources give them, browsers take them as
// they are, but a validator, and a reader that goes by it, does not.
func legalURL(s string) string {
	s = legal(s)
	if !strings.ContainsAny(s, "[]#%|^`{}\\\"<> ") {
		return s
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = i
	}
	var b strings.Builder
	b.WriteString(scheme + "://" + rest[:host])
	fragment := false
	for i := host; i < len(rest); i++ {
		switch c := rest[i]; {
		case strings.IndexByte("[]|^`{}\\\"<> ", c) >= 0, c == '#' && fragment, c == '%' && !isEscape(rest[i:]):
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			fragment = fragment || c == '#'
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isEscape(s string) bool { return len(s) >= 3 && isHex(s[1]) && isHex(s[2]) }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
