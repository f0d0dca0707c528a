package publish

import (
	"net/url"
	"strconv"
	"strings"

	"newsfeed/storage"
)

// Selection says which entries a feed is made of. The zero Selection is the
// merged News Feed; at most one of its fields is set.
type Selection struct {
	Source   string // the entries of this source
	Category string // the entries of this category, compared without case
	View     string // the entries of this view
	Archive  uint64 // the entries of this block in order of first commit, from 1

	// Subscriptions selects no entries but the sources: it is published as OPML
	// only, and nothing else is.
	Subscriptions bool
}

// Path returns where the feed is served, relative to the base URL.
func (s Selection) Path(f Format) string { return s.stem() + f.Ext() }

// stem is the path without the format, and so the same for all of them.
func (s Selection) stem() string {
	switch {
	case s.Source != "":
		return "sources/" + url.PathEscape(s.Source)
	case s.Category != "":
		return "categories/" + url.PathEscape(strings.ToLower(s.Category))
	case s.View != "":
		return "feeds/" + url.PathEscape(s.View)
	case s.Subscriptions:
		return "sources"
	case s.Archive > 0:
		return "archive/" + strconv.FormatUint(s.Archive, 10)
	}
	return "feed"
}

func (s Selection) query() storage.Query {
	return storage.Query{Source: s.Source, Category: s.Category, View: s.View}
}

// ambiguous reports whether more than one field is set.
func (s Selection) ambiguous() bool {
	return s != Selection{Source: s.Source} && s != Selection{Category: s.Category} && s != Selection{View: s.View} &&
		s != Selection{Archive: s.Archive}
}
