package publish_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
)

// reader is one that keeps what it was last told of a feed.
type reader struct {
	*testing.T
	handler http.Handler
	path    string
	tag     string
}

func (r *reader) ask(headers ...string) *httptest.ResponseRecorder {
	r.Helper()
	q := httptest.NewRequestWithContext(r.Context(), http.MethodGet, r.path, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		q.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, q)
	return w
}

// poll asks as a reader does that knows what A-IM is.
func (r *reader) poll() *httptest.ResponseRecorder {
	r.Helper()
	w := r.ask("If-None-Match: "+r.tag, "A-IM: feed")
	r.tag = w.Header().Get("ETag")
	return w
}

// titles returns the titles of a feed, which must be a valid one.
func titles(t *testing.T, f publish.Format, body []byte) (all []string) {
	t.Helper()
	for _, violation := range checks[f](body) {
		t.Errorf("%s: %s\n%s", f, violation, body)
	}
	var (
		rss  rssDocument
		atom atomDocument
		feed jsonDocument
		err  error
	)
	switch f {
	case publish.RSS:
		err = xml.Unmarshal(body, &rss)
	case publish.Atom:
		err = xml.Unmarshal(body, &atom)
	case publish.JSON:
		err = json.Unmarshal(body, &feed)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range rss.Items {
		all = append(all, it.Title)
	}
	for _, e := range atom.Entries {
		all = append(all, e.Title)
	}
	for _, it := range feed.Items {
		all = append(all, it.Title)
	}
	return all
}

// markup is what would end an item early if it were taken for markup.
const markup = `<p>a &lt;/item&gt; </item></entry> ]]&gt; ]]> "items":[{ "}]} \" \\</p>`

func TestNewsIsWhatAReaderLacks(t *testing.T) {
	for _, f := range publish.Formats() {
		for _, stem := range []string{"/feed", "/sources/paper"} {
			m := many(20)
			for i := range m.entries {
				m.entries[i].Title, m.entries[i].Content = fmt.Sprintf("Entry %d </item>\",{", i), markup
			}
			r := &reader{T: t, handler: publish.New(publish.Options{Store: m}).Handler(), path: stem + f.Ext()}
			title := func(n int) string { return fmt.Sprintf("Entry %d </item>\",{", n) }
			first := r.poll()
			equal(t, "first", first.Code, http.StatusOK)
			equal(t, "items", len(titles(t, f, first.Body.Bytes())), 20)
			equal(t, "nothing new", r.poll().Code, http.StatusNotModified)

			m.change(func(m *memory) {
				m.put(entry("paper", 20, func(e *storage.Entry) { e.Title, e.Content = title(20), markup }))
				m.put(entry("paper", 21, func(e *storage.Entry) { e.Title, e.Content = title(21), markup }))
				m.entries[4].Title, m.entries[4].Changed = "Corrected", second(40)
			})
			news := r.poll()
			equal(t, "with news", news.Code, http.StatusIMUsed)
			equal(t, "titles", titles(t, f, news.Body.Bytes()), []string{title(21), title(20), "Corrected"})
			whole := r.ask()
			for name, want := range map[string]string{
				"IM": "feed", "Delta-Base": first.Header().Get("ETag"), "Cache-Control": "no-store, im", "Vary": whole.Header().Get("Vary"),
				"ETag": whole.Header().Get("ETag"), "Last-Modified": whole.Header().Get("Last-Modified"),
				"Content-Type": f.ContentType(), "Content-Length": fmt.Sprint(news.Body.Len()), "Content-Encoding": "",
			} {
				equal(t, name, news.Header().Get(name), want)
			}
			equal(t, "and then nothing new", r.poll().Code, http.StatusNotModified)
		}
	}
}

func TestNewsIsForThoseWhoAskForIt(t *testing.T) {
	m := many(20)
	h := publish.New(publish.Options{Store: m}).Handler()
	r := &reader{T: t, handler: h, path: "/feed.rss"}
	r.poll()
	m.change(func(m *memory) { m.put(entry("paper", 20, func(*storage.Entry) {})) })
	tag := "If-None-Match: " + r.tag
	r.ask()
	for name, test := range map[string]struct {
		headers []string
		want    int
	}{
		"feed":               {[]string{tag, "A-IM: feed"}, 226},
		"in a list":          {[]string{tag, "A-IM: vcdiff, FEED;q=0.5, gzip"}, 226},
		"in two headers":     {[]string{tag, "A-IM: vcdiff", "A-IM: feed"}, 226},
		"one of several":     {[]string{`If-None-Match: "x", "y", ` + strings.TrimPrefix(r.tag, "W/"), "A-IM: feed"}, 226},
		"compressed":         {[]string{tag, "A-IM: feed", "Accept-Encoding: gzip, br"}, 226},
		"not wanted":         {[]string{tag, "A-IM: feed;q=0"}, 200},
		"another way":        {[]string{tag, "A-IM: vcdiff, gzip"}, 200},
		"without A-IM":       {[]string{tag}, 200},
		"of an unknown one":  {[]string{`If-None-Match: W/"x"`, "A-IM: feed"}, 200},
		"without a tag":      {[]string{"A-IM: feed"}, 200},
		"of any":             {[]string{"If-None-Match: *", "A-IM: feed"}, 304},
		"of one without end": {[]string{"If-None-Match: " + strings.TrimSuffix(r.tag, `"`), "A-IM: feed"}, 200},
	} {
		w := r.ask(test.headers...)
		equal(t, name, w.Code, test.want)
		equal(t, name+": IM", w.Header().Get("IM") != "", test.want == 226)
	}
	q := httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/feed.rss", nil)
	q.Header.Set("If-None-Match", r.tag)
	q.Header.Set("A-IM", "feed")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, q)
	equal(t, "HEAD", w.Code, http.StatusOK)
}

func TestNewsIsOfTheLastRenderingsOnly(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := many(60)
		r := &reader{T: t, handler: publish.New(publish.Options{Store: m}).Handler(), path: "/feed.atom"}
		var tags []string
		for i := range 20 {
			tags = append(tags, r.ask().Header().Get("ETag"))
			pass(time.Second)
			m.change(func(m *memory) { m.put(entry("paper", 60+i, func(*storage.Entry) {})) })
		}
		r.ask()
		for i, tag := range tags {
			w := r.ask("If-None-Match: "+tag, "A-IM: feed")
			age := len(tags) - i
			if age > 16 {
				equal(t, fmt.Sprint(age, " renderings ago"), w.Code, http.StatusOK)
				continue
			}
			equal(t, fmt.Sprint(age, " renderings ago"), w.Code, http.StatusIMUsed)
			equal(t, "items", len(titles(t, publish.Atom, w.Body.Bytes())), age)
		}
		// Of two that it has, the newer one counts.
		w := r.ask("If-None-Match: "+tags[10]+", "+tags[18], "A-IM: feed")
		equal(t, "base", w.Header().Get("Delta-Base"), tags[18])
	})
}

func TestTheWholeFeedIsSentWhereItSaysMore(t *testing.T) {
	for name, change := range map[string]func(*memory){
		"an item is gone": func(m *memory) { m.entries = m.entries[:19] },
		"much is new": func(m *memory) {
			for i := range 15 {
				m.put(entry("paper", 20+i, func(e *storage.Entry) { e.Content = "<p>" + strings.Repeat("word ", 1000) + "</p>" }))
			}
		},
		"another title":     func(m *memory) { m.settings.Feed.Title = "Other" },
		"all items changed": func(m *memory) { m.sources[0].State.About.Title = "Other" },
		"only one item":     func(m *memory) { m.settings.Feed.Limit = 1; m.put(entry("paper", 20, func(*storage.Entry) {})) },
		"no items":          func(m *memory) { m.entries = nil },
	} {
		for _, f := range publish.Formats() {
			m := many(20)
			r := &reader{T: t, handler: publish.New(publish.Options{Store: m}).Handler(), path: "/feed" + f.Ext()}
			tag := r.ask().Header().Get("ETag")
			m.change(change)
			w := r.ask("If-None-Match: "+tag, "A-IM: feed", "Accept-Encoding: br")
			equal(t, name, w.Code, http.StatusOK)
			equal(t, name+": Cache-Control", w.Header().Get("Cache-Control"), "max-age=300")
		}
	}
}

func TestNewsOfAViewWithATokenIsPrivate(t *testing.T) {
	m := many(20)
	for i := range m.entries {
		m.entries[i].Views = []string{"desk"}
	}
	m.settings.Views = []storage.View{{Name: "desk", Token: deskToken}}
	r := &reader{T: t, handler: publish.New(publish.Options{Store: m}).Handler(), path: "/feeds/desk.json?token=" + deskToken}
	r.poll()
	m.change(func(m *memory) { m.put(entry("paper", 20, func(e *storage.Entry) { e.Views = []string{"desk"} })) })
	w := r.ask("If-None-Match: "+r.tag, "A-IM: feed")
	equal(t, "status", w.Code, http.StatusIMUsed)
	equal(t, "Cache-Control", w.Header().Get("Cache-Control"), "private, no-store, im")
	r.path = "/feeds/desk.json"
	equal(t, "without the token", r.ask("If-None-Match: "+r.tag, "A-IM: feed").Code, http.StatusNotFound)
}
