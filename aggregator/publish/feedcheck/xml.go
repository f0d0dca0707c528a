package feedcheck

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The namespaces that may occur, by their usual prefixes.
const (
	atomNS    = "http://www.w3.org/2005/Atom"
	contentNS = "http://purl.org/rss/1.0/modules/content/"
	dcNS      = "http://purl.org/dc/elements/1.1/"
	termsNS   = "http://purl.org/dc/terms/"
	mediaNS   = "http://search.yahoo.com/mrss/"
	xmlNS     = "http://www.w3.org/XML/1998/namespace"
)

var prefixes = map[string]string{
	"atom": atomNS, "content": contentNS, "dc": dcNS, "dcterms": termsNS, "media": mediaNS,
	"fh": "http://purl.org/syndication/history/1.0", "at": "http://purl.org/atompub/tombstones/1.0",
	"sy": "http://purl.org/rss/1.0/modules/syndication/", "thr": "http://purl.org/syndication/thread/1.0",
}

// element is one element of a document.
type element struct {
	name     xml.Name
	attr     []xml.Attr // without declarations of namespaces
	text     string     // its own character data
	children []*element
}

// tree reads a whole document and checks what holds for every XML feed.
func tree(body []byte, v *report) *element {
	v.require(utf8.Valid(body), "document: not UTF-8")
	v.require(bytes.HasPrefix(body, []byte(`<?xml version="1.0"`)), "document: no XML declaration")
	dec := xml.NewDecoder(bytes.NewReader(body))
	top := &element{}
	open := []*element{top}
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			v.addf("document: not well-formed: %v", err)
			return nil
		}
		last := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{name: t.Name, attr: v.attributes(t, len(open) == 1)}
			last.children = append(last.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(t)
		case xml.Directive:
			v.addf("document: has a directive")
		}
	}
	if len(top.children) != 1 {
		v.addf("document: has no root element")
		return nil
	}
	return top.children[0]
}

// attributes returns the attributes of an element but its declarations of
// namespaces, which it checks: on the root only, and by their usual prefixes.
func (r *report) attributes(t xml.StartElement, root bool) []xml.Attr {
	var rest []xml.Attr
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns":
			r.require(prefixes[a.Name.Local] == a.Value, "<%s>: unusual namespace %s=%q", t.Name.Local, a.Name.Local, a.Value)
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			r.require(a.Value == atomNS, "<%s>: unusual default namespace %q", t.Name.Local, a.Value)
		default:
			seen := slices.ContainsFunc(rest, func(b xml.Attr) bool { return a.Name == b.Name })
			r.require(!seen, "<%s>: attribute %s twice", t.Name.Local, a.Name.Local)
			rest = append(rest, a)
			continue
		}
		r.require(root, "<%s>: declares a namespace below the root", t.Name.Local)
	}
	return rest
}

// is reports whether the element has that name, such as "media:content".
// Without a prefix it is in no namespace.
func (e *element) is(name string) bool {
	prefix, local, found := strings.Cut(name, ":")
	if !found {
		return e.name.Space == "" && e.name.Local == name
	}
	return e.name.Local == local && e.name.Space == prefixes[prefix]
}

// all returns the children of that name.
func (e *element) all(name string) []*element {
	var found []*element
	for _, c := range e.children {
		if c.is(name) {
			found = append(found, c)
		}
	}
	return found
}

// first returns the first child of that name, or an empty element.
func (e *element) first(name string) *element {
	if found := e.all(name); len(found) > 0 {
		return found[0]
	}
	return &element{}
}

func (e *element) has(name string) bool { return len(e.all(name)) > 0 }

// get returns the value of an attribute and whether it is there.
func (e *element) get(name string) (string, bool) {
	space := ""
	if local, ok := strings.CutPrefix(name, "xml:"); ok {
		space, name = xmlNS, local
	}
	for _, a := range e.attr {
		// The decoder leaves the prefix xml as it is: nobody declares it.
		if a.Name.Local == name && (a.Name.Space == space || space == xmlNS && a.Name.Space == "xml") {
			return a.Value, true
		}
	}
	return "", false
}

func (e *element) value(name string) string {
	v, _ := e.get(name)
	return v
}

// String names the element in a violation.
func (e *element) String() string {
	for prefix, space := range prefixes {
		if space == e.name.Space && prefix != "atom" {
			return fmt.Sprintf("<%s:%s>", prefix, e.name.Local)
		}
	}
	return fmt.Sprintf("<%s>", e.name.Local)
}

// counted checks how often children of those names occur.
func (r *report) counted(where string, e *element, least, most int, names ...string) {
	for _, name := range names {
		n := len(e.all(name))
		r.require(n >= least, "%s: no <%s>", where, name)
		r.require(n <= most, "%s: <%s> %d times", where, name, n)
	}
}

// attrs checks that an element has these attributes, and none but these and
// the optional ones.
func (r *report) attrs(where string, e *element, required, optional []string) {
	for _, name := range required {
		v, ok := e.get(name)
		r.require(ok && v != "", "%s: %v without %s", where, e, name)
	}
	for _, a := range e.attr {
		name := a.Name.Local
		if a.Name.Space != "" {
			name = "xml:" + name
		}
		r.require(slices.Contains(required, name) || slices.Contains(optional, name), "%s: %v has an attribute %s", where, e, name)
	}
}

// leaf checks that an element holds text and nothing else.
func (r *report) leaf(where string, e *element) {
	r.require(len(e.children) == 0, "%s: %v has elements in it", where, e)
	r.require(strings.TrimSpace(e.text) != "", "%s: %v is empty", where, e)
}
