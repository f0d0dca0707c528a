package normalize

import (
	"cmp"
	"net/url"
	"strings"

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
// that says it is one, what the item names as its content, else the recording
// or film.
func entryURL(item *parse.Item, base *url.URL) string {
	return cmp.Or(
		link(item.Link("original"), base),
		pageURL(item.Links, base),
		permalink(item, base),
		link(item.Link("content"), base),
		mediaURL(item.Media, base),
	)
}

// pageURL returns the first alternate link to a page in HTML, else the first
// to anything.
func pageURL(links []parse.Link, base *url.URL) string {
	other := ""
	for _, l := range links {
		if l.Rel != "alternate" {
			continue
		}
		u := link(l.Href, base)
		switch t := mediaType(l.Type); {
		case u == "":
		case t == "" || t == "text/html" || t == "application/xhtml+xml":
			return u
		case other == "":
			other = u
		}
	}
	return other
}

func permalink(item *parse.Item, base *url.URL) string {
	if !item.Permalink {
		return ""
	}
	return link(item.GUID, base)
}

func mediaURL(media []parse.Media, base *url.URL) string {
	for _, m := range media {
		if m.Kind == parse.MediaEnclosure || m.Kind == parse.MediaContent {
			if u := link(m.URL, base); u != "" {
				return u
			}
		}
	}
	return ""
}

// link is absolute for what may have been escaped once too often.
func link(raw string, base *url.URL) string {
	if strings.Contains(raw, "&") {
		raw = ampersands.Replace(raw)
	}
	return absolute(raw, base)
}

var ampersands = strings.NewReplacer("&amp;", "&", "&#038;", "&", "&#38;", "&")
