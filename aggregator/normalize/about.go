package normalize

import (
	"time"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// About normalizes what a document says about itself.
func About(s Source, h parse.Header, now time.Time) storage.About {
	d := document{source: s, header: h, now: now.UTC().Truncate(time.Second), cuts: cuts{}}
	d.base = documentBase(s.URL, h)
	d.dates = dates{now: d.now}.learn(h.Updated)
	base := d.within()
	return storage.About{
		ID:          d.guid(h.ID),
		Title:       d.cuts.text("title", plain(h.Title), maxTitle),
		Description: d.cuts.text("description", plain(h.Description), maxRights),
		Link:        pageURL(h.Links, base),
		Self:        absolute(h.Link("self"), base),
		Hub:         absolute(h.Link("hub"), base),
		Image:       absolute(h.Image, base),
		Language:    languageTag(h.Lang),
		Rights:      d.cuts.text("rights", plain(h.Rights), maxRights),
		Format:      s.Format,
		Updated:     d.first(h.Updated),
	}
}

// Channel returns the people and subjects that a document names for itself,
// normalized as those of its entries are.
func Channel(s Source, h parse.Header) (authors []storage.Person, categories []string) {
	d := document{source: s, header: h, cuts: cuts{}}
	d.base = documentBase(s.URL, h)
	return d.authors(&parse.Item{Authors: h.Authors}, d.within()), d.categories(h.Categories)
}
