package publish_test

import (
	"encoding/xml"
	"slices"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// The namespaces of our documents.
const (
	atomNS    = "http://www.w3.org/2005/Atom"
	contentNS = "http://purl.org/rss/1.0/modules/content/"
	dcNS      = "http://purl.org/dc/elements/1.1/"
	termsNS   = "http://purl.org/dc/terms/"
	mediaNS   = "http://search.yahoo.com/mrss/"
	historyNS = "http://purl.org/syndication/history/1.0"
)

// element is an element of a document with all that is in it, in its order.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Inner    string     `xml:",innerxml"`
	Children []element  `xml:",any"`
}

func parsed(t testing.TB, body []byte) (root element) {
	t.Helper()
	if err := xml.Unmarshal(body, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

func (e element) is(space, name string) bool {
	return e.XMLName.Space == space && e.XMLName.Local == name
}

// all returns the children of that name.
func (e element) all(space, name string) (found []element) {
	for _, c := range e.Children {
		if c.is(space, name) {
			found = append(found, c)
		}
	}
	return found
}

// first returns the first child of that name, or an empty element.
func (e element) first(space, name string) element {
	if i := e.index(space, name); i >= 0 {
		return e.Children[i]
	}
	return element{}
}

// index returns where the first child of that name stands, or -1.
func (e element) index(space, name string) int {
	return slices.IndexFunc(e.Children, func(c element) bool { return c.is(space, name) })
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// walk calls visit for the element and all below it.
func (e element) walk(visit func(element)) {
	visit(e)
	for _, c := range e.Children {
		c.walk(visit)
	}
}

// link returns where the first Atom link of that relation leads.
func (e element) link(rel string) string {
	for _, l := range e.all(atomNS, "link") {
		if l.attr("rel") == rel {
			return l.attr("href")
		}
	}
	return ""
}

// selected is a feed of a store.
type selected struct {
	store storage.Reader
	sel   publish.Selection
}

// everyFeed returns feeds with something of everything that a feed can have.
func everyFeed() map[string]selected {
	return map[string]selected{
		"merged":   {fixture(), publish.Selection{}},
		"source":   {fixture(), publish.Selection{Source: "harbour"}},
		"category": {fixture(), publish.Selection{Category: "politics"}},
		"view":     {fixture(), publish.Selection{View: "shore"}},
		"desk":     {fixture(), publish.Selection{View: "desk"}},
		"story":    {outage(), publish.Selection{}},
		"archive":  {scattered(), publish.Selection{Archive: 2}},
		"current":  {scattered(), publish.Selection{}},
		"empty":    {many(0), publish.Selection{}},
	}
}
