package parse

import (
	"bytes"
	"iter"
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

	// never are the ends of constructs that do not come any more, so that they
	// are not searched for again and again.
	never [subsetEnd + 1]bool
}

// ends are the ends of constructs that may be long.
var ends = [...]string{sectionEnd: "]]>", commentEnd: "-->", instructionEnd: "?>", tagEnd: ">"}

const (
	sectionEnd = iota
	commentEnd
	instructionEnd
	tagEnd
	subsetEnd
)

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
		t.kind, t.name, t.end = l.markup(rest)
		t.end += t.start
	}
	l.pos = t.end
	return t, true
}

// markup reads what begins at the "<" that rest begins with, and returns how
// long it is.
func (l *lexer) markup(rest []byte) (kind, []byte, int) {
	switch {
	case len(rest) < 2:
		return stray, nil, 1
	case len(rest) >= len("<![CDATA[") && bytes.EqualFold(rest[:len("<![CDATA[")], []byte("<![CDATA[")):
		return l.until(rest, len("<![CDATA["), sectionEnd, cdata)
	case bytes.HasPrefix(rest, []byte("<!--")):
		return l.until(rest, len("<!--"), commentEnd, aside)
	case rest[1] == '?':
		return l.until(rest, len("<?"), instructionEnd, aside)
	case rest[1] == '!':
		return l.doctype(rest)
	case rest[1] == '/':
		n := nameEnd(rest, 2)
		if n == 2 {
			return stray, nil, 1
		}
		switch i := bytes.IndexAny(rest[n:], "<>"); {
		case i < 0:
			return unending, nil, len(rest)
		case rest[n+i] == '<': // </a<b>
			return end, rest[2:n], n + i
		default:
			return end, rest[2:n], n + i + 1
		}
	}
	n := nameEnd(rest, 1)
	if n == 1 {
		return stray, nil, 1
	}
	i := closing(rest, n)
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

// until reads a construct to its end, which comes at from or later.
func (l *lexer) until(rest []byte, from, end int, k kind) (kind, []byte, int) {
	if !l.never[end] {
		if i := bytes.Index(rest[from:], []byte(ends[end])); i >= 0 {
			return k, nil, from + i + len(ends[end])
		}
		l.never[end] = true
	}
	return unending, nil, len(rest)
}

// doctype reads a <!DOCTYPE …> with its internal subset.
func (l *lexer) doctype(rest []byte) (kind, []byte, int) {
	inSubset := false
	for i := len("<!"); i < len(rest) && !l.never[subsetEnd]; i++ {
		switch c := rest[i]; c {
		case '[':
			inSubset = true
		case ']':
			inSubset = false
		case '"', '\'':
			i = skipQuoted(rest, i, inSubset)
		case '<':
			switch {
			case bytes.HasPrefix(rest[i:], []byte("<!--")):
				_, _, size := l.until(rest[i:], len("<!--"), commentEnd, aside)
				i += size - 1
			case nameEnd(rest, i+1) > i+1: // an element: the subset was not closed
				l.never[subsetEnd] = true
			}
		case '>':
			if !inSubset {
				return aside, nil, i + 1
			}
		}
	}
	l.never[subsetEnd] = true
	return l.until(rest, len("<!"), tagEnd, aside)
}

// skipQuoted returns the index of the quote that ends the string which the one
// at i begins; i itself when that is never closed, as it seems.
func skipQuoted(rest []byte, i int, mayHoldTags bool) int {
	n := bytes.IndexByte(rest[i+1:min(len(rest), i+1+maxAttribute)], rest[i])
	if n < 0 {
		return i
	}
	inside := rest[i+1 : i+1+n]
	if end := bytes.IndexByte(inside, '>'); end >= 0 && !mayHoldTags && bytes.IndexByte(inside[end:], '<') >= 0 {
		return i
	}
	return i + 1 + n
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

// closing returns the index of the ">" that ends the tag whose name ends at
// from, or of a "<" outside of quotes that comes first, or -1. A quote that is
// never closed is no quote.
func closing(rest []byte, from int) int {
	for i := from; i < len(rest); i++ {
		switch rest[i] {
		case '>', '<':
			return i
		case '"', '\'':
			if rest[i-1] == '=' || isSpace(rest[i-1]) {
				i = skipQuoted(rest, i, false)
			}
		}
	}
	return -1
}

// maxAttribute bounds the length of one attribute's value in bytes. It also
// bounds how far a quote that is never closed is searched for.
const maxAttribute = 1 << 16

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// attr is an attribute as written.
type attr struct {
	name, raw []byte // raw is the value with its entities
	at, end   int    // its place in its tag
}

func (a attr) value() string { return unescape(a.raw) }

// attributes iterates over the attributes of a start or empty tag, at most
// MaxAttributes. It makes the best of quotes that are missing.
func attributes(tag []byte) iter.Seq[attr] {
	return func(yield func(attr) bool) {
		i := nameEnd(tag, 1)
		for range MaxAttributes {
			for i < len(tag) && nameEnd(tag, i) == i {
				i++
			}
			a := attr{at: i}
			i = nameEnd(tag, i)
			if i == a.at {
				return
			}
			a.name = tag[a.at:i]
			if j := skipSpace(tag, i); j < len(tag) && tag[j] == '=' {
				a.raw, i = attrValueAt(tag, skipSpace(tag, j+1))
			}
			a.end = i
			if !yield(a) {
				return
			}
		}
	}
}

// attrValueAt reads the value that begins at i, and returns where it ends.
func attrValueAt(tag []byte, i int) (value []byte, end int) {
	if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
		if n := bytes.IndexByte(tag[i+1:], tag[i]); n >= 0 {
			value = tag[i+1 : i+1+n]
			if cut := nextAttr(value); cut >= 0 {
				return value[:cut], i + 1 + cut
			}
			return value, i + n + 2
		}
		i++
	}
	end = i
	for end < len(tag) && !isSpace(tag[end]) && tag[end] != '>' {
		end++
	}
	return bytes.TrimSuffix(tag[i:end], []byte("/")), end
}

// nextAttr returns where, in a value without closing quote that reaches to the
// first quote of the next attribute, that attribute begins; else -1.
func nextAttr(value []byte) int {
	name, ok := bytes.CutSuffix(value, []byte("="))
	if !ok {
		return -1
	}
	cut := bytes.LastIndexAny(name, " \t\r\n")
	if cut < 0 || cut+1 == len(name) || nameEnd(name, cut+1) != len(name) {
		return -1
	}
	return cut
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

// localName returns a qualified name without its prefix.
func localName(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }
