package publish

import (
	"context"
	"errors"
	"fmt"

	"newsfeed/storage"
)

// errNoSettings says that no configuration has been applied to the store yet,
// so that the public address of its feeds is not known.
var errNoSettings = errors.New("the store has no settings yet")

// Contents returns the stories of a feed in the order in which they are
// published. Where the feed does not merge sources each entry is a story of
// its own. A source or category that is not there, or hidden, is
// storage.ErrNotFound.
func Contents(ctx context.Context, r storage.Reader, sel Selection) ([]storage.Story, error) {
	c, err := readContents(ctx, r, sel, sources{store: r, known: map[string]source{}})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", sel.stem(), err)
	}
	return c.stories, nil
}

// contents is what a feed is made of.
type contents struct {
	settings storage.Settings
	category string          // as it is spelled, if one is selected
	stories  []storage.Story // newest first
}

func readContents(ctx context.Context, r storage.Reader, sel Selection, from sources) (c contents, err error) {
	if sel.Source != "" && sel.Category != "" {
		return c, errors.New("source and category selected: at most one is possible")
	}
	if c.settings, err = r.Settings(ctx); err != nil {
		return c, err
	}
	if c.settings.BaseURL == "" {
		return c, errNoSettings
	}
	query := sel.query()
	query.Limit = 1
	newest, err := r.Entries(ctx, query)
	if err != nil {
		return c, err
	}
	if sel.Category != "" {
		if c.category = spelling(sel.Category, c.settings, newest.Items); c.category == "" {
			return c, storage.ErrNotFound
		}
	}
	if sel.Source != "" {
		src, err := from.find(ctx, sel.Source)
		if err != nil {
			return c, err
		}
		if src.unknown || src.Hidden() {
			return c, storage.ErrNotFound
		}
	}
	limits := c.settings.Feed
	if limits.Window > 0 && len(newest.Items) > 0 {
		query.Since = newest.Items[0].Effective.Add(-limits.Window)
	}
	if sel.Source == "" && (limits.Across == storage.Merge || limits.Across == "") {
		c.stories, err = all(ctx, query, limits.Limit, r.Stories)
		return c, err
	}
	entries, err := all(ctx, query, limits.Limit, r.Entries)
	for _, e := range entries {
		c.stories = append(c.stories, storage.Story{ID: e.Story, Public: e.ID, Entries: []storage.Entry{e}, Changed: e.Changed})
	}
	return c, err
}

// all reads pages until there are as many things as the limit says, or no
// more. A limit of 0 is none.
func all[T any](
	ctx context.Context, q storage.Query, limit int,
	read func(context.Context, storage.Query) (storage.Page[T], error),
) ([]T, error) {
	var got []T
	for {
		q.Limit = storage.MaxPage
		if limit > 0 {
			q.Limit = min(limit-len(got), storage.MaxPage)
		}
		page, err := read(ctx, q)
		if err != nil {
			return nil, err
		}
		got = append(got, page.Items...)
		if page.Next == "" || limit > 0 && len(got) >= limit {
			return got, nil
		}
		q.Before = page.Next
	}
}
