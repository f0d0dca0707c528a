package parse

import (
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// extension returns the text of the first extension element of that prefix
// and name, or "".
func extension(x ext.Extensions, prefix, name string) string {
	if list := x[prefix][name]; len(list) > 0 {
		return strings.TrimSpace(list[0].Value)
	}
	return ""
}

// atomLinks reads the atom:link elements of an RSS document.
func atomLinks(x ext.Extensions) []Link {
	var links []Link
	for _, prefix := range []string{"atom", "atom10", "atom03", "a10"} {
		for _, e := range x[prefix]["link"] {
			href := strings.TrimSpace(e.Attrs["href"])
			if href == "" {
				continue
			}
			links = append(links, Link{
				Href:     href,
				Rel:      strings.ToLower(either(e.Attrs["rel"], "alternate")),
				Type:     e.Attrs["type"],
				Hreflang: e.Attrs["hreflang"],
				Title:    e.Attrs["title"],
				Length:   e.Attrs["length"],
			})
		}
	}
	return links
}

// some returns the strings that are not empty.
func some(list ...string) []string {
	var kept []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func one(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func fallback(a, b Text) Text {
	if a.Value != "" {
		return a
	}
	return b
}
