package parse

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of what html.Parse is given.
const (
	maxTags   = 2 * maxNodes // the rest of a page is left out
	maxMerged = 10           // html and body elements, which are all merged
)

// alias is put behind the names of elements for html.Parse, and taken off
// again.
//
// Formatting elements that are not closed are opened anew in every block that
// follows (HTML, section 13.2.4.3), with all their attributes: a few KB make
// millions of nodes. And the attributes of every html and body element are
// compared with those of the first. Under another name they are elements like
// any other. Only one a element at a time is opened anew: those of a usual
// length keep their name, by which one ends where the next begins.
const alias = "-alias"

// aliased is an alias in a text or an attribute, where there was no element.
var aliased = regexp.MustCompile(`(</?[A-Za-z]+)` + alias)

// parseSoup is html.Parse in time and space linear in the size of the page,
// whatever it holds; cut reports whether the page was too long.
func parseSoup(page []byte) (root *html.Node, cut bool, err error) {
	tame, cut := withAliases(page)
	if root, err = html.Parse(bytes.NewReader(tame)); err != nil {
		return nil, false, err
	}
	for n := range root.Descendants() {
		if name, ok := strings.CutSuffix(n.Data, alias); ok && n.Type == html.ElementNode {
			n.Data, n.DataAtom = name, atom.Lookup([]byte(name))
		}
		n.Data = withoutAliases(n.Data)
		for i := range n.Attr {
			n.Attr[i].Val = withoutAliases(n.Attr[i].Val)
		}
	}
	return root, cut, nil
}

func withoutAliases(s string) string {
	if !strings.Contains(s, alias) {
		return s
	}
	return aliased.ReplaceAllString(s, "$1")
}

// withAliases looks at all that may be read as a tag, also in scripts: what is
// one only shows when a page is parsed.
func withAliases(page []byte) (tame []byte, cut bool) {
	tame = make([]byte, 0, len(page)+len(page)/8)
	merged := 0
	for tags := 0; ; tags++ {
		at := bytes.IndexByte(page, '<')
		if at < 0 {
			return append(tame, page...), false
		}
		if tags == maxTags {
			return append(tame, page[:at]...), true
		}
		name, end := tagName(page[at:])
		end += at
		tame = append(tame, page[:end]...)
		start := end < len(page) && page[at+1] != '/'
		switch {
		case isFormatting(name), name == atom.A && start && !isShort(page[at:]):
			tame = append(tame, alias...)
		case start && (name == atom.Html || name == atom.Body):
			if merged++; merged > maxMerged {
				tame = append(tame, alias...)
			}
		}
		page = page[end:]
	}
}

// tagName returns the name of the tag that s begins with, if it is a known
// one, and where it ends.
func tagName(s []byte) (name atom.Atom, end int) {
	from := 1
	if len(s) > 1 && s[1] == '/' {
		from = 2
	}
	end = from
	for end < len(s) && s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z' {
		end++
	}
	if end < len(s) && bytes.IndexByte([]byte(cssSpace+"/>"), s[end]) >= 0 {
		name = atom.Lookup(bytes.ToLower(s[from:end]))
	}
	return name, end
}

// isShort reports whether the start tag that s begins with has no more
// attributes than links have, and ends soon.
func isShort(s []byte) bool {
	const usualLength, usualAttributes = 2048, 12
	z := html.NewTokenizer(bytes.NewReader(s[:min(len(s), usualLength)]))
	if z.Next() == html.ErrorToken {
		return false
	}
	z.TagName()
	for range usualAttributes {
		if _, _, more := z.TagAttr(); !more {
			return true
		}
	}
	return false
}

func isFormatting(name atom.Atom) bool {
	switch name {
	case atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike,
		atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}
