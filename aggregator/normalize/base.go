package normalize

import (
	"cmp"
	"net/url"

	"newsfeed/aggregator/parse"
)

// documentBase is what relative URLs of a document mean where no xml:base is
// in scope: the document's own name for itself, else where it came from.
func documentBase(requested string, h parse.Header) *url.URL {
	from := parseURL(requested, nil)
	if self := parseURL(h.Link("self"), from); self != nil {
		return self
	}
	return from
}

// within returns the base for a part of the document, whose nearest xml:base
// comes first. Each of them is already joined to those outside of it.
func (d *document) within(xmlBase ...string) *url.URL {
	if base := parseURL(cmp.Or(cmp.Or(xmlBase...), d.header.Base), d.base); base != nil {
		return base
	}
	return d.base
}

// entryURL returns the address of the article: the one from before a feed
// service put its own in the place, the page in HTML, any other page, a guid
// that says it is one, else the recording or film.
func entryURL(item *parse.Item, base *url.URL) string {
	if u := absolute(item.Link("original"), base); u != "" {
		return u
	}
	other := ""
	for _, l := range item.Links {
		if l.Rel != "alternate" {
			continue
		}
		u := absolute(l.Href, base)
		switch t := mediaType(l.Type); {
		case u == "":
		case t == "" || t == "text/html" || t == "application/xhtml+xml":
			return u
		case other == "":
			other = u
		}
	}
	if other != "" {
		return other
	}
	if item.Permalink {
		if u := absolute(item.GUID, base); u != "" {
			return u
		}
	}
	for _, m := range item.Media {
		if m.Kind == parse.MediaEnclosure || m.Kind == parse.MediaContent {
			if u := absolute(m.URL, base); u != "" {
				return u
			}
		}
	}
	return ""
}
