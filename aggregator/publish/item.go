package publish

import (
	"cmp"
	"context"
	"strings"
	"time"

	"newsfeed/storage"
)

// maxTitle is the greatest number of runes of a title made from a text.
const maxTitle = 100

// item is one item of a feed in no particular format.
type item struct {
	entry     storage.Entry // the one that is shown
	id        string        // under which it is published
	story     string        // id of the story, if that is told
	source    origin        // the source itself
	named     origin        // what the entry came with, if not zero
	origin    origin        // to which it is credited: one of these
	title     string
	body      string // the whole HTML to read
	authors   []storage.Person
	also      coverage
	published time.Time
	updated   time.Time
	changed   time.Time // the second in which it last changed
}

// newItem makes an item of a story: its lead under the story's id, with the
// other entries named, in the merged feed or a part of it. In a
// feed of many sources the lead's source is named beside the author too, because
// most readers show nothing else of it.
func newItem(ctx context.Context, s storage.Story, from sources, in storage.Feed, mixed bool) (item, error) {
	e := legalEntry(s.Lead())
	src, err := from.find(ctx, e.Source)
	if err != nil {
		return item{}, err
	}
	it := item{
		entry:   e,
		id:      legal(s.Public),
		source:  src.origin,
		named:   src.named(e),
		origin:  src.credit(e),
		title:   title(e, src),
		authors: authors(e, src, mixed),
		changed: e.Changed,
	}
	if src.Folding(in) != storage.Off {
		it.story = legal(s.ID)
	}
	if s.Changed.After(it.changed) {
		it.changed = s.Changed
	}
	it.published, it.updated = dates(e)
	if it.origin.updated.IsZero() {
		// What the source's own feed says now would change with every poll.
		it.origin.updated = it.updated
	}
	if it.also, err = cover(ctx, s, from); err != nil {
		return item{}, err
	}
	it.body = body(e) + it.also.paragraph()
	return it, nil
}

// title returns the title to show: never an empty one, because readers drop
// items without.
func title(e storage.Entry, src source) string {
	if t := line(e.Title); t != "" {
		return t
	}
	for _, markup := range []string{e.Summary, e.Content} {
		if t := excerpt(plainText(markup), maxTitle); t != "" {
			return t
		}
	}
	return cmp.Or(e.URL, line(src.Name()))
}

// authors returns at least one author, each with a name.
func authors(e storage.Entry, src source, mixed bool) []storage.Person {
	from := line(src.Name())
	var all []storage.Person
	for _, p := range e.Authors {
		if p.Name = line(p.Name); p.Name == "" {
			// Some readers take a name with an "@" in it for an address.
			p.Name, _, _ = strings.Cut(p.Email, "@")
		}
		if p.Name == "" {
			continue
		}
		if mixed && !strings.EqualFold(p.Name, from) {
			p.Name += " (" + from + ")"
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return []storage.Person{{Name: from, URL: src.origin.link}}
	}
	return all
}

// dates returns when an entry was published and updated. Neither is later
// than the store itself saw it.
func dates(e storage.Entry) (published, updated time.Time) {
	published, updated = e.Published, e.Updated
	if published.IsZero() || published.After(e.Effective) {
		published = e.Effective
	}
	if updated.After(e.Changed) {
		updated = e.Changed
	}
	if updated.Before(published) {
		updated = published
	}
	return published.UTC(), updated.UTC()
}

// rights returns the rights in the entry, by its own words or its source's.
func (i item) rights() string {
	if i.entry.Rights != "" {
		return i.entry.Rights
	}
	return i.origin.rights
}

// lead returns the image that stands for the item, if it has one.
func (i item) lead() (storage.Media, bool) { return leadImage(i.entry) }
