package feedcheck

import "slices"

// history checks what a feed says of its archives: RFC 5005, section 4.
func (r *report) history(where string, feed *element, mediaType string) {
	r.counted(where, feed, 0, 1, "fh:archive")
	r.counted(where, feed, 0, 0, "fh:complete") // that would leave no place for archives
	archive := feed.has("fh:archive")
	linked := map[string]string{} // address by relation
	for _, l := range feed.all("atom:link") {
		rel := relation(l)
		if !slices.Contains([]string{"self", "current", "prev-archive", "next-archive"}, rel) {
			continue
		}
		_, again := linked[rel]
		r.require(!again, "%s: two %s links", where, rel)
		r.require(l.value("type") == mediaType, "%s: %s link of type %q", where, rel, l.value("type"))
		for other, address := range linked {
			r.require(address != l.value("href"), "%s: %s and %s links to one address", where, other, rel)
		}
		linked[rel] = l.value("href")
	}
	_, current := linked["current"]
	_, next := linked["next-archive"]
	r.require(archive == current, "%s: <fh:archive> %t, but current link %t", where, archive, current)
	r.require(archive || !next, "%s: next-archive link in what is no archive", where)
}

// noHistory checks that an item says nothing of archives.
func (r *report) noHistory(where string, item *element) {
	r.counted(where, item, 0, 0, "fh:archive", "fh:complete")
	for _, l := range item.all("atom:link") {
		r.require(!slices.Contains([]string{"current", "prev-archive", "next-archive"}, relation(l)), "%s: %s link", where, relation(l))
	}
}
