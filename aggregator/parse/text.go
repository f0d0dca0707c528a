package parse

import (
	"bytes"
	"html"
	"strings"
)

// characters returns what the raw inside of an element says: CDATA as it
// stands, entities resolved once, XML's and HTML's, nothing of comments and
// instructions. Markup inside is kept as it stands.
func characters(raw []byte) string {
	if bytes.IndexByte(raw, '<') < 0 {
		return unescape(raw)
	}
	l := lexer{data: raw}
	if t, ok := l.next(); ok && t.kind == cdata && t.end == len(raw) {
		return string(raw[len("<![CDATA[") : len(raw)-len("]]>")])
	}
	l = lexer{data: raw}
	var b strings.Builder
	for t, ok := l.next(); ok; t, ok = l.next() {
		switch piece := raw[t.start:t.end]; t.kind {
		case cdata:
			b.Write(piece[len("<![CDATA[") : len(piece)-len("]]>")])
		case aside:
		default:
			b.WriteString(unescape(piece))
		}
	}
	return b.String()
}

// maxEntity is the length of the longest named entity of HTML, with margin.
const maxEntity = 40

// unescape resolves entities that end in a semicolon. Without one an
// ampersand is an ampersand: "?a=1&copy=2" is a query, not a copyright sign.
func unescape(s []byte) string {
	i := bytes.IndexByte(s, '&')
	if i < 0 {
		return string(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i >= 0 {
		b.Write(s[:i])
		s = s[i:]
		if c, n := entity(s); n > 0 {
			b.WriteString(c)
			s = s[n:]
		} else {
			b.WriteByte('&')
			s = s[1:]
		}
		i = bytes.IndexByte(s, '&')
	}
	b.Write(s)
	return b.String()
}

// entity reads the entity that s begins with; n is 0 when there is none.
func entity(s []byte) (c string, n int) {
	end := bytes.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 0 {
		return "", 0
	}
	switch string(s[1:end]) { // nearly all there are
	case "lt":
		return "<", end + 1
	case "gt":
		return ">", end + 1
	case "amp":
		return "&", end + 1
	case "quot":
		return `"`, end + 1
	}
	c = html.UnescapeString(string(s[:end+1]))
	if strings.HasSuffix(c, ";") && c != ";" { // unknown, or known without the end: "&notit;"
		return "", 0
	}
	return c, end + 1
}
