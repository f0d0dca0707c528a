package parse

import (
	"bytes"
	"strings"
)

// kind is the kind of a token of XML.
type kind int

const (
	text     kind = iota
	start         // <a>
	end           // </a>
	empty         // <a/>
	cdata         // <![CDATA[…]]>
	aside         // comment, processing instruction, document type
	stray         // a "<" that starts nothing
	unending      // a construct that the document breaks off
)

// token is a piece of a document. The tokens of a document, put together, are
// the document.
type token struct {
	kind       kind
	start, end int
	name       []byte // of start, end and empty: as written, with prefix
}

// lexer cuts a document into tokens. It accepts any bytes, takes time linear
// in their number, and allocates nothing.
type lexer struct {
	data []byte
	pos  int
}

// next returns the next token; ok is false at the end of the document.
func (l *lexer) next() (t token, ok bool) {
	if l.pos >= len(l.data) {
		return token{}, false
	}
	t.start = l.pos
	rest := l.data[l.pos:]
	if rest[0] != '<' {
		t.kind = text
		t.end = len(l.data)
		if i := bytes.IndexByte(rest, '<'); i >= 0 {
			t.end = t.start + i
		}
	} else {
		t.kind, t.name, t.end = markup(rest)
		t.end += t.start
	}
	l.pos = t.end
	return t, true
}

// markup reads what begins at the "<" that rest begins with, and returns how
// long it is.
func markup(rest []byte) (kind, []byte, int) {
	switch {
	case len(rest) < 2:
		return stray, nil, 1
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return until(rest, "]]>", cdata)
	case bytes.HasPrefix(rest, []byte("<!--")):
		return until(rest, "-->", aside)
	case rest[1] == '?':
		return until(rest, "?>", aside)
	case rest[1] == '!':
		return doctype(rest)
	case rest[1] == '/':
		n := nameEnd(rest, 2)
		i := bytes.IndexByte(rest[n:], '>')
		switch {
		case n == 2:
			return stray, nil, 1
		case i < 0:
			return unending, nil, len(rest)
		case bytes.IndexByte(rest[n:n+i], '<') >= 0: // </a<b>
			return end, rest[2:n], n + bytes.IndexByte(rest[n:], '<')
		}
		return end, rest[2:n], n + i + 1
	}
	n := nameEnd(rest, 1)
	if n == 1 {
		return stray, nil, 1
	}
	i := tagEnd(rest, n)
	switch {
	case i < 0:
		return unending, nil, len(rest)
	case rest[i] == '<':
		return stray, nil, 1
	case rest[i-1] == '/':
		return empty, rest[1:n], i + 1
	}
	return start, rest[1:n], i + 1
}

func until(rest []byte, close string, k kind) (kind, []byte, int) {
	i := bytes.Index(rest, []byte(close))
	if i < 0 {
		return unending, nil, len(rest)
	}
	return k, nil, i + len(close)
}

// doctype reads a <!DOCTYPE …> with its internal subset.
func doctype(rest []byte) (kind, []byte, int) {
	depth := 0
	for i, c := range rest {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return aside, nil, i + 1
			}
		}
	}
	return unending, nil, len(rest)
}

// nameEnd returns where the name that starts at rest[from] ends; from itself
// when no name starts there.
func nameEnd(rest []byte, from int) int {
	i := from
	for ; i < len(rest); i++ {
		c := rest[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || c >= 0x80
		if !letter && (i == from || !(c >= '0' && c <= '9' || c == '-' || c == '.')) {
			break
		}
	}
	return i
}

// tagEnd returns the index of the ">" that ends the tag whose name ends at
// from, or of a "<" outside of quotes that comes first, or -1. A quote that is
// never closed is no quote.
func tagEnd(rest []byte, from int) int {
	for i := from; i < len(rest); i++ {
		switch c := rest[i]; c {
		case '>', '<':
			return i
		case '"', '\'':
			if rest[i-1] != '=' && !isSpace(rest[i-1]) {
				continue
			}
			if j := bytes.IndexByte(rest[i+1:], c); j >= 0 && j < maxAttribute {
				i += j + 1
			}
		}
	}
	return -1
}

// maxAttribute bounds the length of one attribute's value in bytes. It also
// bounds how far a quote that is never closed is searched for.
const maxAttribute = 1 << 16

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// attr is an attribute as written; at and end are its place in its tag.
type attr struct {
	name    string
	value   string // entities resolved
	at, end int
}

// attrs reads the attributes of a start or empty tag, at most MaxAttributes.
func attrs(tag []byte) []attr {
	var list []attr
	i := nameEnd(tag, 1)
	for i < len(tag) && len(list) < MaxAttributes {
		for i < len(tag) && nameEnd(tag, i) == i {
			i++
		}
		at := i
		i = nameEnd(tag, i)
		if i == at {
			break
		}
		name := string(tag[at:i])
		i = skipSpace(tag, i)
		if i >= len(tag) || tag[i] != '=' {
			list = append(list, attr{name: name, at: at, end: i})
			continue
		}
		i = skipSpace(tag, i+1)
		if i >= len(tag) {
			break
		}
		var value []byte
		if q := tag[i]; q == '"' || q == '\'' {
			j := bytes.IndexByte(tag[i+1:], q)
			if j < 0 {
				break
			}
			value = tag[i+1 : i+1+j]
			i += j + 2
		} else {
			j := i
			for j < len(tag) && !isSpace(tag[j]) && tag[j] != '>' {
				j++
			}
			value = tag[i:j]
			i = j
		}
		list = append(list, attr{name: name, value: unescape(string(value)), at: at, end: i})
	}
	return list
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// split cuts a qualified name into prefix and local name.
func split(name string) (prefix, local string) {
	if i := strings.IndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}
