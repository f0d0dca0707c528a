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
	title := feedTitle(c.settings)
	census := census(countSources(c.settings.Sources, c.view))
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
		d.title, d.description = title+": "+name, "The latest on "+name+" from "+census
	case d.sel.View != "":
		d.title, d.description = viewTitle(c.view), "A selection from "+census
	case d.sel.Archive > 0:
		d.title, d.description = title, "The archive of "+title
	default:
		d.title, d.description = title, "The latest from "+census
	}
	return nil
}

// feedTitle returns the title of the merged feed.
func feedTitle(s storage.Settings) string { return cmp.Or(line(legal(s.Feed.Title)), "News Feed") }

// countSources counts the sources that a view selects and that are not hidden. The
// zero view selects all.
func countSources(configured []storage.SourceSettings, v storage.View) int {
	n := 0
	for _, s := range configured {
		if !s.Disabled && (len(v.Sources) == 0 || slices.Contains(v.Sources, s.ID)) {
			n++
		}
	}
	return n
}

// census says of how many sources a feed is merged.
func census(sources int) string {
	if sources == 1 {
		return "one source"
	}
	return strconv.Itoa(sources) + " sources"
}

// viewTitle returns the title to show for a view: the configured one, or its
// name.
func viewTitle(v storage.View) string { return cmp.Or(line(legal(v.Title)), line(legal(v.Name))) }

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
