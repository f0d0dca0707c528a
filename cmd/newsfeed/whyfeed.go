package main

import (
	"context"
	"fmt"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// inFeedJSON says whether an entry is in a feed. Reason says why not, or under
// whose name.
type inFeedJSON struct {
	Feed   string `json:"feed"`
	Listed bool   `json:"listed"`
	Reason string `json:"reason"`
}

// inFeeds tells for the feeds that an entry could be in whether it is.
func (a api) inFeeds(ctx context.Context, e storage.Entry, source storage.Source) ([]inFeedJSON, error) {
	settings, err := a.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	q := feedQuestion{api: a, entry: e, source: source, settings: settings}
	names := []string{"feed", "sources/" + e.Source}
	for _, v := range settings.Views {
		names = append(names, "feeds/"+v.Name)
	}
	var list []inFeedJSON
	for _, name := range names {
		in, err := q.in(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, in)
	}
	return list, nil
}

// feedQuestion is whether an entry is in a feed.
type feedQuestion struct {
	api
	entry    storage.Entry
	source   storage.Source
	settings storage.Settings
}

func (q feedQuestion) in(ctx context.Context, name string) (inFeedJSON, error) {
	no := func(format string, args ...any) (inFeedJSON, error) {
		return inFeedJSON{Feed: name, Reason: fmt.Sprintf(format, args...)}, nil
	}
	yes := func(format string, args ...any) (inFeedJSON, error) {
		return inFeedJSON{Feed: name, Listed: true, Reason: fmt.Sprintf(format, args...)}, nil
	}
	sel, err := selection(name)
	if err != nil {
		return inFeedJSON{}, err
	}
	switch {
	case q.source.Removed:
		return no("its source is no longer configured")
	case q.source.Disabled:
		return no("its source is disabled")
	case q.entry.Hidden != "":
		return no("a filter hides it")
	case sel.View != "" && !inView(q.entry, sel.View):
		return no("it is none of those that the view selects")
	}
	stories, err := publish.Contents(ctx, q.store, sel)
	if err != nil {
		return inFeedJSON{}, err
	}
	ofSource := 0
	for _, s := range stories {
		if s.Lead().Source == q.entry.Source {
			ofSource++
		}
		for i, member := range s.Entries {
			switch {
			case member.ID != q.entry.ID:
			case i == 0:
				return yes("as %s", s.Public)
			default:
				return yes("named with %s, which leads its story", s.Public)
			}
		}
	}
	return no("%s", q.missed(sel, stories, ofSource))
}

func inView(e storage.Entry, name string) bool {
	for _, v := range e.Views {
		if v == name {
			return true
		}
	}
	return false
}

// missed says why an entry that a feed selects is not among its stories.
func (q feedQuestion) missed(sel publish.Selection, stories []storage.Story, ofSource int) string {
	limit := q.settings.Feed.Limit
	for _, v := range q.settings.Views {
		if v.Name == sel.View {
			limit = v.Limit
		}
	}
	if window := q.settings.Feed.Window; window > 0 && len(stories) > 0 {
		if oldest := stories[0].Lead().Effective.Add(-window); q.entry.Effective.Before(oldest) {
			return "it is older than the feed's window, which begins at " + rfc3339(oldest)
		}
	}
	if sel == (publish.Selection{}) && len(stories) < limit || len(stories) > 0 && q.entry.Effective.After(stories[len(stories)-1].Lead().Effective) {
		return fmt.Sprintf("%d newer items of its source fill the source's share of the feed", ofSource)
	}
	return fmt.Sprintf("%d newer items fill the feed", limit)
}
