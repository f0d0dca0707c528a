package parse

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxFeeds is how many feeds of a page are listed.
const maxFeeds = 100

// Discover lists the feeds that an HTML page names in its head (RSS
// autodiscovery): links of relation "alternate" with the media type of a feed,
// each address once. The addresses are absolute http(s) ones, against the
// page's base element and then base. Nothing is guessed.
func Discover(page []byte, contentType, base string) []Link {
	text, _ := decodePage(page, contentType)
	root, err := url.Parse(base)
	if err != nil {
		return nil
	}
	head := readHead(text)
	if u, err := root.Parse(head.base); err == nil && isWeb(u) {
		root = u
	}
	var links []Link
	for _, l := range head.feeds {
		u, err := root.Parse(l.Href)
		if err != nil || !isWeb(u) {
			continue
		}
		l.Href = u.String()
		links = appendLink(links, l)
	}
	return links
}

func isWeb(u *url.URL) bool { return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" }

func appendLink(links []Link, l Link) []Link {
	if len(links) == maxFeeds || slices.ContainsFunc(links, func(o Link) bool { return o.Href == l.Href }) {
		return links
	}
	return append(links, l)
}

// head is what the head of a page says about addresses, as written.
type head struct {
	base  string // href of the first base element that has one
	feeds []Link
}

// readHead reads a page up to the end of its head. Sloppy pages have elements
// in their head that belong into a body; what follows them counts as head only
// where an end of the head follows too.
func readHead(text []byte) head {
	var h head
	sure := -1      // how many feeds came before such an element
	templates := 0  // open template elements: nothing in them is there
	opaque := false // inside an element that has text and no elements
	stray := func() {
		if sure < 0 {
			sure = len(h.feeds)
		}
	}
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if sure >= 0 {
				h.feeds = h.feeds[:sure]
			}
			return h
		case html.TextToken:
			if !opaque && len(bytes.TrimSpace(z.Raw())) > 0 {
				stray()
			}
		case html.EndTagToken:
			opaque = false
			switch t := z.Token(); t.DataAtom {
			case atom.Head:
				return h
			case atom.Template:
				templates = max(templates-1, 0)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Html, atom.Head, atom.Meta:
			case atom.Title, atom.Style, atom.Script, atom.Noscript:
				opaque = true
			case atom.Template:
				templates++
			case atom.Body:
				return h
			case atom.Base:
				if h.base == "" && templates == 0 {
					h.base = cleanURL(attributeOf(t.Attr, "href"))
				}
			case atom.Link:
				if l, ok := feedLink(t.Attr); ok && templates == 0 {
					h.feeds = appendLink(h.feeds, l)
				}
			default:
				stray()
			}
		}
	}
}

// feedLink reads the attributes of a link element that names a feed.
func feedLink(attrs []html.Attribute) (Link, bool) {
	media, _, _ := strings.Cut(strings.ToLower(attributeOf(attrs, "type")), ";")
	l := Link{
		Href:     cleanURL(attributeOf(attrs, "href")),
		Rel:      "alternate",
		Type:     strings.TrimSpace(media),
		Hreflang: attributeOf(attrs, "hreflang"),
		Title:    strings.TrimSpace(attributeOf(attrs, "title")),
	}
	return l, l.Href != "" && hasRel(attrs, "alternate") && isFeedType(l) && isFollowable(l.Href)
}

func isFeedType(l Link) bool {
	switch l.Type {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json":
		return true
	case "application/json":
		// JSON Feed 1.0 said so. WordPress names its own programming
		// interface in the same way.
		return !strings.Contains(l.Href, "/wp-json/")
	}
	return false
}

// hasRel reports whether a link element has that relation among its own.
func hasRel(attrs []html.Attribute, rel string) bool {
	return slices.Contains(strings.Fields(strings.ToLower(attributeOf(attrs, "rel"))), rel)
}

var lineBreaks = strings.NewReplacer("\t", "", "\r", "", "\n", "")

// cleanURL drops what means nothing in a URL (WHATWG URL, section 4.4).
func cleanURL(href string) string { return lineBreaks.Replace(strings.TrimSpace(href)) }

// isFollowable reports whether href is a relative URL or one of the web.
func isFollowable(href string) bool {
	scheme, _, ok := strings.Cut(href, ":")
	return !ok || strings.ContainsAny(scheme, "/?#") || strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

func attributeOf(attrs []html.Attribute, name string) string {
	for _, a := range attrs {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}
