package publish_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

func TestC16_TheFeedIsAsOldAsItsNewestChange(t *testing.T) {
	m := fixture()
	equal(t, "lastBuildDate", asRSS(t, m, publish.Selection{}).LastBuildDate, second(25).Format(time.RFC1123Z))
	equal(t, "updated", asAtom(t, m, publish.Selection{}).Updated, second(25).Format(time.RFC3339))
	equal(t, "Last-Modified", render(t, m, publish.Selection{}, publish.RSS).LastModified, second(25))

	m.settings.Changed = second(90).Add(time.Millisecond)
	equal(t, "updated after other settings", asAtom(t, m, publish.Selection{}).Updated, second(25).Format(time.RFC3339))
	equal(t, "Last-Modified after other settings", render(t, m, publish.Selection{}, publish.RSS).LastModified, second(90))
}

func TestC16_WhatPollsFindOutChangesNoByte(t *testing.T) {
	before, after := fixture(), fixture()
	for i := range after.sources {
		s := &after.sources[i].State
		s.About.Updated, s.LastPoll, s.LastNew, s.Polls, s.Error = second(7777), second(7777), second(7777), 99, "gone"
	}
	for _, f := range publish.Formats() {
		if !bytes.Equal(render(t, before, publish.Selection{}, f).Body, render(t, after, publish.Selection{}, f).Body) {
			t.Errorf("%s differs after an idle poll", f)
		}
	}
}

func TestTheOrderOfCommitsMakesNoDifference(t *testing.T) {
	one, other := fixture(), fixture()
	// The order within a story decides who leads it, and is kept.
	var story, rest []storage.Entry
	for _, e := range other.entries {
		if e.Story == "aaaaaaaaaaaa2" {
			story = append(story, e)
		} else {
			rest = append([]storage.Entry{e}, rest...)
		}
	}
	other.entries = append(rest, story...)
	for _, f := range publish.Formats() {
		a, b := render(t, one, publish.Selection{}, f), render(t, other, publish.Selection{}, f)
		if !bytes.Equal(a.Body, b.Body) || a.ETag != b.ETag {
			t.Errorf("%s differs", f)
		}
	}
}

func TestContentsAreWhatIsPublished(t *testing.T) {
	for _, across := range []storage.Across{storage.Merge, storage.Mark, storage.Off} {
		for _, sel := range []publish.Selection{{}, {Source: "talk"}, {Category: "politics"}, {View: "shore"}, {View: "desk"}} {
			m := fixture()
			m.settings.Feed.Across = across
			listing, err := publish.Contents(t.Context(), m, sel)
			if err != nil {
				t.Fatal(err)
			}
			stories := listing.Stories
			var want, got []string
			for _, i := range asJSON(t, m, sel).Items {
				want = append(want, i.ID)
			}
			for _, s := range stories {
				got = append(got, s.Public)
				if s.ID == "" || len(s.Entries) == 0 {
					t.Errorf("%s holds the story %+v", sel.Path(publish.JSON), s)
				}
			}
			equal(t, sel.Path(publish.JSON), got, want)
		}
	}
	for _, sel := range []publish.Selection{{Source: "x"}, {View: "x"}} {
		if _, err := publish.Contents(t.Context(), fixture(), sel); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("error is %v", err)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, test := range []struct{ entries, limit, want int }{
		{5, 0, 5}, {5, 3, 3}, {5, 9, 5}, {2500, 0, 2500}, {2500, 1000, 1000}, {2500, 1001, 1001},
	} {
		m := many(test.entries)
		m.settings.Feed.Limit = test.limit
		equal(t, "stories", len(asJSON(t, m, publish.Selection{}).Items), test.want)
		equal(t, "entries", len(asJSON(t, m, publish.Selection{Source: "paper"}).Items), test.want)
	}
}

func TestWindowCountsBackFromTheNewestEntry(t *testing.T) {
	m := many(100)
	m.settings.Feed.Window = 10 * time.Second
	equal(t, "items", len(asJSON(t, m, publish.Selection{}).Items), 11)
	equal(t, "items of the source", len(asJSON(t, m, publish.Selection{Source: "paper"}).Items), 11)
	m.entries[20].Categories = []string{"rare"}
	equal(t, "items of a category without anything newer", len(asJSON(t, m, publish.Selection{Category: "rare"}).Items), 1)
}

func TestLanguageOfTheFeed(t *testing.T) {
	for name, test := range map[string]struct {
		languages []string
		want      string
	}{
		"all alike": {[]string{"en", "EN"}, "EN"},
		"two":       {[]string{"en", "de"}, ""},
		"one lacks": {[]string{"en", ""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := many(len(test.languages))
			for i, l := range test.languages {
				m.entries[i].Language = l
			}
			equal(t, "RSS", asRSS(t, m, publish.Selection{}).Language, test.want)
			equal(t, "Atom", asAtom(t, m, publish.Selection{}).Lang, test.want)
		})
	}
}

func TestAnEmptyFeedIsAFeed(t *testing.T) {
	m := many(0)
	m.settings.Sources[0].Categories = []string{"Quiet"}
	for _, sel := range []publish.Selection{{}, {Source: "paper"}, {Category: "quiet"}} {
		for _, f := range publish.Formats() {
			equal(t, "Last-Modified", render(t, m, sel, f).LastModified, second(0))
		}
	}
	equal(t, "title", asRSS(t, m, publish.Selection{Category: "quiet"}).Title, "News: Quiet")
}

func TestRender_Refuses(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		edit   func(*memory)
		sel    publish.Selection
		format publish.Format
		want   error
		text   string
	}{
		"unknown source":   {nil, publish.Selection{Source: "x"}, publish.RSS, storage.ErrNotFound, "read sources/x: storage: not found"},
		"removed source":   {func(m *memory) { m.sources[0].Removed = true }, publish.Selection{Source: "paper"}, publish.RSS, storage.ErrNotFound, ""},
		"unknown category": {nil, publish.Selection{Category: "X"}, publish.RSS, storage.ErrNotFound, "read categories/x: storage: not found"},
		"unknown view":     {nil, publish.Selection{View: "x"}, publish.RSS, storage.ErrNotFound, "read feeds/x: storage: not found"},
		"view and source":  {nil, publish.Selection{View: "x", Source: "paper"}, publish.RSS, nil, ""},
		"disabled source's category": {
			func(m *memory) {
				m.settings.Sources[0].Categories, m.settings.Sources[0].Disabled = []string{"x"}, true
			},
			publish.Selection{Category: "x"},
			publish.RSS, storage.ErrNotFound, "",
		},
		"both":           {nil, publish.Selection{Source: "paper", Category: "x"}, publish.RSS, nil, "read sources/paper: more than one of source, category and view is selected"},
		"unknown format": {nil, publish.Selection{}, "gopher", nil, `render feed.gopher: unknown format "gopher"`},
		"no settings":    {func(m *memory) { m.settings = storage.Settings{} }, publish.Selection{}, publish.RSS, nil, "read feed: the store has no settings yet"},
		"broken store":   {func(m *memory) { m.err = broken }, publish.Selection{}, publish.RSS, broken, "read feed: broken"},
	} {
		t.Run(name, func(t *testing.T) {
			m := many(2)
			if test.edit != nil {
				test.edit(m)
			}
			_, err := publish.Render(t.Context(), m, test.sel, test.format)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Fatalf("error is %v", err)
			}
			if test.text != "" {
				equal(t, "error", err.Error(), test.text)
			}
		})
	}
}

// many returns a store of n entries, a second between each two.
func many(n int) *memory {
	m := one(func(*storage.Entry) {})
	m.entries = nil
	for i := range n {
		m.entries = append(m.entries, entry("paper", i, func(*storage.Entry) {}))
	}
	return m
}
