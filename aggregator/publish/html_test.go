package publish_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// newsroomPages is a store with something of everything that pages show, and a
// page of each kind.
func newsroomPages() (*memory, map[string]string) {
	m := fixture()
	m.entries[0].Content += `<h4>More</h4><h2>Of it</h2><img src="https://img.example/map.png" loading="lazy">` +
		`<iframe src="https://www.youtube.com/embed/x" title="The film"></iframe>` +
		`<video poster="https://img.example/p.jpg"><source src="https://film.example/1.mp4"><p>Film</p></video>`
	m.sources[1].State = storage.State{
		About: m.sources[1].State.About, LastPoll: second(600), LastSuccess: second(300), NextDue: second(4200), Failures: 1,
		Error: `Get "https://reader:pa55word@valley.example/rss?token=s3cret&id=7": no answer within 20s`,
	}
	m.sources[2].Disabled, m.sources[2].State.LastPoll = true, second(1)
	m.sources[0].State.LastPoll, m.sources[0].State.LastSuccess, m.sources[0].Entries = second(900), second(900), 2
	return m, map[string]string{
		"front":    "/",
		"category": "/?category=POLITICS",
		"talk":     "/?source=talk",
		"plain":    "/?view=shore&images=off",
		"story":    "/stories/aaaaaaaaaaaa2",
		"text":     "/stories/aaaaaaaaaaaa2?images=off",
		"sources":  "/sources",
	}
}

func visit(t *testing.T, h http.Handler, path string, want int) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if w.Code != want {
		t.Errorf("%s answers %d, want %d", path, w.Code, want)
	}
	return w
}

func TestPages_Golden(t *testing.T) {
	m, paths := newsroomPages()
	h := publish.New(publish.Options{Store: m}).Handler()
	for name, path := range paths {
		got := visit(t, h, path, http.StatusOK).Body.String()
		golden := filepath.Join("testdata", "page-"+name+".html.golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, path, got, string(want))
	}
}

func TestPages_AreWellMade(t *testing.T) {
	m, paths := newsroomPages()
	h := publish.New(publish.Options{Store: m}).Handler()
	for _, path := range paths {
		for _, fault := range faults(t, visit(t, h, path, http.StatusOK).Body.Bytes()) {
			t.Errorf("%s: %s", path, fault)
		}
	}
	for _, fault := range faults(t, visit(t, h, "/stories/none", http.StatusNotFound).Body.Bytes()) {
		t.Errorf("no such story: %s", fault)
	}
}

var goodLink = regexp.MustCompile(`^(https?://[^/]|/|#|mailto:)`)

// faults returns what a page must not have, and what it lacks.
func faults(t *testing.T, page []byte) (found []string) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, level := map[string]bool{}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				found = append(found, "inline "+a.Key)
			}
		}
		if id := attr["id"]; id != "" && ids[id] {
			found = append(found, "id twice: "+id)
		}
		ids[attr["id"]] = true
		for _, name := range []string{"href", "src"} {
			if v, ok := attr[name]; ok && !goodLink.MatchString(v) {
				found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, name, v))
			}
		}
		switch n.Data {
		case "h1", "h2", "h3", "h4", "h5", "h6":
			next := int(n.Data[1] - '0')
			if next > level+1 || next == 1 && level != 0 {
				found = append(found, fmt.Sprintf("h%d after h%d", next, level))
			}
			level = next
		case "img":
			if _, ok := attr["alt"]; !ok {
				found = append(found, "image without alt")
			}
		case "script":
			if n.FirstChild != nil || attr["src"] == "" {
				found = append(found, "inline script")
			}
		case "style", "iframe", "video", "audio", "form", "object", "embed":
			found = append(found, "<"+n.Data+">")
		}
	}
	if level == 0 {
		found = append(found, "no heading")
	}
	return found
}

func TestPages_LoadNothingFromOthersButImages(t *testing.T) {
	m, paths := newsroomPages()
	h := publish.New(publish.Options{Store: m}).Handler()
	for _, path := range paths {
		header := visit(t, h, path, http.StatusOK).Header()
		images := "https: http:"
		if strings.Contains(path, "images=off") {
			images = "'self'"
		}
		equal(t, path, header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
			"img-src "+images+"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		equal(t, path, header.Get("Referrer-Policy"), "no-referrer")
		equal(t, path, header.Get("Content-Type"), "text/html; charset=utf-8")
		equal(t, path, header.Get("Set-Cookie"), "")
	}
	for _, path := range []string{"/style.css", "/page.js", "/icon.svg", "/feed.css"} {
		w := visit(t, h, path, http.StatusOK)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		again := httptest.NewRecorder()
		h.ServeHTTP(again, r)
		equal(t, path, again.Code, http.StatusNotModified)
	}
}

func TestPages_WithoutImagesAskForNone(t *testing.T) {
	m, paths := newsroomPages()
	h := publish.New(publish.Options{Store: m}).Handler()
	for _, name := range []string{"plain", "text"} {
		page := visit(t, h, paths[name], http.StatusOK).Body.String()
		if strings.Contains(page, "<img") {
			t.Errorf("%s has images", name)
		}
		for _, link := range regexp.MustCompile(`<a href="(/[^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !strings.Contains(link[1], "images=off") && !strings.Contains(page, `<a href="`+link[1]+`">Show images</a>`) {
				t.Errorf("%s forgets the choice: %s", name, link[1])
			}
		}
	}
}

func TestPages_ThatAreNotThere(t *testing.T) {
	m := fixture()
	m.across("talk", storage.Off)
	h := publish.New(publish.Options{Store: stored(t, m, "harbour", "valley", "talk", "planet")}).Handler()
	for _, path := range []string{
		"/?before=x", "/?before=AAAA", "/?category=nothing", "/?source=nobody", "/?view=none",
		"/sources?page=x", "/sources?page=1", "/sources?page=2", "/sources?page=02", "/sources?page=-1", "/?view=desk", "/?view=desk&token=" + deskToken, "/stories/none", "/stories/%00", "/stories/a%2Fb",
	} {
		w := visit(t, h, path, http.StatusNotFound)
		body := w.Body.String()
		if !strings.Contains(body, `<a href="/">`) || len(body) > 1000 {
			t.Errorf("%s: the page is\n%s", path, body)
		}
		equal(t, path, w.Header().Get("Cache-Control"), "no-store")
	}
}

func TestPages_ShowMoreLeadsThroughAll(t *testing.T) {
	h := publish.New(publish.Options{Store: many(50)}).Handler()
	seen := map[string]int{}
	pages := 0
	for path := "/"; path != ""; pages++ {
		page := visit(t, h, path, http.StatusOK).Body.String()
		for _, headline := range regexp.MustCompile(`<h2[^>]*><a[^>]*>([^<]*)`).FindAllStringSubmatch(page, -1) {
			seen[headline[1]]++
		}
		path = ""
		if next := regexp.MustCompile(`rel="next" href="([^"]*)"`).FindStringSubmatch(page); next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	equal(t, "pages", pages, 3)
	equal(t, "stories", len(seen), 50)
	for headline, n := range seen {
		equal(t, headline, n, 1)
	}
}

func TestPages_CostOnePageOfStories(t *testing.T) {
	read := func(entries int) int {
		m := many(entries)
		visit(t, publish.New(publish.Options{Store: m}).Handler(), "/", http.StatusOK)
		return m.read
	}
	equal(t, "stories read", read(500), 120) // of the page, and of the menus
	equal(t, "stories read", read(2_000), 120)
}

func TestPages_UnknownArgumentsDoNotSplitTheCache(t *testing.T) {
	m := fixture()
	h := publish.New(publish.Options{Store: m}).Handler()
	visit(t, h, "/?category=politics", http.StatusOK)
	before := m.reads
	for _, path := range []string{"/?category=Politics&utm_source=x", "/?images=on&category=politics", "/?a=b&category=politics&view=shore"} {
		visit(t, h, path, http.StatusOK)
	}
	equal(t, "reads", m.reads-before, 0)
}

func TestRun_TheFrontPageCostsNoRenderingPerRequest(t *testing.T) {
	work(t, many(50), nil, func(n *newsroom) {
		pass(3 * time.Second) // the entries are of the future
		before := n.store.reads
		for _, path := range []string{"/", "/?utm_source=x"} {
			if body := visit(t, n.handler, path, http.StatusOK).Body.String(); !strings.Contains(body, "Entry 49") {
				t.Errorf("%s is\n%s", path, body)
			}
		}
		equal(t, "reads", n.store.reads-before, 0)
	})
}

func TestPages_UnderAPath(t *testing.T) {
	m := fixture()
	m.settings.BaseURL = "https://host.example/press-room/"
	page := visit(t, publish.New(publish.Options{Store: m}).Handler(), "/", http.StatusOK).Body.String()
	for _, link := range []string{`href="/press-room/style.css"`, `src="/press-room/page.js"`, `href="/press-room/?source=talk"`, `href="/press-room/stories/`} {
		if !strings.Contains(page, link) {
			t.Errorf("no %s in\n%s", link, page)
		}
	}
	feed := render(t, m, publish.Selection{}, publish.RSS)
	if !bytes.Contains(feed.Body, []byte(`<?xml-stylesheet type="text/css" href="/press-room/feed.css"?>`)) {
		t.Errorf("no style sheet in\n%.300s", feed.Body)
	}
}

func TestPages_OfStatusAreBounded(t *testing.T) {
	m := many(0)
	for i := range 450 {
		id := fmt.Sprintf("s%03d", i)
		m.source(id, "https://"+id+".example/feed", storage.About{})
	}
	m.sources[0].Removed = true // "paper"
	h := publish.New(publish.Options{Store: m}).Handler()
	var listed []int
	for path := "/sources"; path != ""; {
		page := visit(t, h, path, http.StatusOK).Body.String()
		listed = append(listed, strings.Count(page, `<svg`))
		path = ""
		if next := regexp.MustCompile(`rel="next" href="([^"]*)"`).FindStringSubmatch(page); next != nil {
			path = next[1]
		}
	}
	equal(t, "sources", listed, []int{200, 200, 50})
}

func TestPages_OfStatusAreFreshAsLongAsTheyAreTrue(t *testing.T) {
	for maxAge, want := range map[time.Duration]string{0: "max-age=30", time.Hour: "max-age=30", 10 * time.Second: "max-age=10"} {
		h := publish.New(publish.Options{Store: fixture(), MaxAge: maxAge}).Handler()
		equal(t, "Cache-Control", visit(t, h, "/sources", http.StatusOK).Header().Get("Cache-Control"), want)
	}
	h := publish.New(publish.Options{Store: fixture()}).Handler()
	equal(t, "of other pages", visit(t, h, "/", http.StatusOK).Header().Get("Cache-Control"), "max-age=300")
}

func TestPages_WithoutAnythingToChooseHaveNoFilter(t *testing.T) {
	empty := visit(t, publish.New(publish.Options{Store: many(0)}).Handler(), "/", http.StatusOK).Body.String()
	m, paths := newsroomPages()
	h := publish.New(publish.Options{Store: m}).Handler()
	for what, page := range map[string]string{
		"empty": empty, "story": visit(t, h, paths["story"], http.StatusOK).Body.String(), "sources": visit(t, h, "/sources", http.StatusOK).Body.String(),
	} {
		if strings.Contains(page, `href="#filter"`) {
			t.Errorf("%s leads to a filter", what)
		}
	}
}

func TestPages_OfStatusCountOnlyWhatIsNew(t *testing.T) {
	work(t, fixture(), nil, func(n *newsroom) {
		pass(3 * time.Second) // the feeds are made
		visit(t, n.handler, "/sources", http.StatusOK)
		before := n.store.reads
		n.store.change(func(m *memory) { m.sources[1].State.LastNew = epoch })
		visit(t, n.handler, "/sources", http.StatusOK)
		equal(t, "reads: the newest entry, and those of one source", n.store.reads-before, 2)

		n.store.change(func(m *memory) {
			m.sources[0].State.LastPoll = epoch
			m.version-- // it changes nothing of what is published
		})
		pass(31 * time.Second)
		if page := visit(t, n.handler, "/sources", http.StatusOK).Body.String(); !strings.Contains(page, "1 Jan 2000") {
			t.Error("the page has grown old")
		}
	})
}

func TestPages_ShowNoSecrets(t *testing.T) {
	m, paths := newsroomPages()
	h := publish.New(publish.Options{Store: m}).Handler()
	for _, path := range paths {
		page := visit(t, h, path, http.StatusOK).Body.String()
		for _, secret := range []string{"pa55word", "s3cret", "reader:", deskToken} {
			if strings.Contains(page, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
	}
}

func TestRender_HTML(t *testing.T) {
	m, _ := newsroomPages()
	got, err := publish.Render(t.Context(), m, publish.Selection{Category: "politics"}, publish.HTML)
	if err != nil {
		t.Fatal(err)
	}
	w := visit(t, publish.New(publish.Options{Store: m}).Handler(), "/?category=politics", http.StatusOK)
	equal(t, "page", string(got.Body), w.Body.String())
	equal(t, "ETag", got.ETag, w.Header().Get("ETag"))
}

func TestC40_ABrowserGetsTheStyleSheetOfAFeed(t *testing.T) {
	s := serve(t, fixture())
	const accept = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, f := range []publish.Format{publish.RSS, publish.Atom} {
		res, body := s.get("/feed"+f.Ext(), accept)
		equal(t, "Content-Type", res.Header.Get("Content-Type"), "application/xml; charset=utf-8")
		if !bytes.HasPrefix(body, []byte(`<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/css" href="/feed.css"?><`)) {
			t.Errorf("no style sheet in\n%.300s", body)
		}
	}
	res, _ := s.get("/feed.json", accept)
	equal(t, "Content-Type", res.Header.Get("Content-Type"), "application/feed+json; charset=utf-8")
}

func TestC40_ACacheTellsBrowsersFromReaders(t *testing.T) {
	s := serve(t, fixture())
	for path, mediaType := range map[string]string{
		"/feed.rss": "application/rss+xml", "/feed.atom": "application/atom+xml", "/health.atom": "application/atom+xml",
		"/feeds/shore.rss": "application/rss+xml", "/sources/talk.atom": "application/atom+xml",
	} {
		for accept, want := range map[string]string{"*/*": mediaType, "text/html,application/xml;q=0.9": "application/xml"} {
			res, _ := s.get(path, "Accept: "+accept)
			equal(t, path+" Content-Type", res.Header.Get("Content-Type"), want+"; charset=utf-8")
			again, _ := s.get(path, "Accept: "+accept, "If-None-Match: "+res.Header.Get("ETag"))
			equal(t, path+" unchanged", again.StatusCode, http.StatusNotModified)
			for _, h := range []http.Header{res.Header, again.Header} {
				if vary := strings.Split(h.Get("Vary"), ", "); !slices.Contains(vary, "Accept") || !slices.Contains(vary, "Accept-Encoding") {
					t.Errorf("%s varies by %q", path, vary)
				}
			}
		}
	}
	res, _ := s.get("/sources.opml")
	equal(t, "Vary of what has one type", res.Header.Get("Vary"), "Accept-Encoding, A-IM")
}
