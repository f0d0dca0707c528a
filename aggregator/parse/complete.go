package parse

import (
	"cmp"
	"slices"
)

// complete takes from another Item what this one does not say. Its dates come
// after those that are there.
func (i *Item) complete(from Item) {
	i.GUID = cmp.Or(i.GUID, from.GUID)
	if len(i.Links) == 0 {
		i.Links = from.Links
	}
	i.Title = fallback(i.Title, from.Title)
	i.Summary = fallback(i.Summary, from.Summary)
	i.Content = fallback(i.Content, from.Content)
	if len(i.Authors) == 0 {
		i.Authors = from.Authors
	}
	if len(i.Categories) == 0 {
		i.Categories = from.Categories
	}
	i.Published = union(i.Published, from.Published)
	i.Updated = union(i.Updated, from.Updated)
	hasImage := slices.ContainsFunc(i.Media, isImage)
	for _, m := range from.Media {
		if !hasImage || !isImage(m) {
			i.Media = append(i.Media, m)
		}
	}
	i.Lang = cmp.Or(i.Lang, from.Lang)
}

func isImage(m Media) bool { return m.Medium == "image" }

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
