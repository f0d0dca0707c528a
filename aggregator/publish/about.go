package publish

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"newsfeed/storage"
)

// describe says what the feed is about.
func (d *feed) describe(ctx context.Context, c contents, from sources) error {
	title := cmp.Or(line(legal(c.settings.Feed.Title)), "News Feed")
	switch {
	case d.sel.Source != "":
		src, err := from.find(ctx, d.sel.Source)
		if err != nil {
			return err
		}
		about := src.State.About
		d.title, d.image = line(src.Name()), about.Image
		d.description = cmp.Or(plainText(about.Description), "The latest from "+d.title)
		d.home = cmp.Or(about.Link, d.home)
	case d.sel.Category != "":
		name := line(legal(c.category))
		d.title, d.description = title+": "+name, "The latest on "+name+" from "+census(c.settings.Sources)
	default:
		d.title, d.description = title, "The latest from "+census(c.settings.Sources)
	}
	return nil
}

// census says of how many sources a feed is merged.
func census(configured []storage.SourceSettings) string {
	n := 0
	for _, s := range configured {
		if !s.Disabled {
			n++
		}
	}
	if n == 1 {
		return "one source"
	}
	return strconv.Itoa(n) + " sources"
}

// spelling returns a category as the configuration spells it, or else the
// newest entry; it is empty when nobody knows the category.
func spelling(category string, settings storage.Settings, newest []storage.Entry) string {
	var known []string
	for _, s := range settings.Sources {
		if !s.Disabled {
			known = append(known, s.Categories...)
		}
	}
	for _, e := range newest {
		known = append(known, e.Categories...)
	}
	i := slices.IndexFunc(known, func(c string) bool { return strings.EqualFold(c, category) })
	if i < 0 {
		return ""
	}
	return known[i]
}
