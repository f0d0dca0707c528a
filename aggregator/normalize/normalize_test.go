package normalize_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

var source = normalize.Source{ID: "example", URL: "https://example.org/feed.xml", Format: "rss2.0"}

// entry normalizes one item of the source.
func entry(t *testing.T, item parse.Item) storage.Entry {
	t.Helper()
	entries, warnings := normalize.Entries(source, parse.Header{}, []parse.Item{item}, now)
	if len(entries) != 1 || len(warnings) != 0 {
		t.Fatalf("%d entries, warnings %q", len(entries), warnings)
	}
	return entries[0]
}

func alternate(href string) []parse.Link { return []parse.Link{{Href: href, Rel: "alternate"}} }

func TestEntries(t *testing.T) {
	s := normalize.Source{ID: "example", URL: "https://example.org/feed.xml", Format: "atom1.0", Categories: []string{"News"}}
	h := parse.Header{Lang: "en-us", Authors: []parse.Person{{Name: "The Desk"}}}
	items := []parse.Item{
		{
			GUID: " tag:example.org,2026:1 ", Links: alternate("/2026/bridge?utm_source=rss"),
			Title:      parse.Text{Value: "A bridge &amp; a <b>river</b>", Type: parse.HTML},
			Content:    parse.Text{Value: `<p>The bridge is open. <img src="b.jpg" alt="The bridge"></p><script>x</script>`, Type: parse.HTML},
			Categories: []parse.Category{{Term: "t", Label: "Traffic"}, {Term: "traffic"}},
			Published:  []string{"rubbish", "2026-11-20T10:00:00+01:00"},
			Updated:    []string{"2026-11-21T10:00:00.5Z"},
			Comments:   "/2026/bridge#comments",
			Rights:     parse.Text{Value: "© Example", Type: parse.Plain},
			Origin:     &parse.Origin{ID: "urn:x", Title: parse.Text{Value: "Other"}, URL: "http://other.example/feed", Updated: "2026-11-19"},
		},
		{},
	}
	got, warnings := normalize.Entries(s, h, items, now)
	want := []storage.Entry{
		{
			Source: "example", GUID: "tag:example.org,2026:1",
			URL: "https://example.org/2026/bridge?utm_source=rss", CanonicalURL: "https://example.org/2026/bridge",
			Aliases: []string{"tag:example.org,2026:1"}, Title: "A bridge & a river", Summary: "The bridge is open.",
			Content:    `<p>The bridge is open. <img src="https://example.org/b.jpg" alt="The bridge" loading="lazy" referrerpolicy="no-referrer"></p>`,
			Categories: []string{"Traffic", "t", "News"},
			Media:      []storage.Media{{URL: "https://example.org/b.jpg", Medium: storage.Image, Title: "The bridge"}},
			Language:   "en-US", Rights: "© Example", Comments: "https://example.org/2026/bridge#comments",
			Origin: &storage.Origin{
				ID: "urn:x", Title: "Other", URL: "http://other.example/feed", Updated: time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC),
			},
			ReadingTime: time.Minute,
			Published:   time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
			FirstSeen: now, Effective: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
		},
		{
			Source: "example", Categories: []string{"News"}, Authors: []storage.Person{{Name: "The Desk"}}, Language: "en-US",
			FirstSeen: now, Effective: now,
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(storage.Entry{}, "Digest")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(warnings) != 0 {
		t.Errorf("warnings %q", warnings)
	}
}

func TestC19_TitlesArePlainText(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   parse.Text
		want string
	}{
		{"plain", parse.Text{Value: "x < y & <b>z</b> &amp;", Type: parse.Plain}, "x < y & <b>z</b> &amp;"},
		{"html", parse.Text{Value: "x &lt; y &amp; <b>z</b>", Type: parse.HTML}, "x < y & z"},
		{"html escaped twice", parse.Text{Value: "AT&amp;amp;T", Type: parse.HTML}, "AT&amp;T"},
		{"less than", parse.Text{Value: "x < y"}, "x < y"},
		{"ampersand", parse.Text{Value: "AT&T"}, "AT&T"},
		{"ampersand and space", parse.Text{Value: "Tom & Jerry; the film"}, "Tom & Jerry; the film"},
		{"entity", parse.Text{Value: "AT&amp;T"}, "AT&T"},
		{"tag as text", parse.Text{Value: "A &lt;b&gt;"}, "A <b>"},
		{"tag and entity", parse.Text{Value: "<b>bold</b> &amp;amp; co"}, "bold &amp; co"},
		{"numeric entities", parse.Text{Value: "&#8220;Caf&#xe9;&#8221;"}, "“Café”"},
		{"windows-1252 entity", parse.Text{Value: "it&#146;s"}, "it’s"},
		{"type parameters", parse.Text{Value: "Vec<T> in Rust"}, "Vec<T> in Rust"},
		{"type parameters and tags", parse.Text{Value: "<code>Vec<T></code> &amp; more"}, "Vec<T> & more"},
		{"heart", parse.Text{Value: "I <3 you"}, "I <3 you"},
		{"lines", parse.Text{Value: "\n a\t b<br/>c\u00a0d "}, "a b c d"},
		{"blocks", parse.Text{Value: "<p>a</p><p>b</p>"}, "a b"},
		{"script", parse.Text{Value: "a<script>alert(1)</script>b"}, "ab"},
		{"script as word", parse.Text{Value: "How <script> works"}, "How works"},
		{"handler", parse.Text{Value: `<img src=x onerror="alert(1)">a`}, "a"},
		{"comment", parse.Text{Value: "a<!-- b -->c"}, "ac"},
		{"drawing", parse.Text{Value: "a<svg onload=x><title>b</title></svg>c"}, "ac"},
		{"control characters", parse.Text{Value: "a\x00\x0b\u0085\ufffeb&#2;c", Type: parse.HTML}, "abc"},
		{"broken UTF-8", parse.Text{Value: "a\xffb"}, "a\ufffdb"},
		{"inline tags in a word", parse.Text{Value: "H<sub>2</sub>O"}, "H2O"},
		{"table", parse.Text{Value: "<table><tr><td>1</td><td>2</td></tr></table>"}, "1 2"},
		{"nothing", parse.Text{Value: " <b></b> "}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := entry(t, parse.Item{Title: tt.in}).Title; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	long := strings.Repeat("This is a sentence of the article. ", 20)
	short := strings.TrimSpace(strings.Repeat("This is a sentence of the article. ", 8))
	for _, tt := range []struct {
		name             string
		item             parse.Item
		summary, content string
	}{
		{name: "nothing"},
		{
			name: "summary alone is not repeated", item: parse.Item{Summary: parse.Text{Value: "<p>a</p>"}},
			summary: "<p>a</p>",
		},
		{
			name: "summary of content", item: parse.Item{Content: parse.Text{Value: "<p>" + long + "</p>"}},
			summary: short, content: "<p>" + long + "</p>",
		},
		{
			name: "both", item: parse.Item{Summary: parse.Text{Value: "a"}, Content: parse.Text{Value: "<p>b</p>"}},
			summary: "a", content: "<p>b</p>",
		},
		{
			name: "the same, short", item: parse.Item{Summary: parse.Text{Value: "<p>a</p>"}, Content: parse.Text{Value: "<p>a</p>"}},
			summary: "<p>a</p>", content: "<p>a</p>",
		},
		{
			name: "the same, long", item: parse.Item{Summary: parse.Text{Value: "<p>" + long}, Content: parse.Text{Value: "<p>" + long + "</p>"}},
			summary: short, content: "<p>" + long + "</p>",
		},
		{
			name: "plain", item: parse.Item{Content: parse.Text{Value: "a < b\nc\n\n<b>d</b>", Type: parse.Plain}},
			summary: "<p>a &lt; b<br>c</p>\n<p>&lt;b&gt;d&lt;/b&gt;</p>", content: "<p>a &lt; b<br>c</p>\n<p>&lt;b&gt;d&lt;/b&gt;</p>",
		},
		{
			name: "looks plain", item: parse.Item{Summary: parse.Text{Value: "AT&T: x < y\nz"}},
			summary: "AT&amp;T: x &lt; y\nz",
		},
		{
			name: "script alone", item: parse.Item{Content: parse.Text{Value: "<script>x</script>"}, Summary: parse.Text{Value: "<style>y</style>"}},
		},
		{
			name: "excerpt is escaped", item: parse.Item{Content: parse.Text{Value: "<p>1 &lt; 2 &amp; 3</p><img src=/a.jpg>"}},
			summary: "1 &lt; 2 &amp; 3", content: `<p>1 &lt; 2 &amp; 3</p><img src="https://example.org/a.jpg" loading="lazy" referrerpolicy="no-referrer">`,
		},
		{
			name: "footnote leads to the article", item: parse.Item{Links: alternate("/post/"), Summary: parse.Text{Value: `<a href="#fn1">1</a><a href="x">2</a>`}},
			summary: `<a href="https://example.org/post/#fn1">1</a><a href="https://example.org/x">2</a>`,
		},
		{
			name: "nearest base", item: parse.Item{Base: "https://a.example/", Summary: parse.Text{Value: `<a href="x">1</a>`, Base: "https://b.example/c/"}},
			summary: `<a href="https://b.example/c/x">1</a>`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := entry(t, tt.item)
			if diff := cmp.Diff([]string{tt.summary, tt.content}, []string{e.Summary, e.Content}); diff != "" {
				t.Errorf("summary, content: -want +got\n%s", diff)
			}
		})
	}
}

func TestBase(t *testing.T) {
	self := func(href string) []parse.Link { return []parse.Link{{Href: href, Rel: "self"}} }
	for _, tt := range []struct {
		name   string
		header parse.Header
		item   parse.Item
		want   string
	}{
		{"request", parse.Header{}, parse.Item{}, "https://example.org/x"},
		{"self", parse.Header{Links: self("https://self.example/a/feed")}, parse.Item{}, "https://self.example/a/x"},
		{"relative self", parse.Header{Links: self("/a/feed")}, parse.Item{}, "https://example.org/a/x"},
		{"self of another scheme", parse.Header{Links: self("urn:x")}, parse.Item{}, "https://example.org/x"},
		{"header", parse.Header{Base: "https://base.example/", Links: self("https://self.example/")}, parse.Item{}, "https://base.example/x"},
		{"relative header", parse.Header{Base: "/b/"}, parse.Item{}, "https://example.org/b/x"},
		{"item", parse.Header{Base: "https://base.example/"}, parse.Item{Base: "https://item.example/"}, "https://item.example/x"},
		{"base of another scheme", parse.Header{Base: "file:///etc/"}, parse.Item{}, "https://example.org/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.item.Links = alternate("x")
			got, _ := normalize.Entries(source, tt.header, []parse.Item{tt.item}, now)
			if got[0].URL != tt.want {
				t.Errorf("got %s, want %s", got[0].URL, tt.want)
			}
		})
	}
}

func TestURL(t *testing.T) {
	for _, tt := range []struct {
		name string
		item parse.Item
		want string
	}{
		{"none", parse.Item{}, ""},
		{"as given", parse.Item{Links: alternate(" https://Example.org/a/../b?utm_source=x#c ")}, "https://Example.org/a/../b?utm_source=x#c"},
		{"original", parse.Item{Links: []parse.Link{{Href: "http://feedproxy.example/1", Rel: "alternate"}, {Href: "http://a.example/", Rel: "original"}}}, "http://a.example/"},
		{"html first", parse.Item{Links: []parse.Link{
			{Href: "/a.pdf", Rel: "alternate", Type: "application/pdf"}, {Href: "/s", Rel: "self"}, {Href: "/a", Rel: "alternate", Type: "text/html"},
		}}, "https://example.org/a"},
		{"any alternate", parse.Item{Links: []parse.Link{{Href: "/a.pdf", Rel: "alternate", Type: "application/pdf"}}, GUID: "http://g.example/", Permalink: true}, "https://example.org/a.pdf"},
		{"permalink", parse.Item{GUID: "http://g.example/1", Permalink: true}, "http://g.example/1"},
		{"guid that is none", parse.Item{GUID: "http://g.example/1"}, ""},
		{"script", parse.Item{Links: alternate("javascript:alert(1)"), GUID: "http://g.example/1", Permalink: true}, "http://g.example/1"},
		{"enclosure", parse.Item{Media: []parse.Media{{Kind: parse.MediaEnclosure, URL: "/a.mp3"}}}, "https://example.org/a.mp3"},
		{"without scheme", parse.Item{Links: alternate("www.example.org/a")}, "http://www.example.org/a"},
		{"spaces", parse.Item{Links: alternate("/a b/ü?q=c d")}, "https://example.org/a%20b/%C3%BC?q=c%20d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := entry(t, tt.item).URL; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name                          string
		item                          parse.Item
		published, updated, effective time.Time
	}{
		{"none", parse.Item{}, time.Time{}, time.Time{}, now},
		{"both", parse.Item{Published: []string{"2026-11-01"}, Updated: []string{"2026-11-02"}}, day(1), day(2), day(1)},
		{"updated only", parse.Item{Updated: []string{"2026-11-02"}}, time.Time{}, day(2), day(2)},
		{"first that can be read", parse.Item{Published: []string{"", "soon", "2026-11-03", "2026-11-04"}}, day(3), time.Time{}, day(3)},
		{"C14: future", parse.Item{Published: []string{"2099-01-01"}, Updated: []string{"2099-01-01"}}, now, now, now},
		{"year 1", parse.Item{Published: []string{"0001-01-01T00:00:00Z"}}, time.Time{}, time.Time{}, now},
		{"second 0", parse.Item{Published: []string{"Thu, 01 Jan 1970 00:00:00 GMT"}}, time.Time{}, time.Time{}, now},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := entry(t, tt.item)
			if diff := cmp.Diff([]time.Time{tt.published, tt.updated, tt.effective, now}, []time.Time{e.Published, e.Updated, e.Effective, e.FirstSeen}); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestDatesAreEvidenceForEachOther(t *testing.T) {
	dates := func(written ...string) (got []string) {
		var items []parse.Item
		for _, w := range written {
			items = append(items, parse.Item{Published: []string{w}})
		}
		entries, _ := normalize.Entries(source, parse.Header{}, items, now)
		for _, e := range entries {
			if e.Published.IsZero() {
				got = append(got, "")
			} else {
				got = append(got, e.Published.Format(time.DateOnly))
			}
		}
		return got
	}
	for _, tt := range []struct {
		name     string
		in, want []string
	}{
		{"month first", []string{"06/10/2014", "06/13/2014"}, []string{"2014-06-10", "2014-06-13"}},
		{"day first", []string{"06/10/2014", "13/06/2014"}, []string{"2014-10-06", "2014-06-13"}},
		{"contradiction", []string{"06/10/2014", "13/06/2014", "06/13/2014"}, []string{"", "2014-06-13", "2014-06-13"}},
		{"no evidence", []string{"06/10/2014", "06/06/2014", "13.06.2014"}, []string{"", "2014-06-06", "2014-06-13"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, dates(tt.in...)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAbout(t *testing.T) {
	h := parse.Header{
		ID: " urn:x ", Title: parse.Text{Value: "A &amp; <i>B</i>"}, Description: parse.Text{Value: "<p>c</p>", Type: parse.HTML},
		Links: []parse.Link{{Href: "/", Rel: "alternate"}, {Href: "/feed", Rel: "self"}, {Href: "https://hub.example/", Rel: "hub"}},
		Image: "logo.png", Rights: parse.Text{Value: "©"}, Lang: "DE_at", Updated: []string{"x", "Mon, 02 Nov 2026 10:00:00 GMT"},
	}
	want := storage.About{
		ID: "urn:x", Title: "A & B", Description: "c", Link: "https://example.org/", Self: "https://example.org/feed", Hub: "https://hub.example/",
		Image: "https://example.org/logo.png", Language: "de-AT", Rights: "©", Format: "rss2.0", Updated: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, normalize.About(source, h, now)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDigest(t *testing.T) {
	base := parse.Item{Title: parse.Text{Value: "a"}, Summary: parse.Text{Value: "b"}, Published: []string{"2026-11-01"}, Authors: []parse.Person{{Name: "c"}}}
	same := base
	same.Published, same.GUID, same.Updated = []string{"2026-11-02"}, "g", []string{"2026-11-03"}
	if entry(t, base).Digest != entry(t, same).Digest {
		t.Error("dates and guid are part of the digest")
	}
	for name, change := range map[string]func(*parse.Item){
		"title":      func(i *parse.Item) { i.Title.Value = "x" },
		"moved":      func(i *parse.Item) { i.Title.Value, i.Summary.Value = "ab", "" },
		"content":    func(i *parse.Item) { i.Content.Value = "x" },
		"url":        func(i *parse.Item) { i.Links = alternate("/x") },
		"authors":    func(i *parse.Item) { i.Authors = nil },
		"categories": func(i *parse.Item) { i.Categories = []parse.Category{{Term: "x"}} },
		"media":      func(i *parse.Item) { i.Media = []parse.Media{{Kind: parse.MediaImage, URL: "/x"}} },
	} {
		changed := base
		change(&changed)
		if entry(t, base).Digest == entry(t, changed).Digest {
			t.Errorf("%s is not part of the digest", name)
		}
	}
}

// TestD19_HostileFields gives each field a megabyte.
func TestD19_HostileFields(t *testing.T) {
	const n = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	for _, tt := range []struct {
		name string
		item parse.Item
	}{
		{"link", parse.Item{Links: alternate(fill("../"))}},
		{"date", parse.Item{Published: []string{fill("1 Jan 2026 "), fill("("), fill("0")}}},
		{"author", parse.Item{Authors: []parse.Person{{Name: fill("a@b (c), ")}}}},
		{"authors", parse.Item{Authors: []parse.Person{{Name: fill("a;")}}}},
		{"guid", parse.Item{GUID: fill("g")}},
		{"title", parse.Item{Title: parse.Text{Value: fill("<b>&amp;")}}},
		{"category", parse.Item{Categories: []parse.Category{{Term: fill("c")}}}},
		{"language", parse.Item{Lang: fill("en-")}},
		{"media", parse.Item{Media: []parse.Media{{URL: fill("/"), Type: fill("a/"), Duration: fill("1:"), Length: fill("1"), Width: fill("1"), Credit: fill("(")}}}},
		{"href", parse.Item{Summary: parse.Text{Value: `<a href="` + fill("../") + `">a</a>`}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			entries, _ := normalize.Entries(source, parse.Header{}, []parse.Item{tt.item}, now)
			// The bound is 100 ms; the race detector and a busy machine take
			// many times that.
			if d := time.Since(start); d > 3*time.Second {
				t.Errorf("took %v", d)
			} else {
				t.Log(d)
			}
			e := entries[0]
			if len(e.URL) > 4096 || len(e.GUID) > 4096 || len(e.Title) > 2000 || len(e.Authors) > 50 || len(e.Categories) > 100 {
				t.Errorf("too large: %.200v", e)
			}
		})
	}
}

func TestD30_Caps(t *testing.T) {
	var item parse.Item
	for i := range 200 {
		n := string(rune('A'+i%26)) + string(rune('a'+i/26))
		item.Authors = append(item.Authors, parse.Person{Name: n})
		item.Categories = append(item.Categories, parse.Category{Term: n})
		item.Media = append(item.Media, parse.Media{Kind: parse.MediaEnclosure, URL: "/" + n})
	}
	item.GUID = strings.Repeat("g", 5000)
	item.Title.Value = strings.Repeat("ä", 2000)
	item.Content.Value = strings.Repeat("<p>word</p>", 200000)
	entries, warnings := normalize.Entries(source, parse.Header{}, []parse.Item{item}, now)
	e := entries[0]
	got := []int{len(e.Authors), len(e.Categories), len(e.Media), len(e.GUID), len(e.Title)}
	if diff := cmp.Diff([]int{50, 100, 100, 0, 2000}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(e.Content) > 1<<20 || len(e.Content) < 1<<19 {
		t.Errorf("content has %d bytes", len(e.Content))
	}
	want := []string{
		"authors too large in 1 places: cut", "categories too large in 1 places: cut", "content too large in 1 places: cut",
		"guid too large in 1 places: cut", "media too large in 1 places: cut", "title too large in 1 places: cut",
	}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func BenchmarkEntries(b *testing.B) {
	item := parse.Item{
		GUID: "https://example.org/1", Permalink: true, Links: alternate("https://example.org/1?utm_source=rss"),
		Title:     parse.Text{Value: "A title of a usual length &amp; kind"},
		Summary:   parse.Text{Value: "<p>A summary of two sentences. It is not long.</p>"},
		Content:   parse.Text{Value: strings.Repeat(`<p class="x">Some <b>words</b> and a <a href="/link">link</a> <img src="/i.jpg" srcset="/i.jpg 1x, /j.jpg 2x"></p>`, 30)},
		Authors:   []parse.Person{{Name: "jane@example.org (Jane Doe)"}},
		Published: []string{"Thu, 01 Jan 2026 19:48:21 GMT"},
		Media:     []parse.Media{{Kind: parse.MediaThumbnail, URL: "/i-150x150.jpg"}},
	}
	items := make([]parse.Item, 50)
	for i := range items {
		items[i] = item
	}
	b.ReportAllocs()
	for b.Loop() {
		normalize.Entries(source, parse.Header{Lang: "en"}, items, now)
	}
}
