package parse

import (
	"bytes"
	"html"
	"strings"
)

// inlineText reads the markup that stands inside an element as HTML. The div
// that XHTML has to be in is no part of it (RFC 4287 section 3.1.1.3).
func inlineText(e element, in scope) Text {
	inner := bytes.TrimSpace(e.inner)
	if div := childrenIn(nil, inner, 0, in); len(div) == 1 && div[0].local == "div" && div[0].isAllOf(inner) {
		in = in.enter(div[0].tag)
		inner = div[0].inner
	}
	return Text{Type: HTML, Value: inlineHTML(inner, in), Base: in.base, Lang: in.lang}
}

// isAllOf reports whether nothing stands in parent before and behind e.
func (e element) isAllOf(parent []byte) bool {
	behind := parent[e.at+len(e.inner):]
	return len(e.tag) == e.at && bytes.IndexByte(behind, '>') >= len(behind)-1
}

// holdsXHTML reports whether the first element inside is one of XHTML.
func (e element) holdsXHTML(in scope) bool {
	for _, c := range e.children(in) {
		return c.vocabulary() == "xhtml" || c.local == "div"
	}
	return false
}

// inlineHTML returns the elements and text inside of an element as HTML: XHTML
// without its prefix, CDATA as ordinary text, empty elements with an end tag,
// URLs below an xml:base of their own joined to that.
func inlineHTML(inner []byte, in scope) string {
	w := htmlWriter{open: []scope{{spaces: in.spaces}}}
	l := lexer{data: inner}
	for t, ok := l.next(); ok; t, ok = l.next() {
		w.token(t, inner[t.start:t.end])
	}
	return strings.TrimSpace(w.out.String())
}

type htmlWriter struct {
	out   strings.Builder
	open  []scope // inside the open elements; base is theirs alone
	grown int     // bytes by which joined URLs are longer
}

func (w *htmlWriter) token(t token, raw []byte) {
	in := w.open[len(w.open)-1]
	switch t.kind {
	case text:
		w.out.Write(raw)
	case cdata:
		w.out.WriteString(html.EscapeString(string(raw[len("<![CDATA[") : len(raw)-len("]]>")])))
	case start, empty:
		in = in.enter(raw)
		name := in.htmlName(t.name)
		w.startTag(name, raw[1+len(t.name):], t.kind == empty, in.base)
		if t.kind == start {
			w.open = append(w.open, in)
		} else if !isVoid(name) {
			w.endTag(name)
		}
	case end:
		w.endTag(in.htmlName(t.name))
		if len(w.open) > 1 {
			w.open = w.open[:len(w.open)-1]
		}
	case stray:
		w.out.WriteString("&lt;")
		w.out.Write(raw[1:])
	}
}

// startTag writes a start tag; rest is what follows the name in it.
func (w *htmlWriter) startTag(name, rest []byte, isEmpty bool, base string) {
	w.out.WriteByte('<')
	w.out.Write(name)
	if base != "" && w.grown < maxExpansion {
		joined := rebased(rest, base)
		w.grown += len(joined) - len(rest)
		rest = joined
	}
	if isEmpty {
		w.out.Write(rest[:len(rest)-len("/>")])
		w.out.WriteByte('>')
		return
	}
	w.out.Write(rest)
}

func (w *htmlWriter) endTag(name []byte) {
	w.out.WriteString("</")
	w.out.Write(name)
	w.out.WriteByte('>')
}

// htmlName returns the name of an element without the prefix for XHTML.
func (s scope) htmlName(name []byte) []byte {
	prefix, local, ok := bytes.Cut(name, []byte(":"))
	if !ok {
		return name
	}
	space, declared := s.spaces[string(prefix)]
	if strings.HasSuffix(space, "/xhtml") || !declared && (string(prefix) == "xhtml" || string(prefix) == "html") {
		return local
	}
	return name
}

// rebased returns the rest of a start tag with its URLs joined to base.
func rebased(rest []byte, base string) []byte {
	const name = "<a"
	tag := append([]byte(name), rest...)
	var out []byte
	at := 0
	for a := range attributes(tag) {
		switch strings.ToLower(string(a.name)) {
		case "href", "src", "cite", "longdesc", "poster", "background", "data", "action":
			out = append(out, tag[at:a.at]...)
			out = append(out, a.name...)
			out = append(out, `="`+html.EscapeString(join(base, a.value()))+`"`...)
			at = a.end
		}
	}
	return append(out, tag[at:]...)[len(name):]
}
