package parse

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
)

// meta has the contents of a page's meta elements by property or name in lower
// case: Open Graph and the names that became customary beside it.
type meta map[string][]string

func (m meta) add(n *html.Node) {
	key := strings.ToLower(cmp.Or(attribute(n, "property"), attribute(n, "name"), attribute(n, "itemprop")))
	if content := attribute(n, "content"); key != "" && content != "" && len(m[key]) < maxParts {
		m[key] = append(m[key], content)
	}
}

// first returns the first content of the first of the keys that has one.
func (m meta) first(keys ...string) string {
	for _, key := range keys {
		if len(m[key]) > 0 {
			return m[key][0]
		}
	}
	return ""
}

// all returns the first content of each of the keys.
func (m meta) all(keys ...string) []string {
	var list []string
	for _, key := range keys {
		list = union(list, some(m.first(key)))
	}
	return list
}

// item returns what the meta elements say about the article that the page is.
func (m meta) item() Item {
	item := Item{
		Title:      written(m.first("og:title", "twitter:title"), Plain),
		Summary:    written(m.first("og:description", "description", "twitter:description"), Plain),
		Published:  m.all("article:published_time", "datepublished", "date", "pubdate", "publishdate", "dc.date", "dc.date.issued", "dcterms.issued"),
		Updated:    m.all("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified"),
		Authors:    m.authors(),
		Categories: m.categories(),
	}
	if u := m.first("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"); u != "" {
		item.addMedia(Media{
			Kind: MediaImage, Medium: "image", URL: u, Type: m.first("og:image:type"),
			Width: m.first("og:image:width"), Height: m.first("og:image:height"), Title: m.first("og:image:alt"),
		})
	}
	// A video of another type is the page of a player.
	if t := m.first("og:video:type"); strings.HasPrefix(t, "video/") {
		item.addMedia(Media{
			Kind: MediaContent, Medium: "video", URL: m.first("og:video", "og:video:url", "og:video:secure_url"), Type: t,
			Width: m.first("og:video:width"), Height: m.first("og:video:height"), Duration: m.first("og:video:duration", "video:duration"),
		})
	}
	if u := m.first("og:audio", "og:audio:url", "og:audio:secure_url"); u != "" {
		item.addMedia(Media{Kind: MediaContent, Medium: "audio", URL: u, Type: m.first("og:audio:type")})
	}
	return item
}

// authors returns the authors by the first of the customary names. Open Graph
// has profiles in the place of names, and often addresses of them.
func (m meta) authors() []Person {
	for _, key := range []string{"author", "dc.creator", "article:author"} {
		var list []Person
		for _, written := range m[key] {
			list = append(list, personOf(written))
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

func (m meta) categories() []Category {
	var list []Category
	for _, written := range append(m["article:section"], m["article:tag"]...) {
		list = append(list, Category{Term: written})
	}
	for _, term := range words(m.first("news_keywords", "keywords")) {
		list = append(list, Category{Term: term})
	}
	return list
}

// words cuts a list of keywords.
func words(list string) []string {
	return some(strings.SplitN(list, ",", maxParts)...)
}

// personOf reads an author written as a name or as the address of a profile.
func personOf(written string) Person {
	if strings.HasPrefix(written, "https://") || strings.HasPrefix(written, "http://") {
		return Person{URL: written}
	}
	return Person{Name: written}
}
