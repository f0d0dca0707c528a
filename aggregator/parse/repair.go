package parse

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"
)

// repair rewrites data, which begins with the root element, so that it is well
// formed enough for gofeed and within the bounds: characters that XML forbids
// are dropped, a "<" that starts nothing becomes text, elements are closed
// where an end tag is missing, end tags that close nothing go, and CDATA
// becomes text. An item
// that the document breaks off is left out. The result is for an item element
// of the given local name.
func repair(data []byte, item string) (repaired []byte, warning string) {
	r := repairer{item: item, openItem: -1}
	r.out.Grow(len(data) + len(data)/16)
	l := lexer{data: data}
	for {
		t, ok := l.next()
		if !ok || t.kind == unending {
			r.breakOff()
			return r.out.Bytes(), "the document was cut short or damaged; what could be saved was read"
		}
		r.token(t, data[t.start:t.end])
		if len(r.open) == 0 && r.out.Len() > 0 {
			return r.out.Bytes(), "damaged markup was repaired"
		}
	}
}

type repairer struct {
	out      bytes.Buffer
	open     [][]byte
	over     int // open elements beyond MaxDepth, left out
	item     string
	openItem int // index in open of the item at hand, or -1
	itemAt   int // where it begins in out
}

func (r *repairer) token(t token, raw []byte) {
	switch t.kind {
	case text:
		writeLegal(&r.out, raw)
	case cdata:
		inside := raw[len("<![CDATA[") : len(raw)-len("]]>")]
		writeLegal(&r.out, []byte(html.EscapeString(string(inside))))
	case stray:
		r.out.WriteString("&lt;")
		writeLegal(&r.out, raw[1:])
	case empty:
		if r.over == 0 {
			writeLegal(&r.out, raw)
		}
	case start:
		r.start(t.name, raw)
	case end:
		r.end(t.name)
	}
}

func (r *repairer) start(name, raw []byte) {
	_, local := split(string(name))
	isItem := strings.EqualFold(local, r.item)
	if isItem && r.openItem >= 0 && len(r.open) > r.openItem {
		r.closeTo(r.openItem)
	}
	switch {
	case len(r.open) >= MaxDepth:
		r.over++
		return
	case isVoid(local):
		writeLegal(&r.out, raw[:len(raw)-1])
		r.out.WriteString("/>")
		return
	case isItem && r.openItem < 0 && (len(r.open) == 1 || len(r.open) == 2):
		r.openItem, r.itemAt = len(r.open), r.out.Len()
	}
	writeLegal(&r.out, raw)
	r.open = append(r.open, name)
}

func (r *repairer) end(name []byte) {
	if r.over > 0 {
		r.over--
		return
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		if bytes.EqualFold(r.open[i], name) {
			r.closeTo(i)
			return
		}
	}
}

// closeTo closes the open elements from the i-th on.
func (r *repairer) closeTo(i int) {
	for len(r.open) > i {
		r.out.WriteString("</")
		r.out.Write(r.open[len(r.open)-1])
		r.out.WriteString(">")
		r.open = r.open[:len(r.open)-1]
	}
	if len(r.open) <= r.openItem {
		r.openItem = -1
	}
}

// breakOff ends the document where its bytes end.
func (r *repairer) breakOff() {
	if r.openItem >= 0 {
		r.out.Truncate(r.itemAt)
		r.open = r.open[:r.openItem]
	}
	r.closeTo(0)
}

// isVoid reports whether an element is one of HTML that has no end tag and no
// meaning in a feed: markup that a source forgot to escape.
func isVoid(local string) bool {
	switch strings.ToLower(local) {
	case "br", "hr", "img", "wbr", "input":
		return true
	}
	return false
}

// hasIllegal reports whether data, valid UTF-8, has characters that XML 1.0
// forbids (section 2.2), as they stand or as references.
func hasIllegal(data []byte) bool {
	for i, c := range data {
		switch {
		case c < 0x20 && !isSpace(c):
			return true
		case c == 0xEF && i+2 < len(data) && data[i+1] == 0xBF && data[i+2] >= 0xBE:
			return true
		}
	}
	for i := bytes.Index(data, []byte("&#")); i >= 0; {
		if c, n := entity(string(data[i:min(len(data), i+maxEntity)])); n > 0 && !isLegal(c) {
			return true
		}
		j := bytes.Index(data[i+2:], []byte("&#"))
		if j < 0 {
			break
		}
		i += 2 + j
	}
	return false
}

func isLegal(s string) bool {
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

// writeLegal writes raw without characters and references that XML forbids.
func writeLegal(out *bytes.Buffer, raw []byte) {
	for i := 0; i < len(raw); {
		if raw[i] == '&' && i+1 < len(raw) && raw[i+1] == '#' {
			if c, n := entity(string(raw[i:min(len(raw), i+maxEntity)])); n > 0 && !isLegal(c) {
				i += n
				continue
			}
		}
		r, n := utf8.DecodeRune(raw[i:])
		if r >= 0x20 && r != 0xFFFE && r != 0xFFFF || r < 0x20 && isSpace(byte(r)) {
			out.Write(raw[i : i+n])
		}
		i += n
	}
}
