package aggregator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// rss answers with a document of these items.
func rss(items ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>S</title>%s</channel></rss>`, strings.Join(items, ""))
	}
}

// ids returns the ids of all entries and stories by title.
func ids(t *testing.T, store storage.Reader) map[string]string {
	t.Helper()
	page, err := store.Entries(t.Context(), storage.Query{Hidden: true, Limit: storage.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	byTitle := map[string]string{}
	for _, e := range page.Items {
		byTitle[e.Source+" "+e.Title] = e.ID + " of " + e.Story
	}
	return byTitle
}

// published returns the ids under which the merged feed has its items.
func published(t *testing.T, store storage.Reader) []string {
	t.Helper()
	listing, err := publish.Contents(t.Context(), store, publish.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	stories := listing.Stories
	var list []string
	for _, s := range stories {
		list = append(list, s.Public)
	}
	return list
}

func TestASourceThatReturnsKeepsItsIDs(t *testing.T) {
	s, store := newSite(t), openStore(t)
	item := func(source string) string {
		return fmt.Sprintf(`<item><title>Shared by %s</title><link>https://x.example/shared</link><guid isPermaLink="false">%[1]s</guid></item>`, source)
	}
	s.set("/a", rss(item("a"), `<item><title>Own</title><link>https://a.example/own</link></item>`))
	s.set("/b", rss(item("b")))
	both := options(store, s, "/a", "/b")
	both.Workers = 1
	a, stop := run(t, both)
	poll(t, a, true, "a")
	poll(t, a, true, "b")
	stop()
	entries, feed := ids(t, store), published(t, store)

	without := options(store, s, "/b")
	a, stop = run(t, without)
	poll(t, a, true)
	stop()
	if got := published(t, store); len(got) != 1 || got[0] != feed[0] && got[0] != feed[1] {
		t.Errorf("without the source that led it the story is published as %q, was among %q", got, feed)
	}

	a, stop = run(t, both)
	poll(t, a, true)
	stop()
	if diff := cmp.Diff(entries, ids(t, store)); diff != "" {
		t.Errorf("entries (-before +after)\n%s", diff)
	}
	if diff := cmp.Diff(feed, published(t, store)); diff != "" {
		t.Errorf("published (-before +after)\n%s", diff)
	}
}

func TestWhatWasPrunedDoesNotComeBack(t *testing.T) {
	s, store := newSite(t), openStore(t)
	o := options(store, s, "/a")
	o.Retention.Age = 24 * time.Hour
	old := `<item><title>Old%s</title><link>https://a.example/old</link><guid isPermaLink="false">old</guid><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate></item>`
	s.set("/a", rss(fmt.Sprintf(old, "")))
	a, _ := run(t, o)
	poll(t, a, true)
	if err := a.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	s.set("/a", rss(fmt.Sprintf(old, ", edited"), `<item><title>New</title><guid isPermaLink="false">new</guid></item>`))
	if r := poll(t, a, true)["a"]; r.New != 1 {
		t.Errorf("%+v, want one new", r)
	}
	if diff := cmp.Diff([]string{"New"}, titles(t, store)); diff != "" {
		t.Errorf("stored (-want +got)\n%s", diff)
	}
}

// TestThePageOfAnArticleNamesItsAddress lets the article's page, visited for its
// text, say that it is another source's.
func TestThePageOfAnArticleNamesItsAddress(t *testing.T) {
	s, store := newSite(t), openStore(t)
	canonical := s.URL + "/original"
	s.set("/wire", rss(fmt.Sprintf(`<item><title>Wire</title><link>%s</link></item>`, canonical)))
	s.set("/paper", teasers("copy"))
	s.set("/copy", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><link rel="canonical" href="%s">`, canonical)
		articlePage(8)(w, r)
	})
	a, _ := run(t, fullTexts(store, s, "/paper", "/wire"))
	poll(t, a, true, "wire")
	poll(t, a, true, "paper")
	wire, e := only(t, store, "Wire"), only(t, store, "copy")
	if e.Story != wire.Story || e.Joined.Other != wire.ID || !e.FullText {
		t.Errorf("the copy is of story %s by %+v, want that of %s", e.Story, e.Joined, wire.ID)
	}
	if story, err := store.Story(t.Context(), wire.Story); err != nil || len(story.Entries) != 2 || story.Public != wire.ID {
		t.Errorf("story %+v, %v", story, err)
	}
}

// TestAStaleFloodStaysOutOfTheFeed adds a source of many old items, and one of
// many that have no date.
func TestAStaleFloodStaysOutOfTheFeed(t *testing.T) {
	s, store := newSite(t), openStore(t)
	now := time.Now()
	items := func(n int, age time.Duration, dated bool) (list []string) {
		for i := range n {
			date := ""
			if dated {
				date = "<pubDate>" + now.Add(-age-time.Duration(i)*time.Minute).Format(time.RFC1123Z) + "</pubDate>"
			}
			list = append(list, fmt.Sprintf(`<item><title>%d</title><guid isPermaLink="false">%[1]d</guid>%s</item>`, i, date))
		}
		return list
	}
	s.set("/calm", rss(items(60, time.Hour, true)...))
	s.set("/quiet", rss(items(30, 5*time.Hour, true)...))
	s.set("/stale", rss(items(300, 30*24*time.Hour, true)...))
	s.set("/undated", rss(items(300, 0, false)...))
	o := options(store, s, "/calm", "/quiet", "/stale", "/undated")
	o.Feed = storage.Feed{Across: storage.Merge, Limit: 100, Window: 7 * 24 * time.Hour, Share: 0.25}
	a, _ := run(t, o)
	poll(t, a, true)
	listing, err := publish.Contents(t.Context(), store, publish.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	stories := listing.Stories
	got := map[string]int{}
	for _, s := range stories {
		got[s.Lead().Source]++
	}
	if diff := cmp.Diff(map[string]int{"undated": 25, "calm": 25, "quiet": 25}, got); diff != "" {
		t.Errorf("items by source (-want +got)\n%s", diff)
	}
}

// TestAnArticleWhoseStoryIsFoldedMeanwhile holds the page of an article back
// until another source has made its story part of an older one.
func TestAnArticleWhoseStoryIsFoldedMeanwhile(t *testing.T) {
	s, store := newSite(t), openStore(t)
	asked, release := make(chan bool, 1), make(chan bool)
	s.set("/wire", rss(fmt.Sprintf(`<item><title>Wire</title><link>%s/original</link></item>`, s.URL)))
	s.set("/paper", teasers("copy"))
	s.set("/copy", func(w http.ResponseWriter, r *http.Request) {
		asked <- true
		<-release
		fmt.Fprintf(w, `<!doctype html><link rel="canonical" href="%s/original">`, s.URL)
		articlePage(8)(w, r)
	})
	s.set("/link", rss(fmt.Sprintf(`<item><title>Link</title><link>%s/copy</link><guid>%[1]s/original</guid></item>`, s.URL)))
	o := fullTexts(store, s, "/paper", "/wire", "/link")
	o.Sources[1].FullText, o.Sources[2].FullText = false, false
	o.Sources[2].URL = strings.Replace(o.Sources[2].URL, "127.0.0.1", "localhost", 1) // a host that is free meanwhile
	a, _ := run(t, o)
	poll(t, a, true, "wire")
	paper := make(chan map[string]aggregator.Result)
	go func() { paper <- poll(t, a, true, "paper") }()
	<-asked
	poll(t, a, true, "link")
	close(release)
	if r := (<-paper)["paper"]; r.Outcome != aggregator.Changed || r.Error != "" {
		t.Errorf("%+v", r)
	}
	wire, e := only(t, store, "Wire"), only(t, store, "copy")
	if e.Story != wire.Story || !e.FullText || e.Joined.Other == "" {
		t.Errorf("the copy is of story %s by %+v, full text %v; want that of %s", e.Story, e.Joined, e.FullText, wire.ID)
	}
}
