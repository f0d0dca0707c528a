package parse

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/mmcdole/gofeed"
)

// The bounds of what gofeed is asked about. It takes time that grows with the
// square of some of what an item may hold.
const (
	maxAsked    = 100      // items at a time
	maxItem     = 64 << 10 // bytes
	maxSections = 100      // of CDATA
)

// reader reads raw items.
type reader func(raw [][]byte) ([]Item, error)

// backed returns a reader that asks gofeed about what the one in front of it
// may not have made enough of: items without any text, or without a name.
func (s *sheet) backed(front reader) reader {
	return func(raw [][]byte) ([]Item, error) {
		items, err := front(raw)
		asked := 0
		for i := range items {
			if asked < maxAsked && items[i].saysLittle() {
				s.ask(&items[i], raw[i])
				asked++
			}
		}
		return items, err
	}
}

// saysLittle reports whether an item has no text, or nothing to tell it by.
func (i *Item) saysLittle() bool {
	return i.Title.Value == "" && i.Summary.Value == "" && i.Content.Value == "" && len(i.Media) == 0 ||
		i.GUID == "" && len(i.Links) == 0
}

// ask completes an item by what gofeed reads in it.
func (s *sheet) ask(item *Item, raw []byte) {
	if len(raw) > maxItem || bytes.Count(raw, []byte("<![CDATA[")) > maxSections {
		return
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(s.wrap(raw)))
	if err != nil || len(feed.Items) != 1 {
		return
	}
	found := fromGofeed(feed.Items[0])
	if len(item.Media) > 0 {
		found.Media = nil
	}
	item.complete(found)
}

// wrap returns a document of this item alone.
func (s *sheet) wrap(raw []byte) []byte {
	root, channel := s.root.of(s.data), s.channel.of(s.data)
	var b bytes.Buffer
	b.Write(root)
	if s.inRoot || len(channel) == 0 {
		b.Write(raw)
	} else {
		fmt.Fprintf(&b, "%s%s</%s>", channel, raw, channel[1:nameEnd(channel, 1)])
	}
	fmt.Fprintf(&b, "</%s>", root[1:nameEnd(root, 1)])
	return b.Bytes()
}

// fromGofeed makes an Item of gofeed's universal one.
func fromGofeed(g *gofeed.Item) Item {
	item := Item{
		GUID:    strings.TrimSpace(g.GUID),
		Title:   Text{Value: strings.TrimSpace(g.Title)},
		Summary: Text{Value: strings.TrimSpace(g.Description)},
		Content: Text{Value: strings.TrimSpace(g.Content), Type: HTML},
		Updated: some(g.Updated),
	}
	if g.Published != g.Updated { // else an Atom entry that only says when it was updated
		item.Published = some(g.Published)
	}
	for _, href := range some(g.Link) {
		item.Links = append(item.Links, Link{Href: href, Rel: "alternate"})
	}
	for _, a := range g.Authors {
		if a != nil && a.Name+a.Email != "" && !strings.Contains(a.Name, "<") {
			item.Authors = append(item.Authors, Person{Name: a.Name, Email: a.Email})
		}
	}
	for _, term := range some(g.Categories...) {
		item.Categories = append(item.Categories, Category{Term: term})
	}
	for _, e := range g.Enclosures {
		if e != nil && strings.TrimSpace(e.URL) != "" {
			item.Media = append(item.Media, Media{Kind: MediaEnclosure, URL: strings.TrimSpace(e.URL), Type: e.Type, Length: e.Length})
		}
	}
	return item
}
