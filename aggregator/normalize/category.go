package normalize

import (
	"slices"
	"strings"

	"newsfeed/aggregator/parse"
)

// categories returns the subjects of an item and those that the configuration
// adds, each once: what a category is called for people, and then its term
// where that is another word. Terms that are addresses are for programs.
func (d *document) categories(written []parse.Category) []string {
	var list []string
	var keys []string // of those in the list
	add := func(name string) {
		key := strings.ToLower(name)
		if name != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
			list = append(list, name)
		}
	}
	for _, c := range written {
		for _, name := range []string{plainString(c.Label), plainString(c.Term)} {
			if scheme, _ := cutScheme(name); scheme != "http" && scheme != "https" {
				add(d.cuts.text("category", name, maxCategory))
			}
		}
		if len(list) > maxCategories {
			d.cuts["categories"]++
			list = list[:maxCategories]
			break
		}
	}
	for _, name := range d.source.Categories {
		add(fold(name))
	}
	return list
}
