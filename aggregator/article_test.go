package aggregator_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// teasers answers with items that carry a sentence each and link to pages of
// the same name.
func teasers(titles ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>S</title>`)
		for _, title := range titles {
			fmt.Fprintf(w, `<item><title>%s</title><link>http://%s/%[1]s</link><description>A sentence about %[1]s.</description></item>`, title, r.Host)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}
}

// articlePage answers with a page that has so many paragraphs of text, and
// what stands around them.
func articlePage(paragraphs int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>%s</title></head><body><nav><a href="/">Home</a> <a href="/all">All the news</a></nav><article><h1>%[1]s</h1>`, r.URL.Path)
		for i := range paragraphs {
			fmt.Fprintf(w, "<p>Paragraph %d of the story. %s</p>", i, strings.Repeat("The council met, talked and, after a long day, agreed. ", 6))
		}
		fmt.Fprint(w, `<script>alert(1)</script></article><footer>Imprint, privacy, jobs</footer></body></html>`)
	}
}

// fullTexts are options for a source whose articles are visited without much
// of a gap.
func fullTexts(store storage.Store, s *site, paths ...string) aggregator.Options {
	o := options(store, s, paths...)
	o.Client = fetch.New(fetch.Options{
		UserAgent:    "newsfeed/1",
		AllowPrivate: []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}},
		PageInterval: time.Millisecond,
	})
	for i := range o.Sources {
		o.Sources[i].FullText = true
	}
	return o
}

// only returns the entry of that title.
func only(t *testing.T, store storage.Reader, title string) storage.Entry {
	t.Helper()
	page, err := store.Entries(t.Context(), storage.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Items {
		if e.Title == title {
			return e
		}
	}
	t.Fatalf("no entry %q", title)
	return storage.Entry{}
}

func TestArticlesBringTheFullText(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/feed", teasers("long", "short", "lost", "forbidden", "secret"))
	s.set("/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "User-agent: newsfeed\nDisallow: /forbidden\n")
	})
	s.set("/long", articlePage(8))
	s.set("/short", articlePage(0))
	s.set("/forbidden", articlePage(8))
	s.set("/secret", status(http.StatusForbidden))
	a, _ := run(t, fullTexts(store, s, "/feed"))

	if r := poll(t, a, false)["feed"]; r.New != 5 {
		t.Errorf("poll: %+v", r)
	}
	before := only(t, store, "short")
	e := only(t, store, "long")
	if !strings.Contains(e.Content, "Paragraph 7 of the story") || strings.Contains(e.Content, "alert") || strings.Contains(e.Content, "Imprint") {
		t.Errorf("content %q", e.Content)
	}
	if !e.FullText || e.Summary != "A sentence about long." || e.Revision != 1 || !e.Updated.IsZero() {
		t.Errorf("entry %+v", e)
	}
	if e.ReadingTime <= before.ReadingTime {
		t.Errorf("reading time %v", e.ReadingTime)
	}
	for _, title := range []string{"short", "lost", "forbidden", "secret"} {
		if e := only(t, store, title); e.FullText || e.Content != "" {
			t.Errorf("%s has a text: %q", title, e.Content)
		}
	}
	asked := map[string]int{}
	for _, h := range s.asked() {
		asked[h.Get("Path")]++
	}
	want := map[string]int{"/feed": 1, "/robots.txt": 1, "/long": 1, "/short": 1, "/lost": 1, "/secret": 1}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if waiting := state(t, store, "feed").Articles; len(waiting) != 0 {
		t.Errorf("articles still wait: %v", waiting)
	}

	t.Run("a poll that finds nothing new leaves it", func(t *testing.T) {
		s.set("/feed", teasers("new", "long", "short", "lost", "forbidden", "secret"))
		s.set("/new", articlePage(9))
		poll(t, a, true)
		if diff := cmp.Diff(e, only(t, store, "long")); diff != "" {
			t.Errorf("entry (-before +after):\n%s", diff)
		}
		if !only(t, store, "new").FullText {
			t.Error("the new entry has no text")
		}
	})
}

func TestAnEditedTeaserKeepsTheFullTextUntilThePageIsReadAnew(t *testing.T) {
	s, store := newSite(t), openStore(t)
	item := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>S</title><item><title>story</title><guid isPermaLink="false">1</guid><link>http://%s/story</link><description>%s</description></item></channel></rss>`, r.Host, text)
		}
	}
	s.set("/feed", item("First words."))
	s.set("/story", articlePage(5))
	a, _ := run(t, fullTexts(store, s, "/feed"))
	poll(t, a, true)
	s.set("/feed", item("Other words."))
	s.set("/story", status(http.StatusNotFound))
	poll(t, a, true)
	e := only(t, store, "story")
	if !e.FullText || !strings.Contains(e.Content, "Paragraph 4") || e.Summary != "Other words." || e.Revision != 2 {
		t.Errorf("after an edit: %+v", e)
	}
	s.set("/feed", item("Last words."))
	s.set("/story", articlePage(6))
	poll(t, a, true)
	if e := only(t, store, "story"); !strings.Contains(e.Content, "Paragraph 5") || e.Revision != 3 {
		t.Errorf("after the page changed: %+v", e)
	}
}

func TestAnArticleThatFailsIsTriedAgainLater(t *testing.T) {
	tests := []struct {
		name   string
		status int
		want   int // articles that wait for an hour
	}{
		{"the page fails", http.StatusInternalServerError, 1},
		{"the host fails", http.StatusServiceUnavailable, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, store := newSite(t), openStore(t)
			s.set("/feed", teasers("newer", "older")) // the oldest comes first
			s.set("/older", status(test.status))
			s.set("/newer", articlePage(5))
			a, _ := run(t, fullTexts(store, s, "/feed"))
			poll(t, a, true)
			waiting := state(t, store, "feed").Articles
			if len(waiting) != test.want {
				t.Fatalf("waiting %+v", waiting)
			}
			for _, w := range waiting {
				if in := time.Until(w.Due); in < 50*time.Minute || in > 70*time.Minute {
					t.Errorf("article due in %v", in)
				}
			}
		})
	}
}

func TestWhatIsNoPageIsNoArticle(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/feed", teasers("report"))
	s.set("/report", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		fmt.Fprint(w, "%PDF-1.4 ", strings.Repeat("words and more words ", 300))
	})
	a, _ := run(t, fullTexts(store, s, "/feed"))
	poll(t, a, true)
	if e := only(t, store, "report"); e.FullText || e.Content != "" {
		t.Errorf("content %q", e.Content)
	}
	if n := len(state(t, store, "feed").Articles); n != 0 {
		t.Errorf("%d articles wait", n)
	}
}

func TestFullTextTurnedOffVisitsNoMore(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/feed", teasers("one"))
	s.set("/one", status(http.StatusServiceUnavailable))
	o := fullTexts(store, s, "/feed")
	a, stop := run(t, o)
	poll(t, a, true)
	stop()
	s.set("/feed", teasers("two", "one"))
	o.Sources[0].FullText = false
	a, _ = run(t, o)
	poll(t, a, true)
	if waiting := state(t, store, "feed").Articles; len(waiting) != 0 {
		t.Errorf("waiting %+v", waiting)
	}
	for _, h := range s.asked() {
		if h.Get("Path") == "/two" {
			t.Error("an article was visited")
		}
	}
}

// TestArticlesWaitThroughARestart also proves that a running daemon visits
// them by itself.
func TestArticlesWaitThroughARestart(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/feed", teasers("one", "two"))
	o := fullTexts(store, s, "/feed")
	o.Sources[0].FullText = false
	a, stop := run(t, o)
	poll(t, a, true)
	stop()

	// As if the program had ended between the poll and the visits.
	src, err := store.Source(t.Context(), "feed")
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"one", "two"} {
		s.set("/"+title, articlePage(5))
		src.State.Articles = append(src.State.Articles, storage.Article{Entry: only(t, store, title).ID, URL: s.URL + "/" + title, Due: time.Now()})
	}
	if err := store.Commit(t.Context(), storage.Record{Time: time.Now(), Poll: &storage.Poll{Source: "feed", State: src.State}}); err != nil {
		t.Fatal(err)
	}
	o = fullTexts(store, s, "/feed")
	o.Manual = false
	o.Policy = schedule.Policy{Min: 15 * time.Minute, Max: 24 * time.Hour, Backoff: 5 * time.Minute}
	run(t, o)
	for !only(t, store, "one").FullText || !only(t, store, "two").FullText {
		<-store.Changed()
	}
	if n := len(state(t, store, "feed").Articles); n != 0 {
		t.Errorf("%d articles still wait", n)
	}
}

func TestAPollAskedForDuringAnArticleIsMade(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/feed", teasers("one"))
	arrived, release := make(chan struct{}), make(chan struct{})
	page := articlePage(5)
	s.set("/one", func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		page(w, r)
	})
	o := fullTexts(store, s, "/feed")
	o.Manual = false
	a, _ := run(t, o)
	<-arrived
	total, results, err := a.Poll(t.Context(), []string{"feed"}, true)
	if err != nil || total != 1 {
		t.Fatal(total, err)
	}
	s.set("/feed", teasers("two", "one"))
	s.set("/two", page)
	close(release)
	if r := <-results; r.Outcome != aggregator.Changed || r.New != 1 {
		t.Errorf("result %+v", r)
	}
	if !only(t, store, "one").FullText {
		t.Error("the article's text is lost")
	}
}
