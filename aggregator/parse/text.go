package parse

import (
	"html"
	"strings"
)

// characters returns what the raw inside of an element says: CDATA as it
// stands, entities resolved once, XML's and HTML's. Markup inside is kept as
// it stands.
func characters(raw string) string {
	if !strings.Contains(raw, "<![CDATA[") {
		return unescape(raw)
	}
	var b strings.Builder
	for raw != "" {
		before, rest, ok := strings.Cut(raw, "<![CDATA[")
		b.WriteString(unescape(before))
		if !ok {
			break
		}
		inside, after, _ := strings.Cut(rest, "]]>")
		b.WriteString(inside)
		raw = after
	}
	return b.String()
}

// maxEntity is the length of the longest named entity of HTML, with margin.
const maxEntity = 40

// unescape resolves entities that end in a semicolon. Without one an
// ampersand is an ampersand: "?a=1&copy=2" is a query, not a copyright sign.
func unescape(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i:]
		if c, n := entity(s); n > 0 {
			b.WriteString(c)
			s = s[n:]
		} else {
			b.WriteByte('&')
			s = s[1:]
		}
		i = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String()
}

// entity reads the entity that s begins with; n is 0 when there is none.
func entity(s string) (c string, n int) {
	end := strings.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 0 {
		return "", 0
	}
	c = html.UnescapeString(s[:end+1])
	if strings.HasSuffix(c, ";") && s[:end+1] != "&semi;" && s[:end+1] != "&#59;" {
		return "", 0
	}
	return c, end + 1
}
