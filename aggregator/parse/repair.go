package parse

import (
	"bytes"
	"encoding/binary"
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// repair rewrites data, which begins with the root element, so that it is well
// formed and within the bounds: characters that XML forbids are dropped, a "<"
// that starts nothing becomes text, elements are closed where an end tag is
// missing, end tags that close nothing go, and CDATA becomes text. Of an item
// that the document breaks off the whole elements are kept, if its name and
// its title are among them. The result is for an item element of the given
// local name.
func repair(data []byte, item string) (repaired []byte, warning string) {
	r := repairer{item: []byte(item), openItem: -1}
	r.out.Grow(len(data) + len(data)/16)
	l := lexer{data: data}
	for {
		t, ok := l.next()
		if ok && t.kind == unending {
			if opening := withoutEnd(data[t.start:]); opening > 0 {
				l.pos = t.start + opening
				continue
			}
		}
		if !ok && r.ended && r.openItem < 0 {
			r.closeTo(0)
			return r.out.Bytes(), "damaged markup was repaired"
		}
		if !ok || t.kind == unending {
			r.breakOff()
			return r.out.Bytes(), "the document was cut short or damaged; what could be saved was read"
		}
		r.token(t, data[t.start:t.end])
	}
}

// withoutEnd returns the length of what opens a section, comment or
// instruction that is never closed, so that what follows is read; 0 for
// anything else.
func withoutEnd(rest []byte) int {
	for _, opening := range []string{"<![CDATA[", "<!--", "<?", "<!"} {
		if bytes.HasPrefix(rest, []byte(opening)) {
			return len(opening)
		}
	}
	return 0
}

type repairer struct {
	out      bytes.Buffer
	open     [][]byte
	over     int // open elements beyond MaxDepth, left out
	item     []byte
	openItem int // index in open of the item at hand, or -1
	itemAt   int // where it begins in out
	wholeAt  int // where its last whole child ends in out
	named    bool
	titled   bool
	ended    bool // the root's end tag was there
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
		r.closeFields(t.name)
		if r.over == 0 {
			writeLegal(&r.out, raw)
			r.whole(t.name)
		}
	case start:
		r.closeFields(t.name)
		r.start(t.name, raw)
	case end:
		r.end(t.name)
	}
}

func (r *repairer) start(name, raw []byte) {
	local := localName(name)
	isItem := bytes.EqualFold(local, r.item)
	if isItem && r.openItem >= 0 && len(r.open) > r.openItem {
		r.closeTo(r.openItem)
	}
	switch {
	case len(r.open) > 0 && bytes.EqualFold(name, r.open[0]), r.inChannel() && bytes.EqualFold(name, r.open[1]):
		return // the document begins again
	case len(r.open) >= MaxDepth:
		r.over++
		return
	case isVoid(local):
		writeLegal(&r.out, raw[:len(raw)-1])
		r.out.WriteString("/>")
		return
	case isItem && r.openItem < 0 && (len(r.open) == 1 || len(r.open) == 2):
		r.openItem, r.itemAt = len(r.open), r.out.Len()
		r.named, r.titled = false, false
	}
	writeLegal(&r.out, raw)
	r.open = append(r.open, name)
}

// closeFields closes the fields that lack their end tag, as it seems where a
// field begins inside of them that cannot be there.
func (r *repairer) closeFields(next []byte) {
	for len(r.open) > 0 && !mayHold(r.open[len(r.open)-1], next) {
		r.closeTo(len(r.open) - 1)
	}
}

// mayHold reports whether an element may stand inside of another one.
func mayHold(outer, inner []byte) bool {
	inside := fieldKinds[lowerLocal(inner)]
	if inside == noField || inside == partField {
		return true
	}
	switch fieldKinds[lowerLocal(outer)] {
	case shortField, htmlField, partField:
		return bytes.EqualFold(outer, inner) && bytes.IndexByte(outer, ':') > 0 // itunes:category
	case longField, summaryField:
		return inside == htmlField || inside == summaryField
	}
	return true
}

// end closes what an end tag closes. The root and the channel stay open to the
// end of the document: there may be more of them.
func (r *repairer) end(name []byte) {
	if r.over > 0 {
		r.over--
		return
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		if bytes.EqualFold(r.open[i], name) {
			frame := 1
			if r.inChannel() {
				frame = 2
			}
			r.closeTo(max(i, frame))
			r.ended = r.ended || i == 0
			return
		}
	}
}

func (r *repairer) inChannel() bool {
	return len(r.open) > 1 && bytes.EqualFold(localName(r.open[1]), []byte("channel"))
}

// closeTo closes the open elements from the i-th on.
func (r *repairer) closeTo(i int) {
	for len(r.open) > i {
		name := r.open[len(r.open)-1]
		r.open = r.open[:len(r.open)-1]
		r.out.WriteString("</")
		r.out.Write(name)
		r.out.WriteString(">")
		r.whole(name)
	}
	if len(r.open) <= r.openItem {
		r.openItem = -1
	}
}

// whole notes that an element of that name has come to its end.
func (r *repairer) whole(name []byte) {
	if r.openItem < 0 || len(r.open) != r.openItem+1 {
		return
	}
	r.wholeAt = r.out.Len()
	switch strings.ToLower(string(name)) {
	case "guid", "id", "link":
		r.named = true
	case "title":
		r.titled = true
	}
}

// breakOff ends the document where its bytes end.
func (r *repairer) breakOff() {
	switch {
	case r.openItem < 0:
	case r.named && r.titled:
		r.out.Truncate(r.wholeAt)
		r.open = r.open[:r.openItem+1]
	default:
		r.out.Truncate(r.itemAt)
		r.open = r.open[:r.openItem]
	}
	r.closeTo(0)
}

// fieldKind tells what may stand inside of an element.
type fieldKind int

const (
	noField      fieldKind = iota // nothing is known of it
	shortField                    // no other field
	longField                     // markup, but no other field
	htmlField                     // as shortField, and HTML has an element of that name
	summaryField                  // as longField, and HTML has an element of that name
	partField                     // as shortField, and part of a field
	fullField                     // other fields
)

// fieldKinds are the elements of an item or header, in whatever vocabulary.
var fieldKinds = kinds(map[fieldKind]string{
	shortField: "author contributor guid id creator pubdate published issued updated modified created date category subject enclosure comments language " +
		"generator docs ttl managingeditor webmaster lastbuilddate tagline logo icon",
	longField:    "description content encoded rights copyright",
	htmlField:    "title link subtitle",
	summaryField: "summary",
	partField:    "name email uri url homepage",
	fullField:    "item entry channel",
})

func kinds(names map[fieldKind]string) map[string]fieldKind {
	kinds := map[string]fieldKind{}
	for kind, list := range names {
		for name := range strings.FieldsSeq(list) {
			kinds[name] = kind
		}
	}
	return kinds
}

func lowerLocal(name []byte) string { return strings.ToLower(string(localName(name))) }

// isVoid reports whether an element is one of HTML that has no end tag and no
// meaning in a feed: markup that a source forgot to escape.
func isVoid(local []byte) bool {
	switch strings.ToLower(string(local)) {
	case "br", "hr", "img", "wbr", "input":
		return true
	}
	return false
}

// hasIllegal reports whether data, valid UTF-8, has characters that XML 1.0
// forbids (section 2.2), as they stand or as references.
func hasIllegal(data []byte) bool {
	if hasControl(data) || hasNoncharacter(data) {
		return true
	}
	for i := bytes.Index(data, []byte("&#")); i >= 0; {
		if c, n := entity(data[i:]); n > 0 && !isLegal(c) {
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

// hasControl reports whether there is a control character in data that is no
// white space. It looks at eight bytes at once where none of them is either.
func hasControl(data []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for len(data) >= 8 {
		if x := binary.LittleEndian.Uint64(data); (x-' '*ones)&^x&highs != 0 && slices.ContainsFunc(data[:8], isControl) {
			return true
		}
		data = data[8:]
	}
	return slices.ContainsFunc(data, isControl)
}

// hasNoncharacter reports whether U+FFFE or U+FFFF stands in data.
func hasNoncharacter(data []byte) bool {
	for {
		i := bytes.Index(data, []byte("\xEF\xBF"))
		if i < 0 || i+2 == len(data) {
			return false
		}
		if data[i+2] >= 0xBE {
			return true
		}
		data = data[i+2:]
	}
}

func isControl(c byte) bool { return c < ' ' && !isSpace(c) }

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
	from := 0
	for i := 0; i < len(raw); {
		n, legal := 1, raw[i] >= 0x20 || isSpace(raw[i])
		switch {
		case raw[i] == '&' && i+1 < len(raw) && raw[i+1] == '#':
			if c, size := entity(raw[i:]); size > 0 && !isLegal(c) {
				n, legal = size, false
			}
		case raw[i] == 0xEF:
			var r rune
			r, n = utf8.DecodeRune(raw[i:])
			legal = r != 0xFFFE && r != 0xFFFF
		}
		if !legal {
			out.Write(raw[from:i])
			from = i + n
		}
		i += n
	}
	out.Write(raw[from:])
}
