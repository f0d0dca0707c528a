package parse

// cdfHeader reads the channel of a Channel Definition Format document, whose
// root it is.
func (s *sheet) cdfHeader() (Header, error) {
	elements, self, in := children(nil, s.head(), scope{spaces: map[string]string{}})
	r := rawItem{self: self, elements: elements, in: in}
	h := r.fields().header()
	c := cdfItem(&r)
	h.Links, h.Updated = c.Links, c.Updated
	h.Base = either(h.Base, element{tag: self}.attribute("base"))
	return h, nil
}

func (s *sheet) readCDF(raw [][]byte) ([]Item, error) {
	items := make([]Item, len(raw))
	var r rawItem
	for i := range raw {
		s.cut(raw[i], &r)
		items[i] = cdfItem(&r)
	}
	return items, nil
}

// cdfItem reads a channel or an item. Both name themselves with the words of
// RSS, and with attributes.
func cdfItem(r *rawItem) Item {
	item := rssItem(r)
	self := element{tag: r.self}
	link := self.attribute("href")
	for _, e := range r.elements {
		if e.local == "a" {
			link = either(link, e.attribute("href"))
		}
	}
	for _, href := range some(link) {
		item.Links = append([]Link{{Href: href, Rel: "alternate"}}, item.Links...)
	}
	item.Updated = append(some(self.attribute("lastmod")), item.Updated...)
	return item
}
