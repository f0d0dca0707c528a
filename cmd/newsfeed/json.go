package main

import (
	"cmp"
	"math"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// entryJSON is an entry as preview and entries print it.
type entryJSON struct {
	ID           string       `json:"id"`
	GUID         string       `json:"guid"`
	URL          string       `json:"url"`
	CanonicalURL string       `json:"canonical_url"`
	Title        string       `json:"title"`
	Summary      string       `json:"summary"`
	Content      string       `json:"content"`
	Authors      []personJSON `json:"authors"`
	Categories   []string     `json:"categories"`
	Published    string       `json:"published"` // RFC 3339, or empty
	Updated      string       `json:"updated"`
	Language     string       `json:"language"`
	ReadingTime  int          `json:"reading_time_seconds"`
	Media        []mediaJSON  `json:"media"`
}

// storedEntryJSON is an entry with its place in the store.
type storedEntryJSON struct {
	entryJSON
	Source   string   `json:"source"`
	Story    string   `json:"story"`
	Revision int      `json:"revision"`
	Feeds    []string `json:"feeds"` // paths without the format
	Also     []string `json:"also"`  // other sources of the story, where a feed is listed
}

type personJSON struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	URL   string `json:"url"`
}

type mediaJSON struct {
	URL     string         `json:"url"`
	Type    string         `json:"type"`
	Medium  storage.Medium `json:"medium"`
	Bytes   int64          `json:"bytes"`
	Width   int            `json:"width"`
	Height  int            `json:"height"`
	Seconds int            `json:"seconds"`
	Title   string         `json:"title"`
	Caption string         `json:"caption"`
	Credit  string         `json:"credit"`
}

func newEntryJSON(e storage.Entry) entryJSON {
	j := entryJSON{
		ID: e.ID, GUID: e.GUID, URL: e.URL, CanonicalURL: e.CanonicalURL,
		Title: e.Title, Summary: e.Summary, Content: cmp.Or(e.Content, e.Summary),
		Authors:    people(e.Authors),
		Categories: append([]string{}, e.Categories...),
		Published:  rfc3339(e.Published), Updated: rfc3339(e.Updated),
		Language:    e.Language,
		ReadingTime: int(e.ReadingTime / time.Second),
		Media:       []mediaJSON{},
	}
	for _, m := range e.Media {
		j.Media = append(j.Media, mediaJSON{
			URL: m.URL, Type: m.Type, Medium: m.Medium, Bytes: m.Bytes, Width: m.Width, Height: m.Height,
			Seconds: int(m.Duration / time.Second), Title: m.Title, Caption: m.Caption, Credit: m.Credit,
		})
	}
	return j
}

func people(list []storage.Person) []personJSON {
	all := []personJSON{}
	for _, p := range list {
		all = append(all, personJSON(p))
	}
	return all
}

func newStoredEntryJSON(e storage.Entry, merged bool) storedEntryJSON {
	j := storedEntryJSON{entryJSON: newEntryJSON(e), Source: e.Source, Story: e.Story, Revision: e.Revision, Feeds: []string{}, Also: []string{}}
	if merged {
		j.Feeds = append(j.Feeds, "feed")
	}
	j.Feeds = append(j.Feeds, "sources/"+e.Source)
	for _, c := range e.Categories {
		j.Feeds = append(j.Feeds, "categories/"+c)
	}
	for _, v := range e.Views {
		j.Feeds = append(j.Feeds, "feeds/"+v)
	}
	return j
}

// newStoryJSON is a story as a feed publishes it: its lead under its public id.
func newStoryJSON(s storage.Story, merged bool) storedEntryJSON {
	lead := s.Lead()
	lead.ID = s.Public
	j := newStoredEntryJSON(lead, merged)
	for _, e := range s.Entries[1:] {
		j.Also = append(j.Also, e.Source)
	}
	return j
}

// sourceJSON is a source as sources prints it. Times are RFC 3339 or empty.
type sourceJSON struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	URL         string            `json:"url"` // without secrets
	State       storage.Condition `json:"state"`
	Status      int               `json:"status"` // of the last poll
	Error       string            `json:"error"`  // of the last poll
	Failures    int               `json:"failures"`
	LastPoll    string            `json:"last_poll"`
	LastSuccess string            `json:"last_success"`
	LastNew     string            `json:"last_new"` // the last poll that brought an entry
	NextDue     string            `json:"next_due"`
	DueReason   string            `json:"due_reason"`
	DueBounds   []boundJSON       `json:"due_bounds"`   // all that had a say in it
	RatePerDay  float64           `json:"rate_per_day"` // items it publishes, as estimated
	MovedTo     string            `json:"moved_to"`
	Entries     int               `json:"entries"`
	Polls       uint64            `json:"polls"`
	Requests    uint64            `json:"requests"`
	Conditional uint64            `json:"conditional_requests"`
	NotModified uint64            `json:"not_modified"`
	Format      string            `json:"format"`
	Frozen      bool              `json:"frozen"` // changes of its entries in nothing of importance are left out
}

// boundJSON is a time before which a source is not due, and what says so.
type boundJSON struct {
	By string `json:"by"`
	At string `json:"at"`
}

func newSourceJSON(s storage.Source, pauses map[string]time.Time) sourceJSON {
	var habit schedule.Habit
	rate := 0.0
	if err := habit.UnmarshalBinary(s.State.Habit); err == nil && habit.Known() {
		rate = habit.Rate()
	}
	j := sourceJSON{
		ID: s.ID, Title: s.Name(), URL: storage.Shown(s.URL), State: s.Condition(),
		Status: s.State.Status, Error: s.State.Error, Failures: s.State.Failures,
		LastPoll: rfc3339(s.State.LastPoll), LastSuccess: rfc3339(s.State.LastSuccess), LastNew: rfc3339(s.State.LastNew),
		NextDue: rfc3339(s.State.NextDue), DueReason: s.State.DueReason, DueBounds: []boundJSON{},
		RatePerDay: math.Round(rate*1000) / 1000,
		MovedTo:    storage.Shown(s.State.MovedTo), Entries: s.Entries, Polls: s.State.Polls,
		Requests: s.State.Traffic.Requests, Conditional: s.State.Traffic.Conditional, NotModified: s.State.Traffic.NotModified,
		Format: s.State.About.Format, Frozen: dedup.Frozen(s.State),
	}
	for _, b := range s.State.Bounds {
		j.DueBounds = append(j.DueBounds, boundJSON{b.Name, rfc3339(b.At)})
	}
	if until := pauses[aggregator.AskedHost(s)]; until.After(s.State.NextDue) && (!s.State.NextDue.IsZero() || s.State.LastPoll.IsZero()) {
		j.NextDue, j.DueReason = rfc3339(until), "its host asked to wait"
		j.DueBounds = append(j.DueBounds, boundJSON{"host", rfc3339(until)})
	}
	return j
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
