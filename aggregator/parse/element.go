package parse

import (
	"bytes"
	"net/url"
	"strings"
)

// MaxElements is how many children of one element are read.
const MaxElements = 2000

// element is a child of an item as it stands in the bytes.
type element struct {
	space string // namespace name, or the prefix when that is not declared
	tag   []byte // the start tag
	inner []byte
	at    int // where inner begins in the parent's bytes
	*qname
}

func (e element) attr(name string) string { return attrValue(e.tag, name) }

// chars returns the element's character data, trimmed.
func (e element) chars() string { return strings.TrimSpace(characters(bytes.TrimSpace(e.inner))) }

// rawItem is an item cut into its elements.
type rawItem struct {
	self     []byte // its start tag
	elements []field
	in       scope // inside of it
}

// children lists the element's own children; in is the scope outside of it.
func (e element) children(in scope) []field {
	return childrenIn(nil, e.inner, 0, in.enter(e.tag))
}

// scope is what an element inherits.
type scope struct {
	base, lang string
	part       string            // what elements within the item add to its base
	spaces     map[string]string // prefix to namespace name
	names      map[string]*qname // as written; nil to keep none
}

// NoLanguage is the language where xml:lang is empty: that of the elements
// outside does not count any more (XML 1.0 section 2.12).
const NoLanguage = "und"

// enter returns the scope inside an element with that start tag.
func (s scope) enter(tag []byte) scope {
	if !bytes.Contains(tag, []byte("xml")) {
		return s
	}
	copied := false
	for a := range attributes(tag) {
		switch prefix, local := split(string(a.name)); {
		case prefix == "xml" && local == "base":
			s.base, s.part = resolve(s.base, a.value()), resolve(s.part, a.value())
		case prefix == "xml" && local == "lang":
			s.lang = either(strings.TrimSpace(a.value()), NoLanguage)
		case prefix == "xmlns" || prefix == "" && local == "xmlns":
			if !copied {
				s.spaces, copied = clone(s.spaces), true
			}
			if prefix == "" {
				local = ""
			}
			s.spaces[local] = strings.TrimSpace(a.value())
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

// resolve joins an xml:base to the one outside of it. One that is no web
// address does not count.
func resolve(outer, inner string) string {
	inner = strings.TrimSpace(inner)
	if len(outer)+len(inner) > maxReference {
		return outer
	}
	u, err := url.Parse(inner)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return outer
	}
	return join(outer, inner)
}

// maxReference bounds a base and a reference that is joined to it, in bytes.
const maxReference = 4 << 10

// join makes a reference absolute (RFC 3986 section 5.2), as far as that can be
// done without the document's address.
func join(base, reference string) string {
	reference = strings.TrimSpace(reference)
	switch {
	case reference == "":
		return base
	case base == "" || len(base)+len(reference) > maxReference:
		return reference
	}
	r, err := url.Parse(reference)
	if err != nil || r.Scheme != "" {
		return reference
	}
	if b, err := url.Parse(base); err == nil && b.Host != "" {
		return b.ResolveReference(r).String()
	}
	if strings.HasPrefix(reference, "/") {
		return reference
	}
	return base[:strings.LastIndexByte(base, '/')+1] + reference
}

// children appends the children of the element that raw is to a list; in is the
// scope outside of it.
func children(list []field, raw []byte, in scope) (_ []field, self []byte, inside scope) {
	l := lexer{data: raw}
	for t, ok := l.next(); ok; t, ok = l.next() {
		if t.kind == start || t.kind == empty {
			self = raw[t.start:t.end]
			inside = in.enter(self)
			inside.part = ""
			if t.kind == start {
				list = childrenIn(list, raw, t.end, inside)
			}
			break
		}
	}
	return list, self, inside
}

// childrenIn appends the elements in raw from a place on, to the end tag of the
// element around them. They have no names yet.
func childrenIn(list []field, raw []byte, from int, inside scope) []field {
	l := lexer{data: raw, pos: from}
	depth := 0
	var open token
	for len(list) < MaxElements {
		t, ok := l.next()
		if !ok {
			break
		}
		switch t.kind {
		case empty:
			if depth == 0 {
				list = append(list, field{element: newElement(raw, t, token{start: t.end}, inside)})
			}
		case start:
			if depth == 0 {
				open = t
			}
			depth++
		case end:
			if depth == 0 {
				return list
			}
			if depth--; depth == 0 {
				list = append(list, field{element: newElement(raw, open, t, inside)})
			}
		}
	}
	return list
}

func newElement(raw []byte, open, close token, inside scope) element {
	e := element{tag: raw[open.start:open.end], inner: raw[open.end:close.start], at: open.end}
	e.qname = inside.qname(open.name)
	space, ok := inside.spaces[e.prefix]
	if bytes.Contains(e.tag, []byte("xmlns")) {
		space, ok = inside.enter(e.tag).spaces[e.prefix]
	}
	if !ok {
		space = e.prefix
	}
	e.space = space
	return e
}
