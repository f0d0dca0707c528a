package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/normalize"
	"newsfeed/storage"
)

// whyJSON is what why --json prints: the source of that id, or the entries that
// are known by that name, and when one that was known by it was removed.
type whyJSON struct {
	Asked   string         `json:"asked"`
	Source  *sourceJSON    `json:"source,omitempty"`
	Events  []eventJSON    `json:"events,omitempty"` // the last ones of the source
	Entries []whyEntryJSON `json:"entries"`
	More    int            `json:"more"`    // entries that are not told of
	Removed string         `json:"removed"` // RFC 3339, or empty
}

// The greatest number of entries that why tells of, of others of its story that
// it names with one, and of events of a source.
const (
	mostWhy    = 20
	mostOthers = 20
	whyEvents  = 5
)

// whyEntryJSON is what was decided about an entry. Times are RFC 3339 or empty.
type whyEntryJSON struct {
	ID         string         `json:"id"`
	Identified string         `json:"identified"` // where the id comes from
	GUID       string         `json:"guid"`
	URL        string         `json:"url"`
	Aliases    []string       `json:"aliases"`
	Title      string         `json:"title"`
	Source     string         `json:"source"`
	FirstSeen  string         `json:"first_seen"`
	Published  string         `json:"published"` // as the source says
	Updated    string         `json:"updated"`
	Effective  string         `json:"effective"` // by which feeds are ordered
	Dated      string         `json:"dated"`     // how that came about
	Revision   int            `json:"revision"`
	Changed    string         `json:"changed"`
	History    []revisionJSON `json:"history"` // earlier revisions, the last one first
	Keys       []keyJSON      `json:"keys"`
	Known      *decisionJSON  `json:"known,omitempty"` // absent: its guid has always told which entry it is
	Story      string         `json:"story"`
	Across     storage.Across `json:"across"`             // what becomes of its source's entries that are of a story with others
	Joined     *decisionJSON  `json:"joined,omitempty"`   // absent: it began its story
	Declined   *decisionJSON  `json:"declined,omitempty"` // absent: it came near to no other entry
	Others     []otherJSON    `json:"others"`             // of its story, the first twenty
	HiddenBy   string         `json:"hidden_by"`          // the filter that hides it
	Feeds      []inFeedJSON   `json:"feeds"`
}

// revisionJSON is what an entry was before.
type revisionJSON struct {
	Revision int    `json:"revision"`
	Changed  string `json:"changed"` // when it became visible
	Title    string `json:"title"`
}

// otherJSON is another entry of the same story.
type otherJSON struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title"`
}

type keyJSON struct {
	Kind string `json:"kind"`
	Hash string `json:"hash"`
}

// decisionJSON says by which rule an entry is of the story of another, or would
// be if nothing spoke against it.
type decisionJSON struct {
	Rule    string  `json:"rule"`
	Other   string  `json:"other"`
	Score   float64 `json:"score"`
	Against string  `json:"against"`
}

func newDecisionJSON(d storage.Decision) *decisionJSON {
	if d.Rule == "" {
		return nil
	}
	return &decisionJSON{d.Rule, d.Other, d.Score, d.Against}
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
		j.DueReason = cmp.Or(waiting(a.condition.trouble()), j.DueReason)
		answer.Source = &j
		if answer.Events, err = a.lastEvents(r.Context(), s.ID, whyEvents); err != nil {
			fail(w, err)
			return
		}
	}
	entries, err := a.named(r.Context(), asked, sources)
	if err != nil {
		fail(w, err)
		return
	}
	feeds, err := a.newFeeds(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	answer.More = max(0, len(entries)-mostWhy)
	for _, e := range entries[:len(entries)-answer.More] {
		j, err := a.whyEntry(r.Context(), e, byID[e.Source], feeds)
		if err != nil {
			fail(w, err)
			return
		}
		answer.Entries = append(answer.Entries, j)
	}
	removed, err := a.removed(r.Context(), asked, sources)
	if err != nil {
		fail(w, err)
		return
	}
	answer.Removed = rfc3339(removed)
	if answer.Source == nil && len(entries) == 0 && removed.IsZero() {
		fail(w, missing(fmt.Sprintf("nothing is known of %s: it is no source's id, and no id, guid or address of an entry or story that is or was stored", asked)))
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
	found, err := a.store.Find(ctx, namedKeys(name, sources))
	if err != nil {
		return nil, err
	}
	switch e, err := a.store.Entry(ctx, name); {
	case err == nil:
		found = append([]storage.Entry{e}, found...)
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	switch s, err := a.store.Story(ctx, name); {
	case err == nil:
		found = append(found, s.Entries...)
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

// removed returns when an entry that was known by that name was last removed;
// zero: none was.
func (a api) removed(ctx context.Context, name string, sources []storage.Source) (time.Time, error) {
	when, err := a.store.Pruned(ctx, dedup.Identity(namedKeys(name, sources)))
	if err != nil {
		return time.Time{}, err
	}
	return slices.MaxFunc(append(when, time.Time{}), time.Time.Compare), nil
}

// namedKeys returns the keys of what has this guid or address in any source.
func namedKeys(name string, sources []storage.Source) []storage.Key {
	ids := make([]string, len(sources))
	for i, s := range sources {
		ids[i] = s.ID
	}
	return dedup.Lookup(name, normalize.Canonical(name), ids)
}

func (a api) whyEntry(ctx context.Context, e storage.Entry, source storage.Source, feeds feeds) (whyEntryJSON, error) {
	j := whyEntryJSON{
		ID: e.ID, Identified: dedup.IDOrigin(e), GUID: e.GUID, URL: e.URL, Aliases: append([]string{}, e.Aliases...), Title: e.Title, Source: e.Source,
		FirstSeen: rfc3339(e.FirstSeen), Published: rfc3339(e.Published), Updated: rfc3339(e.Updated),
		Effective: rfc3339(e.Effective), Dated: dated(e), Revision: e.Revision, Changed: rfc3339(e.Changed),
		Story: e.Story, HiddenBy: e.Hidden, Keys: []keyJSON{}, History: []revisionJSON{}, Others: []otherJSON{},
		Known: newDecisionJSON(e.Known), Joined: newDecisionJSON(e.Joined), Declined: newDecisionJSON(e.Declined),
		Across: mode(e.Source, feeds.settings),
	}
	for _, r := range e.History {
		j.History = append(j.History, revisionJSON{r.Number, rfc3339(r.Changed), r.Title})
	}
	for _, k := range e.Keys {
		j.Keys = append(j.Keys, keyJSON{dedup.Kind(k), hex.EncodeToString(k[1:])})
	}
	story, err := a.store.Story(ctx, e.Story)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return j, err
	}
	for _, other := range story.Entries {
		if other.ID != e.ID && len(j.Others) < mostOthers {
			j.Others = append(j.Others, otherJSON{other.ID, other.Source, other.Title})
		}
	}
	j.Feeds, err = feeds.of(ctx, e, source)
	return j, err
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

// explainEntry prints what was decided about an entry.
func (p *program) explainEntry(e whyEntryJSON) {
	p.line("entry", "%s, %s", e.ID, e.Identified)
	p.line("title", "%s", e.Title)
	p.line("url", "%s", e.URL)
	if e.GUID != e.ID {
		p.line("guid", "%s", e.GUID)
	}
	for _, alias := range e.Aliases {
		p.line("also at", "%s", alias)
	}
	p.line("source", "%s", e.Source)
	p.line("first seen", "%s", e.FirstSeen)
	p.line("dated", "%s, %s", e.Effective, e.Dated)
	if e.Revision > 1 {
		p.line("revised", "%s, revision %d", e.Changed, e.Revision)
	}
	for _, r := range e.History {
		p.line("", "%s, revision %d: %s", r.Changed, r.Revision, r.Title)
	}
	for i, k := range e.Keys {
		name := ""
		if i == 0 {
			name = "known by"
		}
		p.line(name, "%s %s", k.Kind, k.Hash)
	}
	if k := e.Known; k != nil {
		p.line("same as", "%s by the rule %q, score %.2f", cmp.Or(k.Other, "an item without guid"), k.Rule, k.Score)
	}
	if e.Joined == nil {
		p.line("story", "%s, which it began", e.Story)
	} else {
		p.line("story", "%s, of %s by the rule %q, score %.2f", e.Story, e.Joined.Other, e.Joined.Rule, e.Joined.Score)
	}
	if d := e.Declined; d != nil {
		p.line("not that of", "%s: the rule %q holds, score %.2f, but %s", d.Other, d.Rule, d.Score, d.Against)
	}
	if e.Across != storage.Merge && len(e.Others) > 0 {
		p.line("not folded", "dedup is %q for its source: it is an item of its own", e.Across)
	}
	for _, other := range e.Others {
		p.line("with", "%s of %s: %s", other.ID, other.Source, other.Title)
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
