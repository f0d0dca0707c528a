package parse

import (
	"bytes"
	"cmp"
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attribute returns the value of an element's attribute, trimmed, or "".
func attribute(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(attributeOf(n.Attr, name))
}

// written returns a Text, of no characters none.
func written(value string, t TextType) Text {
	if value == "" {
		return Text{}
	}
	return Text{Value: value, Type: t}
}

// plainText returns the text in n in one line, without what is not for reading.
func plainText(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	writeText(&b, n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func writeText(b *strings.Builder, n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type != html.ElementNode || isUnread(c):
		case isInline(c):
			writeText(b, c)
		default:
			b.WriteByte(' ')
			writeText(b, c)
			b.WriteByte(' ')
		}
	}
}

func isUnread(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Svg:
		return true
	}
	return false
}

// isInline reports whether an element does not part words.
func isInline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I,
		atom.Ins, atom.Kbd, atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup,
		atom.Time, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

// label returns the text of n, or what n says in place of one.
func label(n *html.Node) string {
	if n == nil {
		return ""
	}
	image := find(n, func(d *html.Node) bool { return attribute(d, "alt") != "" })
	return cmp.Or(plainText(n), attribute(n, "content"), attribute(n, "aria-label"), attribute(n, "title"), attribute(n, "alt"), attribute(image, "alt"))
}

// heading returns the first heading in n with a text.
func heading(n *html.Node) *html.Node {
	return find(n, func(d *html.Node) bool {
		switch d.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return plainText(d) != ""
		}
		return false
	})
}

// isLink reports whether n leads to another page.
func isLink(n *html.Node) bool {
	switch {
	case n.Namespace != "":
		return false
	case n.DataAtom != atom.A && n.DataAtom != atom.Area && n.DataAtom != atom.Link:
		return false
	}
	href := cleanURL(attribute(n, "href"))
	return href != "" && href[0] != '#' && isFollowable(href)
}

// linkNear returns the link that n is, has in it, or stands in, up to the
// element within.
func linkNear(n, within *html.Node) *html.Node {
	if n == nil || isLink(n) {
		return n
	}
	if l := find(n, isLink); l != nil {
		return l
	}
	for p := n; p != within && p.Parent != nil; {
		if p = p.Parent; isLink(p) {
			return p
		}
	}
	return nil
}

// language returns the language that holds at n.
func language(n *html.Node) string {
	for ; n != nil; n = n.Parent {
		if lang := attribute(n, "lang"); lang != "" {
			return lang
		}
	}
	return ""
}

// markupIn returns the markup inside of n.
func markupIn(n *html.Node) Text {
	var b bytes.Buffer
	for c := range n.ChildNodes() {
		if html.Render(&b, c) != nil {
			return Text{}
		}
	}
	return written(strings.TrimSpace(b.String()), HTML)
}

// find returns the first element inside of n, in the order of the page, for
// which it holds.
func find(n *html.Node, holds func(*html.Node) bool) *html.Node {
	for d := range elements(n) {
		if holds(d) {
			return d
		}
	}
	return nil
}

// elements are the elements inside of n.
func elements(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && !yield(d) {
				return
			}
		}
	}
}
