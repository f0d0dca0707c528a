package publish_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// flood returns a store in which the first source brought the newest n
// entries, and each of the others one a minute before that.
func flood(n, others, each int) *memory {
	m := many(0)
	for i := range others {
		m.source(fmt.Sprintf("s%02d", i), fmt.Sprintf("https://s%02d.example/feed", i), storage.About{})
	}
	for i := range others * each {
		m.entries = append(m.entries, entry(fmt.Sprintf("s%02d", i%others), -60*i, func(*storage.Entry) {}))
	}
	for i := range n {
		m.entries = append(m.entries, entry("paper", i+1, func(*storage.Entry) {}))
	}
	return m
}

// leads counts the stories of a feed by the source that leads them.
func leads(t *testing.T, m *memory, sel publish.Selection) (all int, by map[string]int) {
	t.Helper()
	listing, err := publish.Contents(t.Context(), m, sel)
	if err != nil {
		t.Fatal(err)
	}
	stories := listing.Stories
	by = map[string]int{}
	for _, s := range stories {
		by[s.Lead().Source]++
	}
	return len(stories), by
}

func TestC36_NoSourceHasMoreThanItsShare(t *testing.T) {
	for name, test := range map[string]struct {
		share         float64
		limit, others int
		all, flooding int
	}{
		"a quarter":                  {0.25, 100, 9, 100, 25},
		"written exactly":            {0.29, 100, 9, 100, 29},
		"a part of an item":          {0.25, 10, 9, 10, 2},
		"less than one":              {0.01, 20, 30, 20, 1},
		"less than an even part":     {0.1, 100, 3, 100, 25},
		"an even part, rounded up":   {0.1, 100, 2, 100, 34},
		"two sources":                {0.25, 100, 1, 100, 50},
		"one source":                 {0.25, 100, 0, 100, 100},
		"no share":                   {0, 100, 9, 100, 100},
		"all of it":                  {1, 100, 9, 100, 100},
		"no limit":                   {0.25, 0, 2, 900, 500},
		"the others have no more":    {0.01, 1000, 2, 734, 334},
		"nonsense":                   {math.NaN(), 100, 9, 100, 100},
		"a share that is below none": {-1, 100, 9, 100, 100},
	} {
		t.Run(name, func(t *testing.T) {
			m := flood(500, test.others, 200)
			m.settings.Feed.Share, m.settings.Feed.Limit = test.share, test.limit
			all, by := leads(t, m, publish.Selection{})
			equal(t, "items", all, test.all)
			equal(t, "items of one source", by["paper"], test.flooding)
			all, _ = leads(t, m, publish.Selection{Source: "paper"})
			if want := test.limit; want == 0 || want > 500 {
				equal(t, "items of its own feed", all, 500)
			} else {
				equal(t, "items of its own feed", all, want)
			}
		})
	}
}

func TestC36_TheShareCostsFewReads(t *testing.T) {
	m := flood(5000, 9, 200)
	m.settings.Feed.Share, m.settings.Feed.Limit = 0.25, 100
	leads(t, m, publish.Selection{})
	equal(t, "reads", m.reads, 3) // the newest entry, and two pages
	equal(t, "entries and stories read", m.read, 1+100+75)
}

func TestC36_OnlyTheMergedFeedHasShares(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*memory)
		sel  publish.Selection
		want int
	}{
		"all of them": {func(*memory) {}, publish.Selection{}, 10},
		"two are disabled": {func(m *memory) {
			m.settings.Sources[8].Disabled, m.settings.Sources[9].Disabled = true, true
		}, publish.Selection{}, 13},
		"a view":           {func(*memory) {}, publish.Selection{View: "all"}, 100},
		"a view's limit":   {func(m *memory) { m.settings.Views[0].Limit = 40 }, publish.Selection{View: "all"}, 40},
		"a view of no end": {func(m *memory) { m.settings.Views[0].Limit = 0 }, publish.Selection{View: "all"}, 500},
		"a category":       {func(*memory) {}, publish.Selection{Category: "c"}, 100},
	} {
		t.Run(name, func(t *testing.T) {
			m := flood(500, 9, 200)
			m.settings.Feed.Share, m.settings.Feed.Limit = 0.01, 100
			m.settings.Views = []storage.View{{Name: "all", Limit: 100}}
			for i := range m.entries {
				m.entries[i].Categories, m.entries[i].Views = []string{"c"}, []string{"all"}
			}
			test.edit(m)
			_, by := leads(t, m, test.sel)
			equal(t, "items of one source", by["paper"], test.want)
		})
	}
}

func TestC36_TheWindowBoundsWhatTakesThePlaces(t *testing.T) {
	m := flood(500, 9, 200)
	m.settings.Feed = storage.Feed{Share: 0.25, Limit: 100, Window: 500*time.Second + 29*time.Minute}
	all, by := leads(t, m, publish.Selection{})
	equal(t, "items", all, 25+30)
	equal(t, "items of one source", by["paper"], 25)
}

func TestC36_AStoryCountsForTheSourceThatLeadsIt(t *testing.T) {
	m := flood(4, 2, 10)
	m.settings.Feed.Share, m.settings.Feed.Limit = 0.25, 6
	for i := range 5 { // five stories that "s00" began and the flooding source took up
		m.entries = append(m.entries, entry("paper", 10+i, func(e *storage.Entry) { e.Story = m.entries[2*i].Story }))
	}
	all, by := leads(t, m, publish.Selection{})
	equal(t, "items", all, 6)
	equal(t, "items by source", by, map[string]int{"paper": 2, "s00": 2, "s01": 2})
}

// TestC36_TheShareOnlyLeavesOut compares feeds with what the definition gives:
// all stories in their order, less those of a source that has its share.
func TestC36_TheShareOnlyLeavesOut(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 6))
	for range 200 {
		m := many(0)
		sources := 1 + random.IntN(6)
		for i := range sources {
			m.source(fmt.Sprintf("s%02d", i), fmt.Sprintf("https://s%02d.example/feed", i), storage.About{})
		}
		for i := range random.IntN(120) {
			source := min(random.IntN(sources), random.IntN(sources)) // the first ones bring more
			m.entries = append(m.entries, entry(fmt.Sprintf("s%02d", source), random.IntN(100)*1000+i, func(e *storage.Entry) {
				e.Story = fmt.Sprint("story", random.IntN(100))
			}))
		}
		all, err := publish.Contents(t.Context(), m, publish.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		everything := all.Stories
		limit := 1 + random.IntN(60)
		share := float64(random.IntN(101)) / 100
		most := max(int(math.Floor(math.Nextafter(share*float64(limit), math.Inf(1)))), (limit+sources)/(sources+1), 1)
		if share == 0 || share == 1 {
			most = limit
		}
		var want []string
		by := map[string]int{}
		for _, s := range everything {
			if source := s.Lead().Source; by[source] < most && len(want) < limit {
				by[source]++
				want = append(want, s.ID)
			}
		}
		m.settings.Feed.Limit, m.settings.Feed.Share = limit, share
		listing, err := publish.Contents(t.Context(), m, publish.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		stories := listing.Stories
		var got []string
		for _, s := range stories {
			got = append(got, s.ID)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("share %v of %d among %d: got %v, want %v", share, limit, sources+1, got, want)
		}
	}
}
