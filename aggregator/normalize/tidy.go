package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tidyReader builds the trees of fragments that are written the way most are:
// each element ends within the one that it began in, and none is of those for
// which HTML has rules of their own, such as tables and forms. The tree is the
// one that a parser of HTML builds, at a small part of the cost.
type tidyReader struct {
	rest       string     // of the fragment
	top        *html.Node // the innermost open element
	depth      int        // open elements
	paragraphs int        // open p elements
	links      int        // open a elements
	slab, free []html.Node
	attrs      []html.Attribute // of the elements, one after the other
}

// read returns a body element with the tree of a fragment, all of whose
// characters are legal. It is false when the fragment is not tidy. The next
// call takes the nodes back.
func (r *tidyReader) read(fragment string) (*html.Node, bool) {
	*r = tidyReader{rest: fragment, slab: r.slab, free: r.slab, attrs: r.attrs[:0]}
	body := r.node(html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"})
	r.top = body
	for r.rest != "" {
		if !r.next() {
			return nil, false
		}
	}
	return body, true
}

// emptied returns a reader with the memory of r and nothing of what it read.
func (r *tidyReader) emptied() tidyReader {
	clear(r.slab)
	if cap(r.attrs) > maxSlab {
		return tidyReader{slab: r.slab}
	}
	clear(r.attrs[:cap(r.attrs)])
	return tidyReader{slab: r.slab, attrs: r.attrs}
}

// next reads a piece of the fragment. It is false where the fragment is not
// tidy.
func (r *tidyReader) next() bool {
	switch {
	case r.rest[0] != '<':
		return r.text()
	case strings.HasPrefix(r.rest, "</"):
		return r.endTag()
	case strings.HasPrefix(r.rest, "<!--"):
		return r.comment()
	}
	return r.startTag()
}

// text is false where it continues another text.
func (r *tidyReader) text() bool {
	if last := r.top.LastChild; last != nil && last.Type == html.TextNode {
		return false
	}
	end := strings.IndexByte(r.rest, '<')
	if end < 0 {
		end = len(r.rest)
	}
	text := r.rest[:end]
	r.rest = r.rest[end:]
	if strings.Contains(text, "&") {
		text = html.UnescapeString(text)
	}
	if r.top.DataAtom == atom.Pre && r.top.FirstChild == nil {
		// The line end behind the tag is not of the text.
		text = strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n")
	}
	if text != "" {
		r.add(html.Node{Type: html.TextNode, Data: text})
	}
	return true
}

func (r *tidyReader) comment() bool {
	inside, rest, ok := strings.Cut(r.rest[len("<!--"):], "-->")
	if !ok || strings.HasPrefix(inside, ">") || strings.HasPrefix(inside, "->") || strings.Contains(inside, "--!>") {
		return false
	}
	r.rest = rest
	r.add(html.Node{Type: html.CommentNode, Data: inside})
	return true
}

// maxTidyDepth is far below what a parser bears.
const maxTidyDepth = 100

func (r *tidyReader) startTag() bool {
	a := r.name(len("<"))
	kind := tidyKindOf(a)
	if r.depth == maxTidyDepth || !r.makeRoom(a, kind) {
		return false
	}
	attributes, ok := r.attributes()
	if !ok {
		return false
	}
	n := r.add(html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String(), Attr: attributes})
	switch kind {
	case single, rule:
		return true
	case raw:
		return r.inside(n)
	}
	r.open(n)
	return true
}

// makeRoom ends what ends where an element begins. It is false when that is
// more than the paragraph or the list item that is open, or when the element is
// not in its place.
func (r *tidyReader) makeRoom(a atom.Atom, kind tidyKind) bool {
	switch kind {
	case untidy:
		return false
	case inline, single, raw:
		return a != atom.A || r.links == 0
	}
	if r.top.DataAtom == atom.P {
		r.close()
	}
	if r.paragraphs > 0 {
		return false
	}
	switch kind {
	case heading:
		return !isHeading(r.top.DataAtom)
	case listItem:
		if r.top.DataAtom == atom.Li {
			r.close()
		}
		return r.top.DataAtom == atom.Ul || r.top.DataAtom == atom.Ol
	}
	return true
}

func (r *tidyReader) endTag() bool {
	a := r.name(len("</"))
	rest, ok := strings.CutPrefix(r.rest, ">")
	if !ok || a == atom.Br {
		return false
	}
	r.rest = rest
	switch tidyKindOf(a) {
	case untidy:
		return false
	case single, rule:
		return true // it ends nothing
	case paragraph:
		if r.paragraphs == 0 {
			// It is an empty one.
			r.add(html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()})
			return true
		}
	case block:
		if r.top.DataAtom == atom.P {
			r.close()
		}
		if r.top.DataAtom == atom.Li {
			r.close()
		}
	case listItem:
		if r.top.DataAtom == atom.P {
			r.close()
		}
	}
	if r.top.DataAtom != a {
		return false
	}
	r.close()
	return true
}

// inside reads an element in which nothing is markup, to its end.
func (r *tidyReader) inside(n *html.Node) bool {
	text, _, _ := strings.Cut(r.rest, "<")
	rest, ok := strings.CutPrefix(r.rest[len(text):], "</"+n.Data+">")
	if !ok {
		return false
	}
	r.rest = rest
	if text != "" {
		n.AppendChild(r.node(html.Node{Type: html.TextNode, Data: text}))
	}
	return true
}

func (r *tidyReader) open(n *html.Node) {
	r.top = n
	r.count(n, 1)
}

func (r *tidyReader) close() {
	r.count(r.top, -1)
	r.top = r.top.Parent
}

// count counts an open element in, or out again.
func (r *tidyReader) count(n *html.Node, by int) {
	r.depth += by
	switch n.DataAtom {
	case atom.P:
		r.paragraphs += by
	case atom.A:
		r.links += by
	}
}

// add appends a node to the innermost open element.
func (r *tidyReader) add(n html.Node) *html.Node {
	p := r.node(n)
	r.top.AppendChild(p)
	return p
}

// maxSlab is how many nodes are allocated at once, at most.
const maxSlab = 1000

// node returns a place for n.
func (r *tidyReader) node(n html.Node) *html.Node {
	if len(r.free) == 0 {
		r.slab = make([]html.Node, min(16+2*len(r.slab), maxSlab))
		r.free = r.slab
	}
	p := &r.free[0]
	r.free = r.free[1:]
	*p = n
	return p
}
