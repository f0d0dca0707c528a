package publish

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"newsfeed/storage"
)

// feed is one feed in no particular format.
type feed struct {
	sel         Selection
	base        string // the public URL of the server, ending in a slash
	token       string // needed to read it, or empty
	title       string
	description string
	home        string // the page that the feed belongs to
	image       string
	language    string // of all its items, or empty
	updated     time.Time
	modified    time.Time
	items       []item
	views       []storage.View // the public ones
	archives    neighbours
	sources     []subscription // of the list of sources
}

// id is the same whatever the format, and that of the feed for its archives.
func (d feed) id() string {
	if d.sel.Archive > 0 {
		return feed{base: d.base}.id()
	}
	return d.base + d.sel.stem()
}

// url is where the feed is read; what the reader needs for it is part of it,
// because some readers subscribe anew to what the feed says of itself.
func (d feed) url(f Format) string {
	address := d.base + d.sel.Path(f)
	if d.token != "" {
		address += "?" + tokenArgument + "=" + url.QueryEscape(d.token)
	}
	return address
}

// read takes a feed out of the store.
func read(ctx context.Context, r storage.Reader, sel Selection) (feed, error) {
	read := readFeed
	if sel.Subscriptions {
		read = readSubscriptions
	}
	doc, err := read(ctx, r, sel)
	if err != nil {
		return feed{}, fmt.Errorf("read %s: %w", sel.stem(), err)
	}
	return doc, nil
}

func readFeed(ctx context.Context, r storage.Reader, sel Selection) (feed, error) {
	from := sources{store: r, known: map[string]source{}}
	c, err := readContents(ctx, r, sel, from)
	if err != nil {
		return feed{}, err
	}
	doc := feed{
		sel: sel, base: c.settings.BaseURL, home: c.settings.BaseURL, token: c.view.Token,
		items: make([]item, len(c.stories)), views: publicViews(c.settings.Views),
		archives: c.archives,
	}
	if err := doc.describe(ctx, c, from); err != nil {
		return feed{}, err
	}
	for i, s := range c.stories {
		if doc.items[i], err = newItem(ctx, s, from, c.settings.Feed, sel.Source == ""); err != nil {
			return feed{}, err
		}
	}
	doc.date(c.settings.Changed)
	return doc, nil
}

func publicViews(all []storage.View) []storage.View {
	var public []storage.View
	for _, v := range all {
		if v.Token == "" {
			public = append(public, v)
		}
	}
	return public
}

// date sets what the feed says of itself as a whole by what its items say.
func (d *feed) date(settings time.Time) {
	for i, it := range d.items {
		if it.changed.After(d.updated) {
			d.updated = it.changed
		}
		if i == 0 {
			d.language = it.entry.Language
		} else if !strings.EqualFold(d.language, it.entry.Language) {
			d.language = ""
		}
	}
	if len(d.items) == 0 {
		d.updated = settings
	}
	d.modified = d.updated
	if settings.After(d.modified) {
		d.modified = settings
	}
	d.modified = d.modified.UTC().Truncate(time.Second)
}
