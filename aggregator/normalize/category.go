package normalize

import (
	"cmp"
	"strings"

	"newsfeed/aggregator/parse"
)

// categories returns the subjects of an item and those that the configuration
// adds, each once. Terms that are addresses are for programs.
func (d *document) categories(written []parse.Category) []string {
	var list []string
	seen := map[string]bool{}
	add := func(name string) {
		key := strings.ToLower(name)
		if name != "" && !seen[key] {
			seen[key] = true
			list = append(list, name)
		}
	}
	for _, c := range written {
		name := plainString(cmp.Or(strings.TrimSpace(c.Label), c.Term))
		if scheme, _ := cutScheme(name); scheme == "http" || scheme == "https" {
			continue
		}
		add(d.cuts.text("category", name, maxCategory))
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
