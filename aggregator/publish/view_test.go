package publish_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

func TestAViewHasItsOwnTitleAndLimit(t *testing.T) {
	m := many(100)
	for i := range m.entries {
		m.entries[i].Views = []string{"even", "odd"}[i%2 : i%2+1]
	}
	m.settings.Feed.Limit = 7
	m.settings.Views = []storage.View{{Name: "even", Title: " Even\x01 &\nso on ", Limit: 20}, {Name: "odd", Sources: []string{"paper"}}}
	even, odd := asRSS(t, m, publish.Selection{View: "even"}), asRSS(t, m, publish.Selection{View: "odd"})
	equal(t, "title", even.Title, "Even & so on")
	equal(t, "items", len(even.Items), 20)
	equal(t, "newest", even.Items[0].Title, "Entry 98")
	equal(t, "title of a view without", odd.Title, "odd")
	equal(t, "items of a view without limit", len(odd.Items), 50)
	equal(t, "id", asAtom(t, m, publish.Selection{View: "odd"}).ID, base+"feeds/odd")

	m.settings.Feed.Window = 10 * time.Second
	equal(t, "items in the feed's window", len(asRSS(t, m, publish.Selection{View: "odd"}).Items), 6)
}

func TestAViewIsServed(t *testing.T) {
	s := serve(t, fixture())
	for path, want := range map[string]int{
		"/feeds/shore.rss": 200, "/feeds/shore.atom": 200, "/feeds/shore.json": 200, "/feeds/shore.rss?token=x&utm_source=y": 200,
		"/feeds/shore": 404, "/feeds/SHORE.rss": 404, "/feeds/.rss": 404, "/feeds/": 404, "/feeds/nothing.rss": 404, "/feeds/feed.rss": 404,
	} {
		res, _ := s.get(path)
		equal(t, path, res.StatusCode, want)
		if want == 200 {
			equal(t, path+" Cache-Control", res.Header.Get("Cache-Control"), "max-age=300")
		}
	}
	res, _ := s.do(http.MethodPost, "/feeds/shore.rss")
	equal(t, "POST", res.StatusCode, http.StatusMethodNotAllowed)
}

func TestAViewWithATokenIsNotThereWithoutIt(t *testing.T) {
	s := serve(t, fixture())
	unknown, page := s.get("/feeds/nothing.rss")
	unknown.Header.Del("Date")
	for _, query := range []string{
		"", "?", "?token", "?token=", "?token=x", "?Token=" + deskToken, "?token=" + deskToken[1:], "?token=" + deskToken + "x",
		"?token=x&token=" + deskToken, "?token=" + strings.ToLower(deskToken), "?" + deskToken, "?x=token=" + deskToken,
		"?token=" + deskToken + "%00", "?token=%zz", "?token=" + deskToken + ";x=y",
	} {
		for _, header := range []string{"Accept: */*", "If-None-Match: *", "If-Modified-Since: Sat, 01 Mar 2035 12:00:00 GMT"} {
			res, body := s.get("/feeds/desk.rss"+query, header)
			res.Header.Del("Date")
			equal(t, query+" status", res.StatusCode, http.StatusNotFound)
			equal(t, query+" header", res.Header, unknown.Header)
			equal(t, query+" body", string(body), string(page))
		}
	}
	equal(t, "Cache-Control", unknown.Header.Get("Cache-Control"), "no-store")
	res, _ := s.do(http.MethodHead, "/feeds/desk.rss")
	equal(t, "HEAD", res.StatusCode, http.StatusNotFound)
}

func TestAViewWithATokenIsForItsReaderAlone(t *testing.T) {
	s := serve(t, fixture())
	for _, f := range publish.Formats() {
		for _, query := range []string{"?token=" + deskToken, "?a=b&token=" + deskToken + "&token=x", "?token=" + strings.ReplaceAll(deskToken, "_", "%5F")} {
			res, body := s.get("/feeds/desk" + f.Ext() + query)
			equal(t, query, res.StatusCode, http.StatusOK)
			equal(t, query+" Cache-Control", res.Header.Get("Cache-Control"), "private, max-age=300")
			self := s.url + "/feeds/desk" + f.Ext() + "?token=" + deskToken
			if !bytes.Contains(body, []byte(self)) {
				t.Errorf("%s does not say that it is %s", f, self)
			}
			if !strings.HasPrefix(res.Header.Get("Link"), "<"+self+`>; rel="self"`) {
				t.Errorf("Link is %s", res.Header.Get("Link"))
			}
			again, twin := s.get(strings.TrimPrefix(self, s.url))
			if !bytes.Equal(body, twin) || again.Header.Get("ETag") != res.Header.Get("ETag") {
				t.Errorf("%s differs from its self link", f)
			}
			res, _ = s.get("/feeds/desk"+f.Ext()+query, "If-None-Match: "+res.Header.Get("ETag"))
			equal(t, query+" revalidated", res.StatusCode, http.StatusNotModified)
			equal(t, query+" Cache-Control of 304", res.Header.Get("Cache-Control"), "private, max-age=300")
		}
	}
}

func TestATokenIsNamedNowhereElse(t *testing.T) {
	s := serve(t, fixture())
	paths := []string{"/", "/feed.rss", "/feed.atom", "/feed.json", "/feeds/shore.atom", "/sources/harbour.json", "/categories/politics.rss"}
	for _, path := range paths {
		res, body := s.get(path)
		for _, secret := range []string{deskToken, "For the desk", "feeds/desk"} {
			if bytes.Contains(body, []byte(secret)) || strings.Contains(strings.Join(res.Header.Values("Link"), ""), secret) {
				t.Errorf("%s tells of %q", path, secret)
			}
		}
	}
}

func TestATokenOfOddCharactersIsEscaped(t *testing.T) {
	m := fixture()
	m.settings.Views[1].Token = `a&b"c<d#e%f g`
	s := serve(t, m)
	query := "?token=" + url.QueryEscape(m.settings.Views[1].Token)
	for _, f := range publish.Formats() {
		res, body := s.get("/feeds/desk" + f.Ext() + query)
		equal(t, "status", res.StatusCode, http.StatusOK)
		if !bytes.Contains(body, []byte(query)) {
			t.Errorf("%s lacks %s", f, query)
		}
	}
}

func TestAnotherTokenCountsAtOnce(t *testing.T) {
	m := fixture()
	s := serve(t, m)
	old, _ := s.get("/feeds/desk.rss?token=" + deskToken)
	equal(t, "with the token", old.StatusCode, http.StatusOK)
	m.change(func(m *memory) { m.settings.Views[1].Token = "another-one" })
	old, _ = s.get("/feeds/desk.rss?token=" + deskToken)
	equal(t, "with the old token", old.StatusCode, http.StatusNotFound)
	res, _ := s.get("/feeds/desk.rss?token=another-one")
	equal(t, "with the new token", res.StatusCode, http.StatusOK)
}

func TestATokenDoesNotSplitTheCache(t *testing.T) {
	m := fixture()
	h := publish.New(publish.Options{Store: m}).Handler()
	for _, query := range []string{"?token=" + deskToken, "?token=wrong", "", "?x=y&token=" + deskToken} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/desk.rss"+query, nil))
	}
	equal(t, "reads", m.reads, 2)
}

func TestTheHomePageListsThePublicViews(t *testing.T) {
	s := serve(t, fixture())
	_, body := s.get("/")
	page := string(body)
	if !strings.Contains(page, `<a href="/?view=shore">Sea &amp; &lt;shore&gt;</a>`) || strings.Contains(page, "For the desk") {
		t.Errorf("the page is\n%s", page)
	}
	for _, f := range publish.Formats() {
		if !strings.Contains(page, `<a href="`+s.url+`/feeds/shore`+f.Ext()+`" type=`) {
			t.Errorf("no link to %s in\n%s", f, page)
		}
	}
}
