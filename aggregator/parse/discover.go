package parse

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Discover lists the feeds that an HTML page names in its head (RSS
// autodiscovery): links of relation "alternate" with the media type of a feed.
// Their addresses are absolute, against the page's base element and then base.
// Nothing is guessed.
func Discover(page []byte, contentType, base string) []Link {
	text, _ := decode(page, contentType)
	root, err := url.Parse(base)
	if err != nil {
		return nil
	}
	var links []Link
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(maxAttribute)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return links
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Head {
				return links
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Body:
				return links
			case atom.Base:
				if u, err := root.Parse(attributeOf(t, "href")); err == nil {
					root = u
				}
			case atom.Link:
				if l, ok := feedLink(t, root); ok && !slices.ContainsFunc(links, func(o Link) bool { return o.Href == l.Href }) {
					links = append(links, l)
				}
			}
		}
	}
}

func feedLink(t html.Token, base *url.URL) (Link, bool) {
	rel := strings.Fields(strings.ToLower(attributeOf(t, "rel")))
	media, _, _ := strings.Cut(strings.ToLower(attributeOf(t, "type")), ";")
	switch strings.TrimSpace(media) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
	default:
		return Link{}, false
	}
	href := strings.TrimSpace(attributeOf(t, "href"))
	u, err := base.Parse(href)
	if err != nil || href == "" || !slices.Contains(rel, "alternate") || u.Scheme != "http" && u.Scheme != "https" {
		return Link{}, false
	}
	return Link{Href: u.String(), Rel: "alternate", Type: strings.TrimSpace(media), Title: strings.TrimSpace(attributeOf(t, "title"))}, true
}

func attributeOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
