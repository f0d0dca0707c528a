package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// whyJSON is what why --json prints: the source of that id, or the entries that
// are known by that name.
type whyJSON struct {
	Asked   string         `json:"asked"`
	Source  *sourceJSON    `json:"source,omitempty"`
	Entries []whyEntryJSON `json:"entries"`
}

// whyEntryJSON is what was decided about an entry. Times are RFC 3339 or empty.
type whyEntryJSON struct {
	ID        string       `json:"id"`
	GUID      string       `json:"guid"`
	URL       string       `json:"url"`
	Title     string       `json:"title"`
	Source    string       `json:"source"`
	FirstSeen string       `json:"first_seen"`
	Published string       `json:"published"` // as the source says
	Updated   string       `json:"updated"`
	Effective string       `json:"effective"` // by which feeds are ordered
	Dated     string       `json:"dated"`     // how that came about
	Revision  int          `json:"revision"`
	Changed   string       `json:"changed"`
	Keys      []keyJSON    `json:"keys"`
	Story     string       `json:"story"`
	Joined    *joinedJSON  `json:"joined,omitempty"` // absent: it began its story
	HiddenBy  string       `json:"hidden_by"`        // the filter that hides it
	Feeds     []inFeedJSON `json:"feeds"`
}

type keyJSON struct {
	Kind string `json:"kind"`
	Hash string `json:"hash"`
}

type joinedJSON struct {
	Rule  string  `json:"rule"`
	Other string  `json:"other"`
	Score float64 `json:"score"`
}

// inFeedJSON says whether an entry is in a feed. Reason says why not, or under
// whose name.
type inFeedJSON struct {
	Feed   string `json:"feed"`
	Listed bool   `json:"listed"`
	Reason string `json:"reason"`
}

// why answers what was decided about a source or an entry.
func (a api) why(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query().Get("of")
	sources, err := a.store.Sources(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	answer := whyJSON{Asked: asked, Entries: []whyEntryJSON{}}
	byID := map[string]storage.Source{}
	for _, s := range sources {
		byID[s.ID] = s
	}
	if s, ok := byID[asked]; ok {
		j := newSourceJSON(s, aggregator.Pauses(sources, time.Now()))
		answer.Source = &j
	}
	entries, err := a.named(r.Context(), asked, sources)
	if err != nil {
		fail(w, err)
		return
	}
	for _, e := range entries {
		j, err := a.whyEntry(r.Context(), e, byID[e.Source])
		if err != nil {
			fail(w, err)
			return
		}
		answer.Entries = append(answer.Entries, j)
	}
	if answer.Source == nil && len(entries) == 0 {
		fail(w, missing(fmt.Sprintf("nothing is known of %s: it is no source's id, and no id, guid or address of a stored entry", asked)))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	_ = lines.Encode(answer)
}

// named returns the entries that have this id, guid or address, with the whole
// story of an address.
func (a api) named(ctx context.Context, name string, sources []storage.Source) ([]storage.Entry, error) {
	ids := make([]string, len(sources))
	for i, s := range sources {
		ids[i] = s.ID
	}
	found, err := a.store.Find(ctx, dedup.Lookup(name, normalize.Canonical(name), ids))
	if err != nil {
		return nil, err
	}
	switch e, err := a.store.Entry(ctx, name); {
	case err == nil:
		found = append([]storage.Entry{e}, found...)
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	var entries []storage.Entry
	had := map[string]bool{"": true}
	for _, e := range found {
		if !had[e.ID] {
			had[e.ID] = true
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (a api) whyEntry(ctx context.Context, e storage.Entry, source storage.Source) (whyEntryJSON, error) {
	j := whyEntryJSON{
		ID: e.ID, GUID: e.GUID, URL: e.URL, Title: e.Title, Source: e.Source,
		FirstSeen: rfc3339(e.FirstSeen), Published: rfc3339(e.Published), Updated: rfc3339(e.Updated),
		Effective: rfc3339(e.Effective), Dated: dated(e), Revision: e.Revision, Changed: rfc3339(e.Changed),
		Story: e.Story, HiddenBy: e.Hidden, Keys: []keyJSON{},
	}
	for _, k := range e.Keys {
		j.Keys = append(j.Keys, keyJSON{dedup.Kind(k), hex.EncodeToString(k[1:])})
	}
	if e.Joined.Rule != "" {
		j.Joined = &joinedJSON{e.Joined.Rule, e.Joined.Other, e.Joined.Score}
	}
	for _, feed := range []struct {
		name string
		sel  publish.Selection
	}{{"feed", publish.Selection{}}, {"sources/" + e.Source, publish.Selection{Source: e.Source}}} {
		in, err := a.inFeed(ctx, e, source, feed.sel)
		if err != nil {
			return j, err
		}
		in.Feed = feed.name
		j.Feeds = append(j.Feeds, in)
	}
	return j, nil
}

// dated says what the effective time of an entry was taken from.
func dated(e storage.Entry) string {
	switch {
	case e.Effective.Equal(e.Published):
		return "as published"
	case e.Effective.Equal(e.Updated) && e.Published.IsZero():
		return "as updated: the source says nothing of its publication"
	}
	return "when it was first seen: the source gives no date, or none to be believed"
}

// inFeed tells whether an entry is in a feed, and why not.
func (a api) inFeed(ctx context.Context, e storage.Entry, source storage.Source, sel publish.Selection) (inFeedJSON, error) {
	switch {
	case source.Removed:
		return inFeedJSON{Reason: "its source is no longer configured"}, nil
	case source.Disabled:
		return inFeedJSON{Reason: "its source is disabled"}, nil
	case e.Hidden != "":
		return inFeedJSON{Reason: "a filter hides it"}, nil
	}
	stories, err := publish.Contents(ctx, a.store, sel)
	if err != nil {
		return inFeedJSON{}, err
	}
	for _, s := range stories {
		for i, member := range s.Entries {
			switch {
			case member.ID != e.ID:
			case i == 0:
				return inFeedJSON{Listed: true, Reason: "as " + s.Public}, nil
			default:
				return inFeedJSON{Listed: true, Reason: "named with " + s.Public + ", which leads its story"}, nil
			}
		}
	}
	settings, err := a.store.Settings(ctx)
	if err != nil {
		return inFeedJSON{}, err
	}
	limits := settings.Feed
	if limits.Window > 0 && len(stories) > 0 {
		if oldest := stories[0].Lead().Effective.Add(-limits.Window); e.Effective.Before(oldest) {
			return inFeedJSON{Reason: "it is older than the feed's window, which begins at " + rfc3339(oldest)}, nil
		}
	}
	return inFeedJSON{Reason: fmt.Sprintf("%d newer items fill the feed", limits.Limit)}, nil
}

// explainEntry prints what was decided about an entry.
func (p *program) explainEntry(e whyEntryJSON) {
	p.line("entry", "%s", e.ID)
	p.line("title", "%s", e.Title)
	p.line("url", "%s", e.URL)
	if e.GUID != e.ID {
		p.line("guid", "%s", e.GUID)
	}
	p.line("source", "%s", e.Source)
	p.line("first seen", "%s", e.FirstSeen)
	p.line("dated", "%s, %s", e.Effective, e.Dated)
	if e.Revision > 1 {
		p.line("revised", "%s, revision %d", e.Changed, e.Revision)
	}
	for i, k := range e.Keys {
		name := ""
		if i == 0 {
			name = "known by"
		}
		p.line(name, "%s %s", k.Kind, k.Hash)
	}
	if e.Joined == nil {
		p.line("story", "%s, which it began", e.Story)
	} else {
		p.line("story", "%s, of %s by the rule %q, score %.2f", e.Story, e.Joined.Other, e.Joined.Rule, e.Joined.Score)
	}
	if e.HiddenBy != "" {
		p.line("hidden by", "%s", e.HiddenBy)
	}
	for _, f := range e.Feeds {
		listed := "in"
		if !f.Listed {
			listed = "not in"
		}
		p.line(listed, "%s: %s", f.Feed, f.Reason)
	}
}
