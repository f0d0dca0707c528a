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
	around string // name of the root that an item without one lacks
}

// findRoot skips what stands before the root element: declarations, comments,
// and junk such as a server's warnings. An item without a root will do where
// there is no root.
func findRoot(data []byte) (at int, d dialect, err error) {
	l := lexer{data: data}
	page, item := false, -1
	for {
		t, ok := l.next()
		switch {
		case !ok && page:
			return 0, d, fmt.Errorf("%w: it is an HTML page", ErrNoFeed)
		case !ok && item >= 0:
			return item, d, nil
		case !ok:
			return 0, d, fmt.Errorf("%w: no rss, feed, RDF, urlset or sitemapindex element", ErrNoFeed)
		case t.kind == stray || t.kind == unending:
			l.pos = t.start + 1
		case t.kind == start || t.kind == empty:
			_, local := split(strings.ToLower(string(t.name)))
			if d, ok := rootDialect(local, data[t.start:t.end], data[t.end:]); ok {
				return t.start, d, nil
			}
			if item < 0 && t.kind == start && (local == "entry" || local == "item") {
				item, d = t.start, dialect{"rss2.0", local, "rss"}
				if local == "entry" {
					d = dialect{"atom1.0", local, "feed"}
				}
			}
			page = page || local == "html"
		}
	}
}

// rootDialect tells the dialect of a document by its root's name and start tag
// and by the rest of it.
func rootDialect(local string, tag, rest []byte) (dialect, bool) {
	switch local {
	case "rss":
		format := "rss2.0"
		switch v := strings.TrimSpace(attrValue(tag, "version")); v {
		case "0.90", "0.91", "0.92", "0.93", "0.94":
			format = "rss" + v
		}
		return dialect{format: format, item: "item"}, true
	case "rdf":
		if bytes.Contains(tag, []byte("netscape.com/rdf/simple/0.9")) {
			return dialect{format: "rss0.90", item: "item"}, true
		}
		return dialect{format: "rss1.0", item: "item"}, true
	case "feed":
		if bytes.Contains(tag, []byte("purl.org/atom/ns#")) || attrValue(tag, "version") == "0.3" {
			return dialect{format: "atom0.3", item: "entry"}, true
		}
		return dialect{format: "atom1.0", item: "entry"}, true
	case "urlset":
		return dialect{format: "sitemap", item: "url"}, true
	case "sitemapindex":
		return dialect{format: "sitemap", item: "sitemap"}, true
	case "channel":
		if bytes.Contains(rest, []byte("</link>")) { // CDF has addresses in attributes
			return dialect{format: "rss2.0", item: "item"}, true
		}
		return dialect{format: "cdf", item: "item"}, true
	}
	return dialect{}, false
}

// measure finds the parts of data, which begins with the root element. It is
// also the guard: clean reports whether they are well formed, as far as reading
// them needs that, and within the bounds. When they are not clean the layout is
// of no use.
func measure(data []byte, item string) (lay layout, clean bool, err error) {
	if hasIllegal(data) {
		return lay, false, nil
	}
	var open [][]byte
	depthOfItem := 0
	namespaces := 0
	l := lexer{data: data}
	for {
		t, ok := l.next()
		if !ok {
			return lay, false, nil
		}
		switch t.kind {
		case stray, unending:
			return lay, false, nil
		case start, empty:
			namespaces += bytes.Count(data[t.start:t.end], []byte("xmlns"))
			if namespaces > MaxNamespaces*(len(lay.items)+1) {
				return lay, false, fmt.Errorf("%w: more than %d namespace declarations in an item", ErrNoFeed, MaxNamespaces)
			}
			local := localName(t.name)
			isItem := len(local) == len(item) && strings.EqualFold(string(local), item)
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
			case len(open) == 1 && item == "item" && strings.EqualFold(string(local), "channel"):
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
				return lay, !holdsElement(data[t.end:], item), nil
			}
		}
	}
}

// holdsElement reports whether there is a start tag of that local name in
// data, as it seems.
func holdsElement(data []byte, local string) bool {
	return bytes.Contains(data, []byte("<"+local)) || bytes.Contains(data, []byte(":"+local+">"))
}

// attrValue returns the value of a tag's attribute, or "". Case does not
// matter: there are documents all in capitals.
func attrValue(tag []byte, name string) string {
	for a := range attributes(tag) {
		if len(a.name) == len(name) && strings.EqualFold(string(a.name), name) {
			return a.value()
		}
	}
	return ""
}
