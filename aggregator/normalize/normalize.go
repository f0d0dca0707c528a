// Package normalize makes entries of items: it decides what a source meant and
// lets nothing through that could harm a reader.
//
// Everything here is a pure function of its arguments: no clock, no network,
// no state. It believes nothing of what it is given, neither that sizes are
// sensible nor that text is UTF-8, and takes time in proportion to them. What
// it leaves behind is as storage.Entry promises.
package normalize

import (
	"net/url"
	"strings"
	"time"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// Source is what is known about a document besides what is written in it.
type Source struct {
	ID         string
	URL        string   // of the response that brought it: the last base of relative URLs
	Format     string   // as in storage.About
	Categories []string // added to those of each entry
}

// Entries normalizes the items of one document. The result has an entry for
// each item, in the same order, with all but ID, Story, Keys, Changed and
// Revision. The strings say, for people, what was too large to be kept whole.
//
// An entry seen for the first time now is dated now where its source gives no
// date or one in the future.
func Entries(s Source, h parse.Header, items []parse.Item, now time.Time) ([]storage.Entry, []string) {
	d := document{source: s, header: h, now: now.UTC().Truncate(time.Second), cuts: cuts{}, guessed: map[string]int{}}
	d.memory = memories.Get().(*memory)
	defer d.memory.giveBack()
	d.base = documentBase(s.URL, h)
	d.dates = dates{now: d.now}.learn(writtenDates(h, items))
	entries := make([]storage.Entry, len(items))
	for i := range items {
		entries[i] = d.entry(&items[i])
	}
	return entries, d.cuts.list()
}

// document is what the entries of one document have in common.
type document struct {
	source Source
	header parse.Header
	base   *url.URL // of the document, before any xml:base
	dates  dates
	now    time.Time
	cuts   cuts

	language tagged
	guessed  map[string]int // languages, by how often
	unsure   int            // texts whose language could not be guessed

	*memory
}

func (d *document) entry(item *parse.Item) storage.Entry {
	base := d.within(item.Base)
	e := storage.Entry{
		Source:     d.source.ID,
		GUID:       d.guid(item.GUID),
		URL:        entryURL(item, base),
		Title:      d.cuts.text("title", plain(item.Title), maxTitle),
		Authors:    d.authors(item, base),
		Categories: d.categories(item.Categories),
		Rights:     d.cuts.text("rights", plain(item.Rights), maxRights),
		Comments:   absolute(item.Comments, base),
		Origin:     d.origin(item.Origin, base),
	}
	e.CanonicalURL = Canonical(e.URL)
	e.Aliases = aliases(&e, item, base)
	images, text := d.bodies(&e, item)
	e.Media = d.media(item.Media, images, base)
	e.Language = d.languageOf(item, text)
	e.ReadingTime = readingTime(text)
	d.date(&e, item)
	e.Digest = d.digest(&e)
	return e
}

// guid is kept as it was written, or not at all: a part of it would be the
// identity of something else.
func (d *document) guid(raw string) string {
	if len(raw) > maxGUID {
		d.cuts["guid"]++
		return ""
	}
	return strings.TrimSpace(legal(raw))
}

// date tells the times of an entry.
func (d *document) date(e *storage.Entry, item *parse.Item) {
	e.Published = d.first(item.Published)
	e.Updated = d.first(item.Updated)
	e.FirstSeen = d.now
	switch {
	case !e.Published.IsZero():
		e.Effective = e.Published
	case !e.Updated.IsZero():
		e.Effective = e.Updated
	default:
		e.Effective = d.now
	}
}

// first returns the first date that can be read, not after now, or zero. The
// year 1 and the second 0 are how programs write that they have none.
func (d *document) first(written []string) time.Time {
	for _, s := range written {
		t, ok := d.dates.read(s)
		switch {
		case !ok || t.Year() <= 1 || t.Unix() == 0:
		case t.After(d.now):
			return d.now
		default:
			return t
		}
	}
	return time.Time{}
}

func (d *document) origin(o *parse.Origin, base *url.URL) *storage.Origin {
	if o == nil {
		return nil
	}
	origin := storage.Origin{
		ID:      d.guid(o.ID),
		Title:   d.cuts.text("title", plain(o.Title), maxTitle),
		URL:     absolute(o.URL, base),
		Link:    absolute(o.Link, base),
		Updated: d.first([]string{o.Updated}),
	}
	if origin == (storage.Origin{}) {
		return nil
	}
	return &origin
}

// writtenDates are all dates of a document, as evidence for each other.
func writtenDates(h parse.Header, items []parse.Item) []string {
	all := append([]string(nil), h.Updated...)
	for i := range items {
		all = append(append(all, items[i].Published...), items[i].Updated...)
	}
	return all
}
