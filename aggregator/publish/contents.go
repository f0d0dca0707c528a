package publish

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"newsfeed/storage"
)

// errNoSettings says that no configuration has been applied to the store yet,
// so that the public address of its feeds is not known.
var errNoSettings = errors.New("the store has no settings yet")

// Listing is what a feed holds, and what bounds it.
type Listing struct {
	Stories []storage.Story // in the order in which they are published
	Since   time.Time       // where its window begins; zero: it has none
	Limit   int             // greatest number of stories; 0 is none
	Share   int             // greatest number of one source; math.MaxInt is none
}

// Contents returns what a feed holds. In the feed of one source each entry is a
// story of its own; in the merged feed one source has no more than its share. A
// source, category or view that is not there, or hidden, is
// storage.ErrNotFound.
func Contents(ctx context.Context, r storage.Reader, sel Selection) (Listing, error) {
	c, err := readContents(ctx, r, sel, sources{store: r, known: map[string]source{}})
	if err != nil {
		return Listing{}, fmt.Errorf("read %s: %w", sel.stem(), err)
	}
	return Listing{Stories: c.stories, Since: c.since, Limit: c.limit, Share: c.share}, nil
}

// contents is what a feed is made of.
type contents struct {
	settings storage.Settings
	category string          // as it is spelled, if one is selected
	view     storage.View    // if one is selected
	stories  []storage.Story // newest first

	since        time.Time
	limit, share int
	archives     neighbours
}

func readContents(ctx context.Context, r storage.Reader, sel Selection, from sources) (c contents, err error) {
	if sel.ambiguous() {
		return c, errors.New("more than one of source, category and view is selected")
	}
	if c.settings, err = r.Settings(ctx); err != nil {
		return c, err
	}
	if c.settings.BaseURL == "" {
		return c, errNoSettings
	}
	if sel.Archive > 0 {
		return c, c.fillArchive(ctx, r, sel.Archive, from)
	}
	if sel == (Selection{}) {
		if err := c.findArchives(ctx, r); err != nil {
			return c, err
		}
	}
	query := sel.query()
	query.Limit = 1
	newest, err := r.Entries(ctx, query)
	if err != nil {
		return c, err
	}
	if err := c.find(ctx, sel, from, newest.Items); err != nil {
		return c, err
	}
	if window := c.settings.Feed.Window; window > 0 && len(newest.Items) > 0 {
		query.Since = newest.Items[0].Effective.Add(-window)
	}
	c.since = query.Since
	return c, c.fill(ctx, r, sel, query)
}

// find looks up what the selection names.
func (c *contents) find(ctx context.Context, sel Selection, from sources, newest []storage.Entry) error {
	switch {
	case sel.Source != "":
		src, err := from.find(ctx, sel.Source)
		if err != nil {
			return err
		}
		if src.unknown || src.Hidden() {
			return storage.ErrNotFound
		}
	case sel.Category != "":
		if c.category = spelling(sel.Category, c.settings, newest); c.category == "" {
			return storage.ErrNotFound
		}
	case sel.View != "":
		i := slices.IndexFunc(c.settings.Views, func(v storage.View) bool { return v.Name == sel.View })
		if i < 0 {
			return storage.ErrNotFound
		}
		c.view = c.settings.Views[i]
	}
	return nil
}

// fill reads the stories that q selects, up to the limit of the feed.
func (c *contents) fill(ctx context.Context, r storage.Reader, sel Selection, q storage.Query) (err error) {
	read := r.Stories
	c.limit, c.share = c.settings.Feed.Limit, math.MaxInt
	switch {
	case sel.Source != "":
		read = unfolded(r)
	case sel.View != "":
		c.limit = c.view.Limit
	case sel.Category == "":
		c.share = portion(c.settings.Feed.Share, c.limit, countSources(c.settings.Sources, c.view))
	}
	c.stories, err = collect(ctx, q, c.limit, c.share, read)
	return err
}

// readStories reads one page of stories.
type readStories func(context.Context, storage.Query) (storage.Page[storage.Story], error)

// unfolded reads each entry as a story of its own.
func unfolded(r storage.Reader) readStories {
	return func(ctx context.Context, q storage.Query) (storage.Page[storage.Story], error) {
		entries, err := r.Entries(ctx, q)
		page := storage.Page[storage.Story]{Next: entries.Next}
		for _, e := range entries.Items {
			page.Items = append(page.Items, alone(e))
		}
		return page, err
	}
}

// alone is an entry as a story of its own.
func alone(e storage.Entry) storage.Story {
	return storage.Story{ID: e.Story, Public: e.ID, Entries: []storage.Entry{e}, Changed: e.Changed}
}

// collect reads pages until there are as many stories as the limit says, or no
// more. A limit of 0 is none. Of those that one source leads it takes the first
// few only, and then older ones of others in their places.
func collect(ctx context.Context, q storage.Query, limit, most int, read readStories) ([]storage.Story, error) {
	var got []storage.Story
	taken := map[string]int{} // by source
	for {
		q.Limit = storage.MaxPage
		if limit > 0 {
			q.Limit = min(limit-len(got), storage.MaxPage)
		}
		page, err := read(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			source := s.Lead().Source
			if taken[source] == most {
				continue
			}
			got = append(got, s)
			if taken[source]++; taken[source] == most {
				q.Except = append(q.Except, source)
			}
		}
		if page.Next == "" || limit > 0 && len(got) >= limit {
			return got, nil
		}
		q.Before = page.Next
	}
}
