package parse

import (
	"bytes"
	"fmt"
	"strings"
)

// layout is where the parts of a document lie.
type layout struct {
	root    span // the root's start tag
	channel span // the channel's start tag, empty when there is none
	items   []span
	inRoot  bool // the items are children of the root, not of the channel
}

// span is a range of the document's bytes.
type span struct{ start, end int }

func (s span) of(data []byte) []byte { return data[s.start:s.end] }

// dialect is a family of documents.
type dialect struct {
	format string
	item   string // local name of an item's element, in lower case
}

// findRoot skips what stands before the root element: declarations, comments,
// and junk such as a server's warnings.
func findRoot(data []byte) (at int, d dialect, err error) {
	l := lexer{data: data}
	page := false
	for {
		t, ok := l.next()
		switch {
		case !ok && page:
			return 0, d, fmt.Errorf("%w: it is an HTML page", ErrNoFeed)
		case !ok:
			return 0, d, fmt.Errorf("%w: no rss, feed, RDF, urlset or sitemapindex element", ErrNoFeed)
		case t.kind == stray:
			l.pos = t.start + 1
		case t.kind == unending:
			l.pos = t.start + 1
		case t.kind == start || t.kind == empty:
			_, local := split(string(t.name))
			if d, ok := rootDialect(strings.ToLower(local), data[t.start:t.end]); ok {
				return t.start, d, nil
			}
			page = page || strings.EqualFold(local, "html")
		}
	}
}

func rootDialect(local string, tag []byte) (dialect, bool) {
	switch local {
	case "rss":
		format := "rss2.0"
		switch v := attrValue(tag, "version"); v {
		case "0.90", "0.91", "0.92", "0.93", "0.94":
			format = "rss" + v
		}
		return dialect{format, "item"}, true
	case "rdf":
		if bytes.Contains(tag, []byte("netscape.com/rdf/simple/0.9")) {
			return dialect{"rss0.90", "item"}, true
		}
		return dialect{"rss1.0", "item"}, true
	case "feed":
		if bytes.Contains(tag, []byte("purl.org/atom/ns#")) || attrValue(tag, "version") == "0.3" {
			return dialect{"atom0.3", "entry"}, true
		}
		return dialect{"atom1.0", "entry"}, true
	case "urlset":
		return dialect{"sitemap", "url"}, true
	case "sitemapindex":
		return dialect{"sitemap", "sitemap"}, true
	case "channel":
		return dialect{"cdf", "item"}, true
	}
	return dialect{}, false
}

// measure finds the parts of data, which begins with the root element. It is
// also the guard: clean reports whether gofeed can be given these bytes as
// they stand. When they are not clean the layout is of no use.
func measure(data []byte, item string) (lay layout, clean bool, err error) {
	if hasIllegal(data) {
		return lay, false, nil
	}
	var open [][]byte
	depthOfItem := 0
	namespaces, sections := 0, 0
	l := lexer{data: data}
	for {
		t, ok := l.next()
		if !ok {
			return lay, false, nil
		}
		switch t.kind {
		case stray, unending:
			return lay, false, nil
		case cdata:
			if sections++; sections > maxSections*(len(lay.items)+1) {
				return lay, false, nil
			}
		case start, empty:
			namespaces += bytes.Count(data[t.start:t.end], []byte("xmlns"))
			if namespaces > MaxNamespaces {
				return lay, false, fmt.Errorf("%w: more than %d namespace declarations", ErrNoFeed, MaxNamespaces)
			}
			_, local := split(string(t.name))
			isItem := strings.EqualFold(local, item)
			switch {
			case len(open) == 0:
				lay.root = span{t.start, t.end}
			case isItem && t.kind == start && depthOfItem > 0 && len(open) == depthOfItem:
				return lay, false, nil // an item inside an item: the first was not closed
			case isItem && depthOfItem == 0 && len(open) <= 2:
				lay.items = append(lay.items, span{t.start, t.end})
				lay.inRoot = len(open) == 1
				if t.kind == start {
					depthOfItem = len(open) + 1
				}
			case len(open) == 1 && item == "item" && strings.EqualFold(local, "channel"):
				lay.channel = span{t.start, t.end}
			}
			if t.kind == start {
				open = append(open, t.name)
			} else if len(open) == 0 {
				return lay, true, nil // <rss/>
			}
			if len(open) > MaxDepth {
				return lay, false, nil
			}
		case end:
			if len(open) == 0 || !bytes.Equal(open[len(open)-1], t.name) {
				return lay, false, nil
			}
			if len(open) == depthOfItem {
				lay.items[len(lay.items)-1].end = t.end
				depthOfItem = 0
			}
			open = open[:len(open)-1]
			if len(open) == 0 {
				return lay, true, nil
			}
		}
	}
}

// maxSections bounds the CDATA sections of a document, an item: gofeed takes
// time that grows with their square.
const maxSections = 100

// attrValue returns the value of a tag's attribute, or "".
func attrValue(tag []byte, name string) string {
	for _, a := range attrs(tag) {
		if a.name == name {
			return a.value
		}
	}
	return ""
}
