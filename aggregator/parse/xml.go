package parse

import (
	"bytes"
	"fmt"
)

// sheet is an XML document cut into its parts, ready for gofeed.
type sheet struct {
	data []byte // from the root's start tag on
	layout
	scope scope  // inside the element that holds the items
	open  []byte // start tags around the items, without xml:base
	close []byte // their end tags
}

func scanXML(data []byte) (*Document, error) {
	at, d, err := findRoot(data)
	if err != nil {
		return nil, err
	}
	doc := &Document{Format: d.format}
	s := sheet{data: data[at:]}
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
	s.frame()
	if d.item == "sitemap" {
		doc.Parts = s.sitemapParts()
		return doc, nil
	}
	for _, item := range s.items {
		doc.raw = append(doc.raw, item.of(s.data))
	}
	read, header := s.readRSS, s.rssHeader
	switch d.format {
	case "atom0.3", "atom1.0":
		read, header = s.readAtom, s.atomHeader
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

// frame prepares what stands around the items.
func (s *sheet) frame() {
	root, channel := s.root.of(s.data), s.channel.of(s.data)
	s.scope = scope{spaces: map[string]string{}}.enter(root)
	s.open = bytes.Clone(root)
	if !s.inRoot && len(channel) > 0 {
		s.scope = s.scope.enter(channel)
		s.open = append(s.open, channel...)
		s.close = endTag(channel)
	}
	s.close = append(s.close, endTag(root)...)
	blankBases(s.open, 2)
}

func endTag(start []byte) []byte {
	return fmt.Appendf(nil, "</%s>", start[1:nameEnd(start, 1)])
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
	head := b.Bytes()
	blankBases(head, 3)
	return head
}

// wrap returns a document of these items alone, for gofeed, without the inside
// of texts: they are taken from the elements, and cost gofeed the most.
func (s *sheet) wrap(raw []*rawItem) []byte {
	var b bytes.Buffer
	b.Write(s.open)
	for _, r := range raw {
		at := b.Len()
		r.writeWithoutTexts(&b)
		blankBases(b.Bytes()[at:], 1)
	}
	b.Write(s.close)
	return b.Bytes()
}

// cut cuts items into their elements.
func (s *sheet) cut(raw [][]byte) []*rawItem {
	items := make([]*rawItem, len(raw))
	for i, r := range raw {
		items[i] = &rawItem{data: r}
		items[i].elements, items[i].self, items[i].in = children(r, s.scope)
	}
	return items
}

// each reads all items at once or, when one of them spoils that, one by one,
// so that only the bad ones are lost.
func each(raw [][]byte, read func([][]byte) ([]Item, error)) ([]Item, []string) {
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

func guarded(raw [][]byte, read func([][]byte) ([]Item, error)) (items []Item, err error) {
	defer recovered(&err)
	items, err = read(raw)
	if err == nil && len(items) != len(raw) {
		err = fmt.Errorf("%d items came out of %d", len(items), len(raw))
	}
	return items, err
}
