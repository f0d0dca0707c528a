package parse

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
)

// element is a child of an item as it stands in the bytes.
type element struct {
	space string // namespace name, or the prefix when that is not declared
	local string // in lower case
	tag   []byte // the start tag
	inner []byte
	at    int // where inner begins in the parent's bytes
}

func (e element) attr(name string) string { return attrValue(e.tag, name) }

// chars returns the element's character data, trimmed.
func (e element) chars() string { return strings.TrimSpace(characters(string(e.inner))) }

// rawItem is an item cut into its elements.
type rawItem struct {
	data     []byte
	self     []byte // its start tag
	elements []element
	in       scope // inside of it
}

// writeWithoutTexts writes the item with nothing inside of its texts.
func (r *rawItem) writeWithoutTexts(b *bytes.Buffer) {
	from := 0
	for _, e := range r.elements {
		if e.isText() {
			b.Write(r.data[from:e.at])
			from = e.at + len(e.inner)
		}
	}
	b.Write(r.data[from:])
}

// isText reports whether an element of an item is by its name a text that is
// read from the element itself.
func (e element) isText() bool {
	switch e.local {
	case "description", "encoded", "content", "summary", "body", "fullitem":
		switch e.vocabulary() {
		case "", "content", "dc", "atom", "xhtml":
			return true
		}
	}
	return false
}

// children lists the element's own children; in is the scope outside of it.
func (e element) children(in scope) []element {
	list, _, _ := children(slices.Concat(e.tag, e.inner, endTag(e.tag)), in)
	return list
}

// scope is what an element inherits.
type scope struct {
	base, lang string
	spaces     map[string]string // prefix to namespace name
}

// enter returns the scope inside an element with that start tag.
func (s scope) enter(tag []byte) scope {
	if !bytes.Contains(tag, []byte("xml")) {
		return s
	}
	copied := false
	for _, a := range attrs(tag) {
		switch {
		case a.name == "xml:base":
			s.base = resolve(s.base, strings.TrimSpace(a.value))
		case a.name == "xml:lang":
			s.lang = strings.TrimSpace(a.value)
		case a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:"):
			if !copied {
				s.spaces, copied = clone(s.spaces), true
			}
			prefix, local := split(a.name)
			if prefix == "" {
				local = ""
			}
			s.spaces[local] = a.value
		}
	}
	return s
}

func clone(m map[string]string) map[string]string {
	c := make(map[string]string, len(m)+2)
	for k, v := range m {
		c[k] = v
	}
	return c
}

// resolve joins an xml:base to the one outside of it, as far as both can be
// joined without the document's address.
func resolve(outer, inner string) string {
	if outer == "" || inner == "" {
		return outer + inner
	}
	o, err := url.Parse(outer)
	if err != nil {
		return inner
	}
	i, err := o.Parse(inner)
	if err != nil {
		return outer
	}
	return i.String()
}

// children lists the children of the element that raw is; in is the scope
// outside of it.
func children(raw []byte, in scope) (list []element, self []byte, inside scope) {
	l := lexer{data: raw}
	depth := 0
	var at token
	for {
		t, ok := l.next()
		if !ok {
			return list, self, inside
		}
		switch t.kind {
		case start, empty:
			switch depth {
			case 0:
				self = raw[t.start:t.end]
				inside = in.enter(self)
			case 1:
				at = t
				if t.kind == empty {
					list = append(list, newElement(raw, t, token{start: t.end, end: t.end}, inside))
				}
			}
			if t.kind == start {
				depth++
			}
		case end:
			depth--
			if depth == 1 {
				list = append(list, newElement(raw, at, t, inside))
			}
		}
	}
}

func newElement(raw []byte, open, close token, inside scope) element {
	e := element{tag: raw[open.start:open.end], inner: raw[open.end:close.start], at: open.end}
	prefix, local := split(string(open.name))
	e.local = strings.ToLower(local)
	space, ok := inside.spaces[prefix]
	if bytes.Contains(e.tag, []byte("xmlns")) {
		space, ok = inside.enter(e.tag).spaces[prefix]
	}
	if !ok {
		space = prefix
	}
	e.space = space
	return e
}

// blankBases overwrites the xml:base attributes in the start tags of raw down
// to the given depth with spaces. gofeed would resolve URLs and identifiers by
// them, and not as RFC 3986 has it.
func blankBases(raw []byte, depth int) {
	if !bytes.Contains(raw, []byte("xml:base")) {
		return
	}
	l := lexer{data: raw}
	d := 0
	for {
		t, ok := l.next()
		if !ok {
			return
		}
		switch t.kind {
		case start, empty:
			if d <= depth {
				for _, a := range attrs(raw[t.start:t.end]) {
					if a.name == "xml:base" {
						copy(raw[t.start+a.at:t.start+a.end], bytes.Repeat([]byte(" "), a.end-a.at))
					}
				}
			}
			if t.kind == start {
				d++
			}
		case end:
			d--
		}
	}
}
