package normalize_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// badAddresses are none of http, https or mailto, in the spellings in which a
// browser would still follow them.
var badAddresses = []string{
	"javascript:x()", "JaVaScRiPt:x()", "jav\tascript:x()", "jav\nascript:x()", "jav\r\nascript:x()", "\x01javascript:x()", "\x1f javascript:x()", " \t\njavascript:x()",
	"java\x00script:x()", "\ufeffjavascript:x()", "\u200bjavascript:x()", "\u00a0javascript:x()", "javascript\t:x()", "javascript://a.example/%0ax()", "javascript:/*https://a.example/*/x()",
	"vbscript:x()", "livescript:x()", "data:text/html,<script>x()</script>", "data:image/svg+xml,<svg onload=x()>", "DATA:text/html;base64,PHNjcmlwdD4=", "data:image/png;base64,AA", "blob:https://example.org/1",
	"filesystem:https://example.org/a", "file:///etc/passwd", "about:blank", "view-source:https://a.example/", "feed:https://a.example/", "jar:https://a.example/!/", "ws://a.example/", "ftp://a.example/",
	"chrome://settings", "intent://a.example/#Intent;end", "tel:+1", "sms:+1", "custom+scheme:x", "x-a.b-c:x", "javascript&colon;x()", "https://", "http:///", "https://?a", "https://[::1", "https://a b/",
	"https://a.example:port/", "https://%/", "//", "https://a<b>.example/", "https://" + strings.Repeat("a", 5000),
}

// TestD23_AddressesInHTML gives the bad addresses to every attribute that holds
// one, with their marks as entities of several kinds.
func TestD23_AddressesInHTML(t *testing.T) {
	spellings := []func(string) string{
		html.EscapeString,
		func(s string) string { return references(s, "&#%d;") },
		func(s string) string { return references(s, "&#x%x;") },
		func(s string) string { return references(s, "&#%07d;") },
	}
	for _, frame := range []string{
		`<a href="%s">a</a>`, `<img src="%s">`, `<img srcset="%s 1x">`, `<img data-src="%s">`, `<img data-srcset="%s 2x">`, `<amp-img src="%s"></amp-img>`, `<video src="%s" poster="%[1]s"></video>`,
		`<audio src="%s"></audio>`, `<video><source src="%s"></video>`, `<picture><source srcset="%s"><img src="%[1]s"></picture>`, `<iframe src="%s"></iframe>`, `<embed src="%s">`,
		`<blockquote cite="%s">a</blockquote>`, `<q cite="%s">a</q>`, `<ins cite="%s">a</ins>`, `<del cite="%s">a</del>`,
	} {
		for _, bad := range badAddresses {
			for _, spell := range spellings {
				// Without a base nothing relative is left either.
				safe := normalize.SafeHTML(fmt.Sprintf(frame, spell(bad)), nil)
				if w := walk(safe); len(w.loads)+len(w.links)+len(w.problems) > 0 && !strings.Contains(frame, "srcset") {
					t.Errorf("%q in %s: %s", bad, frame, safe)
				}
				mustBeSafe(t, fmt.Sprintf(frame, spell(bad)))
			}
		}
	}
}

// references writes a text as character references.
func references(s, form string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, form, r)
	}
	return b.String()
}

// TestD23_AddressesOfEntries gives the bad addresses to all fields of an item
// and of a document that hold one.
func TestD23_AddressesOfEntries(t *testing.T) {
	for _, bad := range badAddresses {
		item := parse.Item{
			GUID: bad, Permalink: true, Links: []parse.Link{{Href: bad, Rel: "alternate"}, {Href: bad, Rel: "original"}}, Comments: bad,
			Authors: []parse.Person{{Name: "A", URL: bad}}, Origin: &parse.Origin{ID: "x", URL: bad, Link: bad}, Base: bad,
			Media: []parse.Media{{URL: bad, Kind: parse.MediaEnclosure}, {URL: bad, Kind: parse.MediaImage}, {URL: bad, Kind: parse.MediaThumbnail}, {URL: bad, Kind: parse.MediaContent}},
		}
		header := parse.Header{Links: []parse.Link{{Href: bad, Rel: "alternate"}, {Href: bad, Rel: "self"}, {Href: bad, Rel: "hub"}}, Image: bad, Base: bad}
		nowhere := normalize.Source{ID: "example", URL: bad}
		entries, _ := normalize.Entries(nowhere, header, []parse.Item{item}, now)
		e := entries[0]
		about := normalize.About(nowhere, header, now)
		got := []string{e.URL, e.CanonicalURL, e.Comments, e.Authors[0].URL, e.Origin.URL, e.Origin.Link, about.Link, about.Self, about.Hub, about.Image, normalize.Canonical(bad)}
		for _, m := range e.Media {
			got = append(got, m.URL)
		}
		if all := strings.Join(got, ""); all != "" {
			t.Errorf("%q: %q", bad, got)
		}
	}
}

func TestD23_AddressesThatAreKept(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"//a.example/b", "https://a.example/b"},
		{`\\a.example\b`, "https://a.example/b"},
		{"HTTPS://a.example/", "https://a.example/"},
		{"ht\ntps://a.example/\t", "https://a.example/"},
		{"https:/a.example/", "https://a.example/"},
		{"https://a.example/\"><script>", "https://a.example/%22%3E%3Cscript%3E"},
		{"https://a.example/?a='b'&c=`d`", "https://a.example/?a='b'&c=%60d%60"},
		{"mailto:a@a.example?subject=b c", "mailto:a@a.example?subject=b%20c"},
		{"MAILTO:a@a.example", "mailto:a@a.example"},
	} {
		w := walk(mustBeSafe(t, `<a href="`+html.EscapeString(tt.in)+`">a</a>`))
		if len(w.links) != 1 || w.links[0] != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, w.links, tt.want)
		}
	}
}

func TestD24_CandidatesOfASrcset(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"//i.example/a 1x, //i.example/b 2x", "https://i.example/a 1x, https://i.example/b 2x"},
		{",, //i.example/a ,, //i.example/b,", "https://i.example/a, https://i.example/b"},
		{"//i.example/a,b 1x", "https://i.example/a,b 1x"},
		{"//i.example/a,//i.example/b", "https://i.example/a,//i.example/b"},
		{"//i.example/a 1x,//i.example/b 2x", "https://i.example/a 1x, https://i.example/b 2x"},
		{"\t//i.example/a\n1x\f,\r//i.example/b\t2x", "https://i.example/a 1x, https://i.example/b 2x"},
		{"data:image/png;base64,AA== 1x, //i.example/b 2x", "https://i.example/b 2x"},
		{"data:image/svg+xml,<svg onload=x()> 1x, //i.example/b 2x", "https://i.example/b 2x"},
		{"javascript:x() 1x, vbscript:x() 2x", ""},
		{"//i.example/a (1x,javascript:x()) , //i.example/b 2x", "https://i.example/b 2x"},
		{"//i.example/a 1x 2x, //i.example/b 2w", "https://i.example/b 2w"},
		{"//i.example/a 0w, //i.example/b -1x, //i.example/c 1e9x, //i.example/d Infinityx, //i.example/e 1.5x", "https://i.example/e 1.5x"},
		{"//i.example/a 10h, //i.example/b 100w", "https://i.example/b 100w"},
		{`//i.example/"onload="x() 1x`, "https://i.example/%22onload=%22x() 1x"},
		{"https://i.example/a 1x\u00a0, //i.example/b 2x", "https://i.example/b 2x"},
		{strings.Repeat("//i.example/a 1x, ", 100), strings.TrimSuffix(strings.Repeat("https://i.example/a 1x, ", 30), ", ")},
	} {
		want := ""
		if tt.want != "" {
			want = ` srcset="` + html.EscapeString(tt.want) + `"`
		}
		safe := mustBeSafe(t, `<picture><source srcset="`+html.EscapeString(tt.in)+`"><img src=//i.example/z></picture>`)
		if tt.want != "" && !strings.Contains(safe, "<source"+want+">") || tt.want == "" && strings.Contains(safe, "<source") {
			t.Errorf("%q: got %s, want %s", tt.in, safe, want)
		}
	}
	for _, sizes := range []string{"<script>", "url(javascript:x())\\", strings.Repeat("1vw,", 100), "{x}"} {
		safe := mustBeSafe(t, `<img src=//i.example/a srcset="//i.example/b 2w" sizes="`+html.EscapeString(sizes)+`">`)
		if strings.Contains(safe, "sizes") {
			t.Errorf("%q: got %s", sizes, safe)
		}
	}
}

// TestD25_OnlyPlayersAreFramed gives hosts and paths that look like those of a
// player.
func TestD25_OnlyPlayersAreFramed(t *testing.T) {
	for _, src := range []string{
		"https://www.youtube.com.evil.example/embed/a", "https://evil.example/www.youtube.com/embed/a", "https://www.youtube.com@evil.example/embed/a", "https://u:p@www.youtube.com/embed/a",
		"https://www.youtube.com:8443/embed/a", "https://www.youtube.com:443/embed/a", "https://www.youtube.com./embed/a", "https://wwwwyoutube.com/embed/a", "https://evilyoutube.com/embed/a", "https://m.youtube.com/embed/a",
		"https://www.youtube.com/embed", "https://www.youtube.com/redirect?q=https://evil.example/embed/", "https://www.youtube.com/embed/../redirect?q=evil.example", "https://www.youtube.com/embed/./../redirect",
		"https://www.youtube.com/embed/%2e%2e/redirect", "https://www.youtube.com/embed/.%2E/redirect", "https://www.youtube.com/embed/..%2fredirect", `https://www.youtube.com/embed/..\redirect`, "https://www.youtube.com/embed/a/../../redirect",
		"https://www.youtube.com//embed/a", "https://player.vimeo.com/videos/1", "https://player.vimeo.com/video/../redirect", "https://vimeo.com/video/1", "https://geo.dailymotion.com/../player", "https://embed.ted.com/",
		"https://evil.example/#www.youtube.com/embed/a", "https://evil.example/?www.youtube.com/embed/a", `https://evil.example\@www.youtube.com/embed/a`, "https://www.youtubе.com/embed/a", "https://www.youtube.com%2f@evil.example/embed/a",
		"javascript://www.youtube.com/embed/%0ax()", "data://www.youtube.com/embed/a", "ftp://www.youtube.com/embed/a", "blob:https://www.youtube.com/embed/a",
	} {
		if safe := mustBeSafe(t, `<iframe src="`+html.EscapeString(src)+`" width=1000 height=500></iframe>`); strings.Contains(safe, "<iframe") {
			t.Errorf("%s: got %s", src, safe)
		}
	}
	for _, src := range []string{
		"https://www.youtube.com/embed/a?start=1&rel=0", "http://youtube.com/embed/a", "//www.youtube-nocookie.com/embed/a", "https://player.vimeo.com/video/1?h=2", "https://www.dailymotion.com/embed/video/a",
		"https://geo.dailymotion.com/player/a.html?video=b", "https://embed.ted.com/talks/a",
	} {
		safe := mustBeSafe(t, `<iframe src="`+html.EscapeString(src)+`" srcdoc="<script>x()</script>" allow="camera" name=a onload=x() sandbox="allow-top-navigation"><script>x()</script></iframe>`)
		if !strings.HasPrefix(safe, `<iframe src="https://`) || !strings.HasSuffix(safe, `allowfullscreen="allowfullscreen"></iframe>`) {
			t.Errorf("%s: got %s", src, safe)
		}
	}
}

func TestD26_ImagesThatCountReaders(t *testing.T) {
	for _, pixel := range []string{
		`<img src=/a width=1 height=1>`, `<img src=/a width=0 height=0>`, `<img src=/a width=1px height="1 px">`, `<img src=/a width=1>`, `<img src=/a height=0>`, `<img src=/a width=1 height=0>`,
		`<img src=/a style="display:none">`, `<img src=/a style="DISPLAY : none !important">`, `<img src=/a style="width:1px;height:1px">`, `<img src=/a style="border:0; height: 1px; width: 0">`,
		`<img data-src=/a width=1 height=1>`, `<noscript><img src=/a width=1 height=1></noscript>`, `<picture><img src=/a width=1 height=1></picture>`, `<amp-img src=/a width=1 height=1></amp-img>`,
		`<img src=https://feeds.feedburner.com/~r/a/~4/b>`, `<img src=https://pixel.wp.com/b.gif?a>`, `<img src=https://stats.wordpress.com/b.gif>`, `<img src=https://www.facebook.com/tr?id=1>`,
		`<img src=https://www.google-analytics.com/collect?v=1>`, `<img src=https://ad.doubleclick.net/a>`, `<img src=//b.scorecardresearch.com/p?c1=2>`, `<img src=//PIXEL.quantserve.com/pixel/a.gif>`,
		`<img src=https://blogger.googleusercontent.com/tracker/1/post/2>`, `<img src="https://stats.example/p.php?idsite=8&rec=1">`, `<img src="https://a.example/matomo.php?rec=1&idsite=1">`,
		`<iframe src=https://a.example/ width=1 height=1></iframe>`, `<iframe src=https://a.example/ style=display:none></iframe>`,
	} {
		if got := mustBeSafe(t, "<p>a"+pixel+"</p>"); got != "<p>a</p>" {
			t.Errorf("%s: got %s", pixel, got)
		}
	}
	for _, image := range []string{
		`<img src=/a>`, `<img src=/a width=2 height=2>`, `<img src=/a width=600 height=1>`, `<img src=/a width=1% height=1%>`, `<img src=/a style="max-width:1px">`, `<img src=/a style="height:1px">`,
		`<img src=https://notdoubleclick.net/a>`, `<img src=https://www.facebook.com/trees>`, `<img src=https://a.example/doubleclick.net/a>`, `<img src="https://a.example/?idsites=1">`,
		`<img src=https://feeds.feedburner.com/a.png>`,
	} {
		safe := mustBeSafe(t, image)
		if !strings.HasPrefix(safe, "<img ") || !strings.HasSuffix(safe, ` loading="lazy" referrerpolicy="no-referrer">`) {
			t.Errorf("%s: got %s", image, safe)
		}
	}
	// A link without a target has no opener: nothing to say about it.
	const link = `<a href="https://a.example/">a</a>`
	if got := mustBeSafe(t, `<a href="https://a.example/" target="_blank" rel="opener">a</a>`); got != link {
		t.Errorf("got %s, want %s", got, link)
	}
}
