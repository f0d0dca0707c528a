package parse

import (
	"bytes"
	"fmt"
)

// sheet is an XML document cut into its parts.
type sheet struct {
	data []byte // from the root's start tag on
	layout
	scope scope // inside the element that holds the items
}

func scanXML(data []byte) (*Document, error) {
	at, d, err := findRoot(data)
	if err != nil {
		return nil, err
	}
	doc := &Document{Format: d.format}
	s := sheet{data: expand(data[at:], entities(data[:at]))}
	if d.around != "" {
		s.data = fmt.Appendf(nil, "<%s>%s</%s>", d.around, s.data, d.around)
	}
	clean := false
	if s.layout, clean, err = measure(s.data, d.item); err != nil {
		return nil, err
	}
	if !clean {
		var warning string
		s.data, warning = repair(s.data, d.item)
		doc.warn("%s", warning)
		if s.layout, clean, err = measure(s.data, d.item); err != nil {
			return nil, err
		}
		if !clean {
			return nil, fmt.Errorf("%w: the markup is damaged beyond repair", ErrNoFeed)
		}
	}
	s.scope = s.around()
	if d.item == "sitemap" {
		doc.Parts = s.sitemapParts()
		return doc, nil
	}
	for _, item := range s.items {
		doc.raw = append(doc.raw, item.of(s.data))
	}
	if d.format == "sitemap" && len(doc.raw) > MaxItems {
		doc.warn("%d items, only the newest %d are read", len(doc.raw), MaxItems)
		doc.raw = newest(doc.raw, MaxItems)
	}
	read, header := s.backed(s.readRSS), s.rssHeader
	switch d.format {
	case "atom0.3", "atom1.0":
		read, header = s.backed(s.readAtom), s.atomHeader
	case "sitemap":
		read, header = s.readSitemap, s.sitemapHeader
	case "cdf":
		read, header = s.readCDF, s.cdfHeader
	}
	if doc.Header, err = header(); err != nil {
		doc.warn("the header could not be read: %v", err)
		if len(doc.raw) == 0 {
			return nil, fmt.Errorf("%w: %w", ErrNoFeed, err)
		}
	}
	doc.read = func(raw [][]byte) ([]Item, []string) { return each(raw, read) }
	return doc, nil
}

// around returns the scope inside the element that holds the items.
func (s *sheet) around() scope {
	outer := scope{spaces: map[string]string{}, names: map[string]*qname{}}.enter(s.root.of(s.data))
	if s.inRoot {
		return outer
	}
	return outer.enter(s.channel.of(s.data))
}

// head returns the document without its items.
func (s *sheet) head() []byte {
	var b bytes.Buffer
	at := 0
	for _, item := range s.items {
		b.Write(s.data[at:item.start])
		at = item.end
	}
	b.Write(s.data[at:])
	return b.Bytes()
}

// cut cuts an item into its elements, which take the place of those of another.
func (s *sheet) cut(raw []byte, item *rawItem) {
	item.elements, item.self, item.in = children(item.elements[:0], raw, s.scope)
}

// each reads all items at once or, when one of them spoils that, one by one,
// so that only the bad ones are lost.
func each(raw [][]byte, read reader) ([]Item, []string) {
	items, err := guarded(raw, read)
	if err == nil {
		return items, nil
	}
	var warnings []string
	items = make([]Item, len(raw))
	for i := range raw {
		one, err := guarded(raw[i:i+1], read)
		if err != nil {
			warnings = append(warnings, fmt.Sprintf("item %d could not be read: %v", i+1, err))
			items[i].Digest = unread
			continue
		}
		items[i] = one[0]
	}
	return items, warnings
}

func guarded(raw [][]byte, read reader) (items []Item, err error) {
	defer recovered(&err)
	items, err = read(raw)
	if err == nil && len(items) != len(raw) {
		err = fmt.Errorf("%d items came out of %d", len(items), len(raw))
	}
	return items, err
}
