package normalize

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsfeed/storage"
)

// cleaner writes the safe part of one tree after the other.
type cleaner struct {
	tidy    tidyReader
	model   contentModel
	text    textWriter
	base    *url.URL
	article string
	page    *url.URL // of the article, once it was asked for
	href    href
	out     []byte
	images  []storage.Media
	shown   map[string]bool // URLs of the images written
	waited  *html.Node      // the last image written that waits for a script
	inLink  bool
}

// reset makes c ready for the next tree. The memory of the last one is used
// again.
func (c *cleaner) reset(base *url.URL, article string) {
	if len(c.shown) > maxImages || c.shown == nil {
		c.shown = map[string]bool{} // to empty a large one would take long, every time
	} else {
		clear(c.shown)
	}
	*c = cleaner{
		shown:   c.shown,
		tidy:    c.tidy,
		model:   contentModel{stack: c.model.stack[:0]},
		text:    textWriter{b: c.text.b[:0], atStart: true},
		base:    base,
		article: article,
		out:     c.out[:0],
	}
}

// clean parses a fragment and writes its safe part. It is false when the
// fragment is nested too deeply to be parsed.
func (c *cleaner) clean(fragment string) (string, bool) {
	body, ok := c.parse(legal(fragment))
	if !ok {
		return "", false
	}
	c.out = slices.Grow(c.out, len(fragment))
	c.children(body)
	return string(bytes.TrimSpace(c.out)), true
}

// parse returns a body element with the tree of a fragment.
func (c *cleaner) parse(fragment string) (*html.Node, bool) {
	if body, ok := c.tidy.read(fragment); ok {
		return body, true
	}
	return parseFragment(fragment)
}

func parseFragment(fragment string) (*html.Node, bool) {
	if multiplies(fragment) {
		return nil, false
	}
	body := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(fragment), body, html.ParseOptionEnableScripting(false))
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, err == nil
}

func (c *cleaner) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		text := legal(n.Data)
		c.model.text(text)
		c.text.text(text)
		c.out = appendEscaped(c.out, text, false)
	case html.ElementNode:
		c.element(n)
	}
}

func (c *cleaner) children(n *html.Node) {
	for child := range n.ChildNodes() {
		c.node(child)
	}
}

func (c *cleaner) element(n *html.Node) {
	a := n.DataAtom
	if other, ok := renamed[a]; ok {
		a = other
	}
	switch {
	case n.Namespace != "":
		c.foreign(n)
	case dropped[a]:
	case a == atom.Img || n.Data == "amp-img":
		c.image(n)
	case a == atom.Source:
		c.source(n)
	case a == atom.Noscript:
		c.noscript(n)
	case a == atom.Iframe || a == atom.Embed:
		c.embed(n)
	case a == atom.Video || a == atom.Audio:
		c.player(n)
	case a == atom.A:
		c.link(n)
	default:
		if names, ok := allowed[a]; ok {
			c.keep(a, n, names)
		} else {
			c.children(n)
		}
	}
}

// foreign keeps the text of formulas; drawings go.
func (c *cleaner) foreign(n *html.Node) {
	if n.Namespace == "math" && !strings.HasPrefix(n.Data, "annotation") {
		c.children(n)
	}
}

// keep writes an element, unless nothing is left in it.
func (c *cleaner) keep(a atom.Atom, n *html.Node, names []string) {
	start := len(c.out)
	c.open(a, n, names)
	c.text.breakAt(a, false)
	if void[a] {
		c.model.void(a)
		return
	}
	inside := len(c.out)
	c.model.open(a)
	c.children(n)
	c.model.close()
	c.text.breakAt(a, true)
	switch {
	case len(c.out) == inside && !mayBeEmpty[a],
		a == atom.Picture && !bytes.Contains(c.out[inside:], []byte("<img")):
		c.out = c.out[:start]
		return
	case a == atom.Pre && len(c.out) > inside && c.out[inside] == '\n':
		// A parser drops the first line end of a pre element.
		c.out = slices.Insert(c.out, inside, '\n')
	}
	c.close(a)
}

// link keeps a link that leads somewhere and is not in another link.
func (c *cleaner) link(n *html.Node) {
	if c.inLink || c.attribute(n, "href") == "" {
		c.children(n)
		return
	}
	c.inLink = true
	c.keep(atom.A, n, allowed[atom.A])
	c.inLink = false
}

// open writes a start tag with the attributes that have a good value.
func (c *cleaner) open(a atom.Atom, n *html.Node, names []string) {
	c.out = append(append(c.out, '<'), a.String()...)
	if len(n.Attr) > 0 {
		for _, name := range names {
			c.put(name, c.attribute(n, name))
		}
		for _, name := range globals {
			c.put(name, c.attribute(n, name))
		}
	}
	c.out = append(c.out, '>')
}

func (c *cleaner) close(a atom.Atom) {
	c.out = append(append(append(c.out, "</"...), a.String()...), '>')
}

// put writes an attribute that has a value.
func (c *cleaner) put(name, value string) {
	if value != "" {
		c.write(name, value)
	}
}

func (c *cleaner) write(name, value string) {
	c.out = append(append(append(c.out, ' '), name...), `="`...)
	c.out = append(appendEscaped(c.out, value, true), '"')
}
