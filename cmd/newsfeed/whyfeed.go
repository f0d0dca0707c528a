package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

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

// feeds answers whether entries are in feeds. It reads each feed once.
type feeds struct {
	api
	settings storage.Settings
	listed   map[string]publish.Listing // by name
}

func (a api) newFeeds(ctx context.Context) (feeds, error) {
	settings, err := a.store.Settings(ctx)
	return feeds{api: a, settings: settings, listed: map[string]publish.Listing{}}, err
}

// of tells for the feeds that an entry could be in whether it is.
func (f feeds) of(ctx context.Context, e storage.Entry, source storage.Source) ([]inFeedJSON, error) {
	names := []string{"feed", "sources/" + e.Source}
	for _, v := range f.settings.Views {
		names = append(names, "feeds/"+v.Name)
	}
	list := make([]inFeedJSON, len(names))
	for i, name := range names {
		listed, reason, err := f.in(ctx, e, source, name)
		if err != nil {
			return nil, err
		}
		list[i] = inFeedJSON{name, listed, reason}
	}
	return list, nil
}

func (f feeds) in(ctx context.Context, e storage.Entry, source storage.Source, name string) (listed bool, reason string, err error) {
	sel, err := selection(name)
	if err != nil {
		return false, "", err
	}
	switch {
	case source.Removed:
		return false, "its source is no longer configured", nil
	case source.Disabled:
		return false, "its source is disabled", nil
	case e.Hidden != "":
		return false, "a filter hides it", nil
	case sel.View != "" && !slices.Contains(e.Views, sel.View):
		return false, "it is none of those that the view selects", nil
	}
	listing, ok := f.listed[name]
	if !ok {
		if listing, err = publish.Contents(ctx, f.store, sel); err != nil {
			return false, "", err
		}
		f.listed[name] = listing
	}
	ofSource := 0
	for _, s := range listing.Stories {
		if s.Lead().Source == e.Source {
			ofSource++
		}
		i := slices.IndexFunc(s.Entries, func(member storage.Entry) bool { return member.ID == e.ID })
		switch {
		case i == 0:
			return true, "as " + s.Public, nil
		case i > 0:
			return true, fmt.Sprintf("named with %s, which leads its story", s.Public), nil
		}
	}
	reason, err = f.missed(ctx, e, sel, listing, ofSource)
	return false, reason, err
}

// missed says why an entry that a feed selects is not in it. Of the stories
// listed, so many are of its source.
func (f feeds) missed(ctx context.Context, e storage.Entry, sel publish.Selection, in publish.Listing, ofSource int) (string, error) {
	lead, its := e, "it"
	if sel.Source == "" && !apart(e, f.settings) {
		switch s, err := f.store.Story(ctx, e.Story); {
		case err == nil:
			for _, member := range s.Entries {
				if !apart(member, f.settings) && (sel.View == "" || slices.Contains(member.Views, sel.View)) {
					lead = member
					break
				}
			}
		case !errors.Is(err, storage.ErrNotFound):
			return "", err
		}
	}
	if lead.ID != e.ID {
		its = lead.ID + ", where its story stands,"
	}
	switch {
	case lead.Effective.Before(in.Since):
		return fmt.Sprintf("%s is older than the feed's window, which begins at %s", its, rfc3339(in.Since)), nil
	case ofSource >= in.Share && lead.Source == e.Source:
		return fmt.Sprintf("%d newer items of its source fill the source's share of the feed", ofSource), nil
	case in.Limit > 0 && len(in.Stories) >= in.Limit:
		return fmt.Sprintf("%d newer items fill the feed", in.Limit), nil
	case in.Share < math.MaxInt:
		return its + " is led by a source that has its share of the feed", nil
	}
	return "it came while the feed was read", nil
}

// apart reports whether an entry is an item of its own whatever its story.
func apart(e storage.Entry, s storage.Settings) bool { return mode(e.Source, s) != storage.Merge }

// mode returns what becomes of the entries of a source that are of a story with
// others.
func mode(source string, s storage.Settings) storage.Across {
	for _, src := range s.Sources {
		if src.ID == source {
			return src.Folding(s.Feed)
		}
	}
	return storage.SourceSettings{}.Folding(s.Feed)
}
