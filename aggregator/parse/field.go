package parse

import (
	"bytes"
	"iter"
	"strings"
)

// fields are the elements of an item, of a channel or of another element that
// is read by the names of what is in it.
type fields struct {
	in    scope
	list  []field
	marks uint64 // of the names in the list
}

// field is an element under its name: the usual prefix of its vocabulary, a
// colon, the local name in lower case. What belongs to the format itself has
// no prefix: ":title".
type field struct {
	name string
	element
}

// fields names the elements of an item. What is in the item's own namespace is
// the format's own, whatever that namespace is.
func (r *rawItem) fields() fields {
	return named(r.elements, r.in, spaceOf(r.self, r.in))
}

// spaceOf returns the namespace of an element with that start tag.
func spaceOf(tag []byte, inside scope) string {
	prefix, _ := split(string(tag[1:nameEnd(tag, 1)]))
	if space, ok := inside.spaces[prefix]; ok {
		return space
	}
	return prefix
}

func named(list []field, in scope, own string) fields {
	f := fields{in: in, list: list}
	for i := range list {
		list[i].name = list[i].nameIn(own)
		f.marks |= markOf(list[i].name)
	}
	return f
}

// markOf returns a bit that tells most names apart.
func markOf(name string) uint64 { return 1 << ((7*len(name) + int(name[len(name)-1])) % 64) }

// fields names what is inside the element.
func (e element) fields(in scope) fields {
	if !e.hasElements() {
		return fields{}
	}
	return named(e.children(in), in.enter(e.tag), "")
}

// all returns the fields of these names: those of the first name first.
func (f fields) all(names ...string) iter.Seq[field] {
	return func(yield func(field) bool) {
		for _, name := range names {
			if f.marks&markOf(name) == 0 {
				continue
			}
			for _, e := range f.list {
				if e.name == name && !yield(e) {
					return
				}
			}
		}
	}
}

// text returns the first text under these names that is not empty.
func (f fields) text(names ...string) Text {
	for e := range f.all(names...) {
		if t := e.text(f.in); t.Value != "" {
			return t
		}
	}
	return Text{}
}

// chars returns the character data of the first of these fields that has any.
func (f fields) chars(names ...string) string {
	for e := range f.all(names...) {
		if chars := e.chars(); chars != "" {
			return chars
		}
	}
	return ""
}

// strings returns the character data of these fields, as far as they have any.
func (f fields) strings(names ...string) []string {
	var list []string
	for e := range f.all(names...) {
		list = append(list, some(e.chars())...)
	}
	return list
}

// text reads a text that RSS, or a vocabulary that it borrows, has in this
// place. Markup that stands there naked is HTML; what is written as
// characters is HTML in the places made for it, and a guess elsewhere.
func (e field) text(outside scope) Text {
	in := outside.enter(e.tag)
	t := Text{Base: in.base, Lang: in.lang}
	switch media := e.textType(); {
	case media == "plain":
		t.Type = Plain
	case media != "":
		return atomText(e.element, outside)
	case e.hasElements():
		return inlineText(e.element, in)
	case e.name == "content:encoded" || e.name == ":body" || e.name == ":fullitem" || e.name == "xhtml:body":
		t.Type = HTML
	}
	if t.Value = e.chars(); t.Value == "" {
		t.Value = strings.TrimSpace(e.attribute("value")) // CDF
	}
	return t
}

// textType returns what the element says its text is, where it says that in
// words of Atom or of Media RSS.
func (e field) textType() string {
	switch t := strings.ToLower(strings.TrimSpace(e.attribute("type"))); t {
	case "html", "xhtml", "text/html", "text/plain", "application/xhtml+xml", "plain":
		return t
	case "text":
		return "plain"
	}
	return ""
}

// hasElements reports whether there are elements inside, and not only
// character data.
func (e element) hasElements() bool {
	if bytes.IndexByte(e.inner, '<') < 0 {
		return false
	}
	l := lexer{data: e.inner}
	for t, ok := l.next(); ok; t, ok = l.next() {
		if t.kind == start || t.kind == empty {
			return true
		}
	}
	return false
}

// attribute returns the value of the first attribute of that local name, in
// any case and under any prefix.
func (e element) attribute(name string) string {
	if bytes.IndexByte(e.tag, '=') < 0 {
		return ""
	}
	for a := range attributes(e.tag) {
		if _, local := split(string(a.name)); strings.EqualFold(local, name) {
			return a.value()
		}
	}
	return ""
}

// address returns a URL joined to the xml:base of the element itself and those
// around it, up to the item. Bases further out are those of the whole item.
func (e element) address(url string, outside scope) string {
	url = strings.TrimSpace(url)
	part := outside.part
	if bytes.Contains(e.tag, []byte("xml:base")) {
		part = outside.enter(e.tag).part
	}
	if url == "" || part == "" {
		return url
	}
	return join(part, url)
}

// values returns the character data of an element or, where that is a
// container of RDF, of the members in it.
func (e element) values() []string {
	if !e.hasElements() {
		return some(e.chars())
	}
	var list []string
	from := 0
	l := lexer{data: e.inner}
	for t, ok := l.next(); ok; t, ok = l.next() {
		_, local := split(string(t.name))
		if local != "li" && local != "value" {
			continue
		}
		if t.kind == start {
			from = t.end
		} else if t.kind == end && from > 0 {
			list = append(list, some(characters(e.inner[from:t.start]))...)
			from = 0
		}
	}
	if list == nil {
		return some(e.chars())
	}
	return list
}
