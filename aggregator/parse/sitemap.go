package parse

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Part is a sitemap that a sitemap index names.
type Part struct {
	URL      string
	Modified string // as written, or empty
}

// newest returns the n url elements that changed last, as far as they say when,
// in the order of the document. Sitemaps mostly end with what is new, so of
// those that do not say the last count.
func newest(raw [][]byte, n int) [][]byte {
	type dated struct {
		at   int
		date string
	}
	all := make([]dated, len(raw))
	for i, r := range raw {
		all[i].at = i
		for _, name := range []string{"lastmod>", "publication_date>"} {
			if _, rest, ok := bytes.Cut(r, []byte(name)); ok && all[i].date == "" {
				date, _, _ := bytes.Cut(rest, []byte("<"))
				all[i].date = string(bytes.TrimSpace(date)) // W3C dates come in the order of their letters
			}
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int {
		return cmp.Or(cmp.Compare(b.date, a.date), cmp.Compare(b.at, a.at))
	})
	all = all[:n]
	slices.SortFunc(all, func(a, b dated) int { return cmp.Compare(a.at, b.at) })
	kept := make([][]byte, n)
	for i := range kept {
		kept[i] = raw[all[i].at]
	}
	return kept
}

// sitemapParts reads a sitemap index (sitemaps.org protocol 0.9).
func (s *sheet) sitemapParts() []Part {
	parts := []Part{}
	for _, item := range s.items[:min(len(s.items), MaxItems)] {
		elements, _, _ := children(nil, item.of(s.data), s.scope)
		var p Part
		for _, e := range elements {
			switch e.local {
			case "loc":
				p.URL = e.chars()
			case "lastmod":
				p.Modified = e.chars()
			}
		}
		if p.URL != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// sitemapHeader returns no header: a sitemap says nothing about itself but its
// namespaces.
func (s *sheet) sitemapHeader() (Header, error) {
	return Header{Lang: s.scope.lang, Base: s.scope.base}, nil
}

// readSitemap reads the url elements of a sitemap (sitemaps.org protocol 0.9)
// with the news, image and video extensions.
func (s *sheet) readSitemap(raw [][]byte) ([]Item, error) {
	items := make([]Item, len(raw))
	for i := range raw {
		elements, _, in := children(nil, raw[i], s.scope)
		items[i] = Item{Lang: in.lang, Base: in.base}
		for _, e := range elements {
			items[i].addSitemap(e.element, in)
		}
	}
	return items, nil
}

func (item *Item) addSitemap(e element, in scope) {
	switch e.local {
	case "loc":
		if loc := e.chars(); loc != "" {
			item.Links = append(item.Links, Link{Href: loc, Rel: "alternate"})
		}
	case "lastmod":
		item.Updated = append(item.Updated, some(e.chars())...)
	case "news":
		item.addNews(e, in)
	case "image":
		item.addMedia(sitemapImage(e, in))
	case "video":
		item.addVideo(e, in)
	}
}

func sitemapImage(e element, in scope) Media {
	m := Media{Kind: MediaImage, Medium: "image"}
	for _, c := range e.children(in) {
		switch c.local {
		case "loc":
			m.URL = c.chars()
		case "title":
			m.Title = c.chars()
		case "caption":
			m.Caption = c.chars()
		}
	}
	return m
}

// addVideo reads a video:video element. Without a news:news element, what it
// says of the film is all that is said of the page.
func (item *Item) addVideo(e element, in scope) {
	video := Media{Kind: MediaContent, Medium: "video"}
	var pictures []Media
	for _, c := range e.children(in) {
		switch c.local {
		case "content_loc":
			video.URL = c.chars()
		case "player_loc":
			video.URL = either(video.URL, c.chars())
		case "thumbnail_loc":
			pictures = append(pictures, Media{Kind: MediaThumbnail, Medium: "image", URL: c.chars()})
		case "title":
			video.Title = c.chars()
		case "description":
			video.Caption = c.chars()
		case "duration":
			video.Duration = c.chars()
		case "publication_date":
			item.Published = append(item.Published, some(c.chars())...)
		case "uploader":
			if name := c.chars(); name != "" {
				item.Authors = append(item.Authors, Person{Name: name, URL: c.attr("info")})
			}
		case "tag", "category":
			for _, term := range some(c.chars()) {
				item.Categories = append(item.Categories, Category{Term: term})
			}
		}
	}
	item.addMedia(video)
	item.addMedia(pictures...)
	item.Title = fallback(item.Title, textIn(video.Title, Plain, in))
	item.Summary = fallback(item.Summary, textIn(video.Caption, Plain, in))
}

// addNews reads a news:news element.
func (item *Item) addNews(e element, in scope) {
	for _, c := range e.children(in) {
		switch c.local {
		case "title":
			item.Title = textIn(c.chars(), Plain, in)
		case "publication_date":
			item.Published = append(some(c.chars()), item.Published...)
		case "publication":
			for _, p := range c.children(in) {
				if p.local == "language" {
					item.Lang = either(p.chars(), item.Lang)
				}
			}
		case "keywords", "genres":
			for _, term := range some(strings.Split(c.chars(), ",")...) {
				item.Categories = append(item.Categories, Category{Term: term})
			}
		}
	}
}
