package parse

import "strings"

// cdfHeader reads the channel of a Channel Definition Format document, whose
// root it is.
func (s *sheet) cdfHeader() (Header, error) {
	elements, self, in := children(s.head(), scope{spaces: map[string]string{}})
	c := cdfItem(elements, self, in)
	return Header{Title: c.Title, Description: c.Summary, Links: c.Links, Updated: c.Updated, Lang: in.lang, Base: either(in.base, upper(self, "base"))}, nil
}

func (s *sheet) readCDF(raw [][]byte) ([]Item, error) {
	items := make([]Item, len(raw))
	for i := range raw {
		items[i] = cdfItem(children(raw[i], s.scope))
	}
	return items, nil
}

// cdfItem reads a channel or an item: both name themselves alike, their
// attributes in capitals by custom.
func cdfItem(elements []element, self []byte, in scope) Item {
	item := Item{Lang: in.lang, Base: in.base, Updated: some(upper(self, "lastmod"))}
	link := upper(self, "href")
	for _, e := range elements {
		switch e.local {
		case "title":
			item.Title = textIn(e.chars(), Guess, in)
		case "abstract", "description":
			item.Summary = textIn(e.chars(), Guess, in)
		case "a":
			link = either(link, upper(e.tag, "href"))
		case "link":
			link = either(link, e.chars()) // an RSS document that lost its root
		}
	}
	if link = strings.TrimSpace(link); link != "" {
		item.Links = []Link{{Href: link, Rel: "alternate"}}
	}
	return item
}

// upper returns the value of an attribute whose name is compared without case.
func upper(tag []byte, name string) string {
	for _, a := range attrs(tag) {
		if strings.EqualFold(a.name, name) {
			return a.value
		}
	}
	return ""
}
