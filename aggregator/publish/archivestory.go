package publish

import (
	"context"
	"errors"
	"slices"
	"time"

	"newsfeed/storage"
)

// fillArchive reads the stories that stand at the entries of a block, newest
// first.
func (c *contents) fillArchive(ctx context.Context, r storage.Reader, n uint64, from sources) error {
	a, ok := archivesOf(r)
	if !ok {
		return storage.ErrNotFound
	}
	block, err := c.open(ctx, a, n)
	if err != nil {
		return err
	}
	find := leads{store: r, from: from, settings: c.settings, known: map[string]storage.Story{}}
	for _, arrival := range block {
		s, ok, err := find.at(ctx, arrival.Entry)
		if err != nil {
			return err
		}
		if ok {
			c.stories = append(c.stories, s)
		}
	}
	slices.SortStableFunc(c.stories, func(a, b storage.Story) int { return b.Lead().Effective.Compare(a.Lead().Effective) })
	return nil
}

// open returns the entries of a block, and finds what is beside it.
func (c *contents) open(ctx context.Context, a archives, n uint64) ([]storage.Arrival, error) {
	last, err := a.last(ctx)
	if err != nil {
		return nil, err
	}
	if n > last {
		return nil, storage.ErrNotFound
	}
	block, err := a.block(ctx, n)
	if err != nil {
		return nil, err
	}
	if len(block) == 0 {
		return nil, ErrGone
	}
	if c.archives.prev, err = a.upTo(ctx, n-1); err != nil {
		return nil, err
	}
	c.archives.next, err = a.after(ctx, n, last)
	return block, err
}

// findArchives finds the last archive of the feed, if there is one.
func (c *contents) findArchives(ctx context.Context, r storage.Reader) error {
	a, ok := archivesOf(r)
	if !ok {
		return nil
	}
	last, err := a.last(ctx)
	if err == nil {
		c.archives.prev, err = a.upTo(ctx, last)
	}
	return err
}

// leads finds the stories that entries lead, as the merged feed has them.
type leads struct {
	store    storage.Reader
	from     sources
	settings storage.Settings
	known    map[string]storage.Story // by id; one without entries: nothing of it is merged
}

// at returns the story that stands at the entry, if one does.
func (l leads) at(ctx context.Context, e storage.Entry) (storage.Story, bool, error) {
	src, err := l.from.find(ctx, e.Source)
	switch {
	case err != nil || e.Hidden != "" || src.Hidden():
		return storage.Story{}, false, err
	case l.apart(src.SourceSettings):
		return alone(e), true, nil
	}
	s, err := l.merged(ctx, e.Story)
	return s, err == nil && len(s.Entries) > 0 && s.Lead().ID == e.ID, err
}

// apart reports whether entries of a source that is configured so have no
// part in the stories of others.
func (l leads) apart(s storage.SourceSettings) bool {
	return s.Folding(l.settings.Feed) != storage.Merge
}

// merged returns what the merged feed folds of a story.
func (l leads) merged(ctx context.Context, id string) (storage.Story, error) {
	if s, ok := l.known[id]; ok {
		return s, nil
	}
	s, err := l.store.Story(ctx, id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return s, err
	}
	all := s.Entries
	s.Entries = nil
	for _, e := range all {
		src, err := l.from.find(ctx, e.Source)
		if err != nil {
			return s, err
		}
		if !l.apart(src.SourceSettings) {
			s.Entries = append(s.Entries, e)
		}
	}
	if len(s.Entries) > 0 {
		if s, err = l.published(ctx, s); err != nil {
			return s, err
		}
	}
	l.known[id] = s
	return s, nil
}

// published returns a story as it is published. One that has its public id from
// an entry that stands apart has another one there, which only the store knows:
// entries that are hidden or gone have a say in it.
func (l leads) published(ctx context.Context, s storage.Story) (storage.Story, error) {
	if slices.ContainsFunc(s.Entries, func(e storage.Entry) bool { return e.ID == s.Public }) {
		return s, nil
	}
	apart, err := l.begunApart(ctx, s.Public)
	if err != nil || !apart {
		return s, err
	}
	return l.standing(ctx, s.Lead())
}

// begunApart reports whether the entry stands apart or, if it is gone, may have
// done so.
func (l leads) begunApart(ctx context.Context, id string) (bool, error) {
	e, err := l.store.Entry(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return slices.ContainsFunc(l.settings.Sources, l.apart), nil
	}
	if err != nil {
		return false, err
	}
	src, err := l.from.find(ctx, e.Source)
	return l.apart(src.SourceSettings), err
}

// standing returns the story that the store says stands at an entry.
func (l leads) standing(ctx context.Context, e storage.Entry) (storage.Story, error) {
	q := storage.Query{Since: e.Effective, Until: e.Effective.Add(time.Microsecond), Limit: storage.MaxPage}
	for {
		page, err := l.store.Stories(ctx, q)
		if err != nil {
			return storage.Story{}, err
		}
		for _, s := range page.Items {
			if s.Lead().ID == e.ID {
				return s, nil
			}
		}
		if page.Next == "" {
			return storage.Story{}, nil // it was removed a moment ago
		}
		q.Before = page.Next
	}
}
