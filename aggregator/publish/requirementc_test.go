package publish_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

func TestC03_AtomHasEachRequiredElementOnce(t *testing.T) {
	feeds := everyFeed()
	for name, edit := range map[string]func(*storage.Entry){
		"nothing but an address": func(e *storage.Entry) { *e = bare(*e) },
		"nothing at all":         func(e *storage.Entry) { *e, e.URL = bare(*e), "" },
		"a summary, no address":  func(e *storage.Entry) { e.Summary, e.URL = "<p>x</p>", "" },
		"content, no address":    func(e *storage.Entry) { e.Content, e.URL = "<p>x</p>", "" },
		"an image alone":         func(e *storage.Entry) { e.Media = []storage.Media{{URL: "https://i.example/x", Medium: storage.Image}} },
		"an origin that lacks all": func(e *storage.Entry) {
			e.Origin = &storage.Origin{Title: "x"}
		},
	} {
		feeds[name] = selected{one(edit), publish.Selection{}}
	}
	for name, f := range feeds {
		feed := parsed(t, render(t, f.store, f.sel, publish.Atom).Body)
		hasOnce(t, name, feed)
		entries := feed.all(atomNS, "entry")
		for _, e := range entries {
			where := name + ": " + e.first(atomNS, "id").Text
			hasOnce(t, where, e)
			source := e.first(atomNS, "source")
			hasOnce(t, where+" source", source)
			if !named(e) && !named(source) && !named(feed) {
				t.Errorf("%s has no author", where)
			}
			alternates := map[string]int{}
			for _, l := range e.all(atomNS, "link") {
				if l.attr("rel") == "alternate" {
					alternates[l.attr("type")+" "+l.attr("hreflang")]++
				}
			}
			for kind, n := range alternates {
				if n > 1 {
					t.Errorf("%s has %d alternate links of %q", where, n, kind)
				}
			}
			content := e.all(atomNS, "content")
			if len(content) == 0 && len(alternates) != 1 {
				t.Errorf("%s has no content and %d alternate links", where, len(alternates))
			}
			for _, c := range content {
				remote := c.attr("src") != "" || !slices.Contains([]string{"", "text", "html", "xhtml"}, c.attr("type"))
				if remote && e.index(atomNS, "summary") < 0 {
					t.Errorf("%s has content elsewhere or in base64 and no summary", where)
				}
			}
		}
	}
}

func hasOnce(t *testing.T, where string, e element) {
	t.Helper()
	for _, required := range []string{"id", "title", "updated"} {
		if found := e.all(atomNS, required); len(found) != 1 || found[0].Text == "" {
			t.Errorf("%s: %d <%s>", where, len(found), required)
		}
	}
}

// named reports whether what is written has an author with a name.
func named(e element) bool {
	return slices.ContainsFunc(e.all(atomNS, "author"), func(a element) bool { return a.first(atomNS, "name").Text != "" })
}

func TestC15_DatesAreWrittenAsValidatorsWantThem(t *testing.T) {
	rfc822 := regexp.MustCompile(`^(\w{3}), (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:[+-]\d{4}|GMT)$`)
	rfc3339 := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$`)
	zones := []*time.Location{time.UTC, time.FixedZone("IST", 19800), time.FixedZone("", -43200), time.FixedZone("odd", 1234)}
	for i := range 120 {
		at := time.Date(1999, 2, 28, 23, 59, 59, 999_999_999, zones[i%len(zones)]).Add(time.Duration(i) * 2011 * time.Hour)
		m := one(func(e *storage.Entry) {
			e.Published, e.Updated, e.Effective, e.FirstSeen, e.Changed = at, at.Add(time.Minute), at, at, at.Add(time.Hour)
		})
		dates := 0
		parsed(t, render(t, m, publish.Selection{}, publish.RSS).Body).walk(func(e element) {
			if !slices.Contains([]string{"pubDate", "lastBuildDate"}, e.XMLName.Local) {
				return
			}
			dates++
			got, err := time.Parse("Mon, 02 Jan 2006 15:04:05 -0700", strings.Replace(e.Text, "GMT", "+0000", 1))
			match := rfc822.FindStringSubmatch(e.Text)
			if err != nil || match == nil || match[1] != got.Weekday().String()[:3] {
				t.Errorf("%s %q: %v", e.XMLName.Local, e.Text, err)
			}
		})
		equal(t, "dates in RSS", dates, 3)
		atom := parsed(t, render(t, m, publish.Selection{}, publish.Atom).Body)
		dates = 0
		atom.walk(func(e element) {
			if !slices.Contains([]string{"published", "updated"}, e.XMLName.Local) {
				return
			}
			dates++
			if _, err := time.Parse(time.RFC3339, e.Text); err != nil || !rfc3339.MatchString(e.Text) {
				t.Errorf("%s %q: %v", e.XMLName.Local, e.Text, err)
			}
		})
		equal(t, "dates in Atom", dates, 4)
		equal(t, "published", atom.first(atomNS, "entry").first(atomNS, "published").Text, at.UTC().Format(time.RFC3339))
		equal(t, "pubDate", asRSS(t, m, publish.Selection{}).Items[0].PubDate, at.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000"))
	}
}

func TestC21_TheSummaryStandsBeforeTheFullText(t *testing.T) {
	const summary, content = "<p>Short &amp; <em>plain</em></p>", `<p>Long</p><pre>a &lt; b ]]&gt; c</pre>`
	for name, test := range map[string]struct{ summary, content string }{
		"both": {summary, content}, "summary": {summary, ""}, "content": {"", content}, "neither": {"", ""},
	} {
		m := one(func(e *storage.Entry) { e.Summary, e.Content = test.summary, test.content })
		item := parsed(t, render(t, m, publish.Selection{}, publish.RSS).Body).first("", "channel").first("", "item")
		equal(t, name+": description", item.first("", "description").Text, test.summary)
		equal(t, name+": content:encoded", item.first(contentNS, "encoded").Text, test.content)
		entry := parsed(t, render(t, m, publish.Selection{}, publish.Atom).Body).first(atomNS, "entry")
		equal(t, name+": Atom summary", entry.first(atomNS, "summary").Text, test.summary)
		equal(t, name+": Atom content", entry.first(atomNS, "content").Text, test.content)
	}
	for name, f := range everyFeed() {
		for _, item := range parsed(t, render(t, f.store, f.sel, publish.RSS).Body).first("", "channel").all("", "item") {
			d, c := item.index("", "description"), item.index(contentNS, "encoded")
			if d >= 0 && c >= 0 && d > c {
				t.Errorf("%s: %s has the content first", name, item.first("", "guid").Text)
			}
		}
		for _, e := range parsed(t, render(t, f.store, f.sel, publish.Atom).Body).all(atomNS, "entry") {
			for _, c := range e.all(atomNS, "content") {
				equal(t, name+": type of the content", c.attr("type"), "html")
			}
		}
	}
}

func TestC22_NothingIsSaidTwice(t *testing.T) {
	twins := []xml.Name{
		{Local: "author"},
		{Space: dcNS, Local: "date"},
		{Space: dcNS, Local: "subject"},
		{Space: dcNS, Local: "title"},
		{Space: dcNS, Local: "description"},
		{Space: dcNS, Local: "identifier"},
		{Space: mediaNS, Local: "description"},
		{Space: mediaNS, Local: "keywords"},
		{Space: mediaNS, Local: "category"},
	}
	for name, f := range everyFeed() {
		for _, format := range []publish.Format{publish.RSS, publish.Atom} {
			root := parsed(t, render(t, f.store, f.sel, format).Body)
			root.walk(func(e element) {
				if slices.Contains(twins, e.XMLName) {
					t.Errorf("%s%s: has an element %v", name, format.Ext(), e.XMLName)
				}
			})
			for _, item := range root.first("", "channel").all("", "item") {
				where := name + ": " + item.first("", "guid").Text
				equal(t, where+" pubDates", len(item.all("", "pubDate")), 1)
				creators := item.all(dcNS, "creator")
				if len(creators) == 0 {
					t.Errorf("%s has no dc:creator", where)
				}
				for _, c := range creators {
					if strings.Contains(c.Text, "@") {
						t.Errorf("%s: NetNewsWire takes %q for an address", where, c.Text)
					}
				}
			}
		}
	}
	item := parsed(t, render(t, fixture(), publish.Selection{Category: "politics"}, publish.RSS).Body).first("", "channel").first("", "item")
	var categories []string
	for _, c := range item.all("", "category") {
		categories = append(categories, c.Text)
	}
	equal(t, "categories", categories, []string{"Politics", "Sea & Shore"})
}

func TestC23_NamespacesHaveTheirUsualPrefixesOnTheRoot(t *testing.T) {
	usual := map[string]string{
		"atom": atomNS, "content": contentNS, "dc": dcNS, "dcterms": termsNS, "media": mediaNS, "fh": historyNS,
		"at": "http://purl.org/atompub/tombstones/1.0", "sy": "http://purl.org/rss/1.0/modules/syndication/",
		"xml": "", // always bound
	}
	for name, f := range everyFeed() {
		for _, format := range []publish.Format{publish.RSS, publish.Atom} {
			where := name + format.Ext()
			declared := map[string]string{"xml": ""}
			dec := xml.NewDecoder(bytes.NewReader(render(t, f.store, f.sel, format).Body))
			for depth := 0; ; {
				token, err := dec.RawToken() // names as they are written
				if errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				switch token := token.(type) {
				case xml.EndElement:
					depth--
				case xml.StartElement:
					prefixes := []string{token.Name.Space}
					for _, a := range token.Attr {
						switch {
						case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
							if depth > 0 {
								t.Errorf("%s: <%s> declares %s", where, token.Name.Local, a.Value)
							}
							if a.Name.Space == "xmlns" {
								declared[a.Name.Local] = a.Value
								equal(t, where+": namespace of "+a.Name.Local, a.Value, usual[a.Name.Local])
							}
						default:
							prefixes = append(prefixes, a.Name.Space)
						}
					}
					for _, p := range prefixes {
						if _, ok := declared[p]; p != "" && !ok {
							t.Errorf("%s: <%s> has the undeclared prefix %s", where, token.Name.Local, p)
						}
					}
					depth++
				}
			}
		}
	}
}

func TestC27_TheChannelSpeaksBeforeItsItems(t *testing.T) {
	images := 0
	for name, f := range everyFeed() {
		channel := parsed(t, render(t, f.store, f.sel, publish.RSS).Body).first("", "channel")
		items := false
		for _, e := range channel.Children {
			if items = items || e.is("", "item"); items && !e.is("", "item") {
				t.Errorf("%s: <%s> after an item", name, e.XMLName.Local)
			}
			if strings.EqualFold(e.XMLName.Local, "textInput") {
				t.Errorf("%s has a text input", name)
			}
		}
		for _, image := range channel.all("", "image") {
			images++
			for _, part := range []string{"title", "link"} {
				equal(t, name+": "+part+" of the image", image.first("", part).Text, channel.first("", part).Text)
			}
		}
	}
	if images == 0 {
		t.Error("no feed has an image")
	}
}

func TestC32_AFeedIsFreshForABoundedTime(t *testing.T) {
	for _, test := range []struct{ configured, want time.Duration }{{0, 5 * time.Minute}, {time.Hour, time.Hour}} {
		store := fixture()
		h := publish.New(publish.Options{Store: store, MaxAge: test.configured, Refetches: -1}).Handler()
		for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json", "/sources/talk.rss", "/categories/politics.atom", "/feeds/shore.json"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			equal(t, path, w.Code, http.StatusOK)
			value, ok := strings.CutPrefix(w.Header().Get("Cache-Control"), "max-age=")
			seconds, err := strconv.Atoi(value)
			if age := time.Duration(seconds) * time.Second; !ok || err != nil || age != test.want || age > 5*time.Hour {
				t.Errorf("%s: Cache-Control %q, want %v", path, w.Header().Get("Cache-Control"), test.want)
			}
			r.Header.Set("If-None-Match", w.Header().Get("ETag"))
			again := httptest.NewRecorder()
			h.ServeHTTP(again, r)
			equal(t, path+" unchanged", again.Code, http.StatusNotModified)
			equal(t, path+" unchanged: Cache-Control", again.Header().Get("Cache-Control"), w.Header().Get("Cache-Control"))
		}
	}
}

func TestC38_JSONFeedsKeepToTheSchema(t *testing.T) {
	next := 0
	for name, f := range everyFeed() {
		var feed struct {
			Version, Title *string
			HomePageURL    string `json:"home_page_url"`
			FeedURL        string `json:"feed_url"`
			NextURL        string `json:"next_url"`
			Hubs           []struct{ Type, URL string }
			Items          []struct {
				ID            any
				Title         string
				ContentHTML   *string `json:"content_html"`
				ContentText   *string `json:"content_text"`
				DatePublished string  `json:"date_published"`
				Authors       []struct{ Name string }
			}
		}
		if err := json.Unmarshal(render(t, f.store, f.sel, publish.JSON).Body, &feed); err != nil {
			t.Fatal(err)
		}
		if feed.Version == nil || *feed.Version != "https://jsonfeed.org/version/1.1" || feed.Title == nil || *feed.Title == "" || feed.Items == nil {
			t.Errorf("%s: version, title or items are missing", name)
		}
		self, _, _ := strings.Cut(feed.FeedURL, "?")
		equal(t, name+": feed_url", self, base+f.sel.Path(publish.JSON))
		for _, hub := range feed.Hubs {
			if hub.Type == "" || hub.URL == "" {
				t.Errorf("%s: hub %+v", name, hub)
			}
		}
		if feed.NextURL != "" {
			next++
			if !strings.HasPrefix(feed.NextURL, base) || feed.NextURL == feed.FeedURL {
				t.Errorf("%s: next_url %s", name, feed.NextURL)
			}
		}
		for _, i := range feed.Items {
			if id, ok := i.ID.(string); !ok || id == "" {
				t.Errorf("%s: id %v", name, i.ID)
			}
			if i.ContentHTML == nil && i.ContentText == nil {
				t.Errorf("%s: %v has neither HTML nor text", name, i.ID)
			}
			if _, err := time.Parse(time.RFC3339, i.DatePublished); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if len(i.Authors) == 0 || i.Authors[0].Name == "" {
				t.Errorf("%s: %v has no author", name, i.ID)
			}
		}
	}
	if next == 0 {
		t.Error("no feed leads to older items")
	}
}

// TestC43_TheRulesOfTheFeedValidatorAreKept breaks golden files in the ways
// that the validator has messages for.
func TestC43_TheRulesOfTheFeedValidatorAreKept(t *testing.T) {
	for _, format := range []publish.Format{publish.RSS, publish.Atom} {
		for _, file := range goldens(t, "*"+format.Ext()+".golden") {
			if strings.HasPrefix(filepath.Base(file), "health.") {
				continue // of the daemon, which no source stands behind
			}
			if found := checks[format](golden(t, file)); len(found) > 0 {
				t.Errorf("%s: %q", file, found)
			}
		}
	}
	item := func(more string) [2]string { return [2]string{"</item>", more + "</item>"} }
	for message, fault := range map[string]struct {
		format publish.Format
		edit   [2]string
	}{
		"SAXError":                      {publish.RSS, [2]string{"</channel>", ""}},
		"MissingSourceElement":          {publish.Atom, [2]string{"<updated>2025-03-01T12:00:07Z</updated>\n      <link", "<link"}},
		"DuplicateEntries":              {publish.Atom, [2]string{"talk/8</id>", "talk/7</id>"}},
		"ProblematicalRFC822Date":       {publish.RSS, [2]string{"Sat, 01 Mar 2025 12:00:07", "Sat,  1 Mar 25 12:00:07"}},
		"IncorrectDOW":                  {publish.RSS, [2]string{"Sat, 01 Mar 2025 12:00:07", "Sun, 01 Mar 2025 12:00:07"}},
		"InvalidHttpGUID":               {publish.RSS, [2]string{`<guid isPermaLink="false">`, "<guid>"}},
		"ContainsRelRef":                {publish.RSS, [2]string{`<a href="https://harbour.example/crew?a=1&amp;b=2">`, `<a href="/crew">`}},
		"ItemMustContainTitle":          {publish.RSS, [2]string{"<title>https://talk.example/7</title>", ""}},
		"NeedDescriptionBeforeContent":  {publish.RSS, [2]string{"<content:encoded>", "<content:encoded>x</content:encoded><description>y</description><content:encoded>"}},
		"DuplicateItemSemantics":        {publish.RSS, item("<dc:date>2025-03-01</dc:date>")},
		"DuplicateItemSemantics author": {publish.RSS, item("<author>a@b.example (A)</author>")},
		"NonstdPrefix":                  {publish.RSS, [2]string{"xmlns:dc=", "xmlns:dublin="}},
		"MediaRssNamespace":             {publish.RSS, [2]string{"http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss"}},
		"DuplicateEnclosure":            {publish.RSS, item(`<enclosure url="https://x.example/1" length="1" type="a/b"/><enclosure url="https://x.example/2" length="1" type="a/b"/>`)},
		"UseZeroForUnknown":             {publish.RSS, [2]string{`length="0"`, `length="-1"`}},
		"MissingAtomSelfLink":           {publish.RSS, [2]string{`rel="self"`, `rel="via"`}},
		"MisplacedItem":                 {publish.RSS, [2]string{"</channel>", "<ttl>5</ttl></channel>"}},
		"ImageTitleDoesntMatch":         {publish.RSS, [2]string{"<ttl>", `<image><url>https://x.example/i.png</url><title>Another</title><link>https://news.example/</link></image><ttl>`}},
		"FeedHistoryRelInEntry":         {publish.Atom, [2]string{`rel="related"`, `rel="prev-archive"`}},
		"MissingElement":                {publish.Atom, [2]string{"<id>https://news.example/feed</id>", ""}},
		"InvalidRFC3339Date":            {publish.Atom, [2]string{"2025-03-01T12:00:07Z", "2025-03-01 12:00:07"}},
	} {
		right := golden(t, filepath.Join("testdata", "feed"+fault.format.Ext()+".golden"))
		wrong := bytes.ReplaceAll(right, []byte(fault.edit[0]), []byte(fault.edit[1]))
		if bytes.Equal(right, wrong) {
			t.Errorf("%s: the golden file does not contain %q", message, fault.edit[0])
		}
		if len(checks[fault.format](wrong)) == 0 {
			t.Errorf("%s is not found", message)
		}
	}
}

func golden(t *testing.T, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
