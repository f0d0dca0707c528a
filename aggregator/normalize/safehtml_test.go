package normalize_test

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/normalize"
)

var update = flag.Bool("update", false, "write the golden files")

var page = &url.URL{Scheme: "https", Host: "example.org", Path: "/news/feed.xml"}

func TestSafeHTMLGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.html")
	if err != nil || len(inputs) == 0 {
		t.Fatal("no input:", err)
	}
	for _, in := range inputs {
		t.Run(strings.TrimSuffix(filepath.Base(in), ".html"), func(t *testing.T) {
			fragment, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(in, ".html") + ".golden"
			got := normalize.SafeHTML(string(fragment), page) + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			checkSafe(t, strings.TrimSpace(got))
		})
	}
}

func TestSafeHTML(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"text", "a &lt; b &amp; c &nbsp;d &eacute;", "a &lt; b &amp; c \u00a0d é"},
		{"bare characters", "a < b & c > d", "a &lt; b &amp; c &gt; d"},
		{"comment", "a<!-- b -->c", "ac"},
		{"script", "a<script>b</script>c", "ac"},
		{"style", "a<style>b</style>c", "ac"},
		{"handler", `<p onclick="x()" style="color:red" class="c" id="i" name="n">a</p>`, "<p>a</p>"},
		{"unknown element", "<foo>a</foo>", "a"},
		{"custom element", "<x-a onclick=b>a</x-a>", "a"},
		{"block in place of block", "a<center>b</center>c<form>d<input></form>", "a<div>b</div>c<div>d</div>"},
		{"not balanced", "</div><p>a<b>b</p></article>", "<p>a<b>b</b></p>"},
		{"empty", "<p></p><p>a</p><div><span></span></div>", "<p>a</p>"},
		{"drawing", "a<svg><title>b</title><a href=c>d</a></svg>e", "ae"},
		{"formula", "<math><mi>x</mi><mo>=</mo><mn>1</mn><annotation>tex</annotation></math>", "x=1"},
		{"body and head", "<html><head><title>t</title></head><body onload=x>a</body></html>", "a"},
		{"template", "a<template><p>b</p></template>", "a"},
		{"frame", `<frameset><frame src="x"></frameset>a`, "a"},
		{"preformatted", "<pre>\n\n a\n  b</pre>", "<pre>\n\n a\n  b</pre>"},
		{"old preformatted", "<xmp><b>a</b></xmp>", "<pre>&lt;b&gt;a&lt;/b&gt;</pre>"},
		{"control characters", "a\x00\x01b\x7f&#1;&#x9f;c\ufffe", "abŸc"},
		{"broken UTF-8", "a\xffb", "a\ufffdb"},
		{"direction and language", `<p dir="RTL" lang="ar_eg">a</p>`, `<p lang="ar-EG" dir="rtl">a</p>`},
		{"list", `<ol start="3" type="a" reversed><li value="4">a</li></ol>`, `<ol start="3" reversed="reversed" type="a"><li value="4">a</li></ol>`},
		{"table", `<table border=1><tr><th scope=row colspan=2>a<td rowspan=x>b</table>`, `<table><tbody><tr><th colspan="2" scope="row">a</th><td>b</td></tr></tbody></table>`},
		{"ruby", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>"},
		{"details", "<details open><summary>a</summary>b</details>", `<details open="open"><summary>a</summary>b</details>`},

		{"link", `<a href="/a?b=c&amp;d#e" target=_blank rel=x title='"q"'>a</a>`, `<a href="https://example.org/a?b=c&amp;d#e" title="&#34;q&#34;">a</a>`},
		{"relative link", `<a href="x.html">a</a>`, `<a href="https://example.org/news/x.html">a</a>`},
		{"fragment", `<a href="#x">a</a>`, `<a href="https://example.org/news/feed.xml#x">a</a>`},
		{"link without scheme", `<a href="//a.example/b">a</a>`, `<a href="https://a.example/b">a</a>`},
		{"mail", `<a href="MAILTO:a@example.org">a</a>`, `<a href="mailto:a@example.org">a</a>`},
		{"anchor", `<a name="x">a</a>`, "a"},
		{"script link", `<a href="javascript:alert(1)">a</a>`, "a"},
		{"script link with tab", `<a href="jav&#9;ascript:alert(1)">a</a>`, "a"},
		{"script link with control", "<a href=\"\x01javascript:alert(1)\">a</a>", "a"},
		{"script link in capitals", `<a href="JaVaScRiPt:alert(1)">a</a>`, "a"},
		{"script link in entities", `<a href="&#106;avascript&colon;alert(1)">a</a>`, "a"},
		{"data link", `<a href="data:text/html,<script>1</script>">a</a>`, "a"},
		{"two hrefs", `<a href="http://a.example/" href="javascript:1">a</a>`, `<a href="http://a.example/">a</a>`},
		{"link in link", `<a href="http://a.example/"><object><a href="http://b.example/">a</a></object></a>`, `<a href="http://a.example/">a</a>`},

		{"image", `<img src="a.png" alt="b" width="10px" height="20" onerror="x">`, `<img src="https://example.org/news/a.png" alt="b" width="10" height="20" loading="lazy" referrerpolicy="no-referrer">`},
		{"image without source", `<img alt="b">`, ""},
		{"data image", `<img src="data:image/png;base64,AA">`, ""},
		{"pixel", `a<img src="/p.gif" width="1" height="1">`, "a"},
		{"hidden", `a<img src="/p.gif" style="display: none">`, "a"},
		{"counter", `a<img src="https://pixel.wp.com/b.gif?x">`, "a"},
		{"lazy image", `<img src="data:image/gif;base64,R0" data-src="/a.png">`, `<img src="https://example.org/a.png" loading="lazy" referrerpolicy="no-referrer">`},
		{"lazy set", `<img data-srcset="/a.png 1x, /b.png 2x">`, `<img src="https://example.org/a.png" srcset="https://example.org/a.png 1x, https://example.org/b.png 2x" loading="lazy" referrerpolicy="no-referrer">`},
		{"lazy image and noscript", `<img data-src="/a.png"><noscript><img src="/a.png?x"></noscript>`, `<img src="https://example.org/a.png" loading="lazy" referrerpolicy="no-referrer">`},
		{"noscript and lazy image", `<noscript><img src="/a.png"></noscript><img data-src="/a.png">`, `<img src="https://example.org/a.png" loading="lazy" referrerpolicy="no-referrer">`},
		{"noscript", `<noscript>Turn it on!<img src="/a.png"></noscript>`, `<img src="https://example.org/a.png" loading="lazy" referrerpolicy="no-referrer">`},
		{
			"set", `<img src="a" srcset="b.jpg 640w, data:image/png,x 2x,c,d.jpg 1280w , javascript:x 3x,e.jpg 2q, f.jpg (a,b)" sizes="(max-width: 1px) 2vw">`,
			`<img src="https://example.org/news/a" srcset="https://example.org/news/b.jpg 640w, https://example.org/news/c,d.jpg 1280w" sizes="(max-width: 1px) 2vw" loading="lazy" referrerpolicy="no-referrer">`,
		},
		{
			"picture", `<picture><source srcset="/a.webp" type="image/webp"><source src="x"><img src="/a.jpg"></picture>`,
			`<picture><source srcset="https://example.org/a.webp" type="image/webp"><img src="https://example.org/a.jpg" loading="lazy" referrerpolicy="no-referrer"></picture>`,
		},
		{"picture without image", `a<picture><source srcset="/a.webp"></picture>`, "a"},
		{"accelerated page", `<amp-img src="/a.jpg" width=3 height=2></amp-img>`, `<img src="https://example.org/a.jpg" width="3" height="2" loading="lazy" referrerpolicy="no-referrer">`},
		{"figure", `<figure class=x><img src="/a.jpg"><figcaption>b <i>c</i></figcaption></figure>`, `<figure><img src="https://example.org/a.jpg" loading="lazy" referrerpolicy="no-referrer"><figcaption>b <i>c</i></figcaption></figure>`},

		{
			"video", `<video autoplay muted loop poster="/p.jpg" width=3><source src="/a.mp4" type="video/mp4">b</video>`,
			`<video poster="https://example.org/p.jpg" width="3" controls="controls" preload="none"><source src="https://example.org/a.mp4" type="video/mp4">b</video>`,
		},
		{"video without source", `<video><source src="blob:x">a</video>`, "a"},
		{"audio", `<audio src="/a.mp3"></audio>`, `<audio src="https://example.org/a.mp3" controls="controls" preload="none"></audio>`},
		{
			"player", `<iframe src="//www.youtube.com/embed/x?start=1" width="560" height="315" onload="x" srcdoc="y">z</iframe>`,
			`<iframe src="https://www.youtube-nocookie.com/embed/x?start=1" width="560" height="315" sandbox="allow-scripts allow-same-origin allow-popups allow-presentation" referrerpolicy="strict-origin-when-cross-origin" loading="lazy" allowfullscreen="allowfullscreen"></iframe>`,
		},
		{"player of another host", `<iframe src="https://www.youtube.com.evil.example/embed/x"></iframe>`, `<a href="https://www.youtube.com.evil.example/embed/x">youtube.com.evil.example</a>`},
		{"player with user", `<iframe src="https://www.youtube.com@evil.example/embed/x"></iframe>`, `<a href="https://www.youtube.com@evil.example/embed/x">evil.example</a>`},
		{"player with port", `<iframe src="https://www.youtube.com:8443/embed/x"></iframe>`, `<a href="https://www.youtube.com:8443/embed/x">youtube.com</a>`},
		{"player with another path", `<iframe src="https://www.youtube.com/redirect?q=x"></iframe>`, `<a href="https://www.youtube.com/redirect?q=x">youtube.com</a>`},
		{"frame with title", `<iframe title="A map" src="http://maps.example/"></iframe>`, `<a href="http://maps.example/">A map</a>`},
		{"script frame", `a<iframe src="javascript:x"></iframe>`, "a"},
		{"embedded object", `<object data="/x.swf"><param name=a><embed src="/x.swf">b</object>`, `<a href="https://example.org/x.swf">example.org</a>b`},

		{"mutation by style", `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<img src="https://example.org/news/1" loading="lazy" referrerpolicy="no-referrer">"&gt;`},
		{"mutation by formula", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, ""},
		{"mutation by noscript", `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, ""},
		{"mutation by textarea", `<textarea><img title="</textarea><img src=x onerror=alert(1)>">a`, `<img src="https://example.org/news/x" loading="lazy" referrerpolicy="no-referrer">"&gt;a`},
		{"paragraph in button in paragraph", "<p>a<button><p>b</p></button>c</p>", "<p>a</p><p>b</p>c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := normalize.SafeHTML(tt.in, page)
			if got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
			checkSafe(t, got)
		})
	}
}

func TestSafeHTMLWithoutBase(t *testing.T) {
	got := normalize.SafeHTML(`<a href="/a">a</a><a href="#b">b</a><img src="c"><a href="http://d.example/">d</a>`, nil)
	if want := `ab<a href="http://d.example/">d</a>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestD30_HostileHTML gives HTML that is slow to parse, or very deep.
func TestD30_HostileHTML(t *testing.T) {
	const n = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	for _, tt := range []struct{ name, in string }{
		{"elements", fill("<div>")},
		{"links", fill("<a href=x>")},
		{"formatting", fill("<b>") + fill("<p>x")},
		{"formatting with attributes", fill("<b a=1><b a=2><b a=3><b a=4><p>")},
		{"tables", fill("<table><tr><td>")},
		{"text in tables", fill("<table>x")},
		{"end tags", fill("</p>")},
		{"quotes", `<img alt="` + fill("&quot;")},
		{"scripts", fill("<script>")},
		{"comments", fill("<!--")},
		{"opened", fill("<")},
		{"entities", fill("&")},
		{"attributes", "<p " + fill("a=b ")},
		{"href", `<a href="` + fill("../") + `">a</a>`},
		{"srcset", `<img srcset="` + fill("a,") + `">`},
		{"selects", fill("<select><option>")},
		{"drawings", fill("<svg><desc>")},
		{"line ends", fill("<pre>\n\n")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			got := normalize.SafeHTML(tt.in, page)
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			} else {
				t.Log(d, len(got))
			}
			if again := normalize.SafeHTML(got, page); again != got {
				t.Error("not a fixed point")
			}
			start = time.Now()
			normalize.Text(tt.in)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("text took %v", d)
			}
		})
	}
}

func FuzzSafeHTML(f *testing.F) {
	for _, s := range []string{
		`<p>a<button><p>b<table>c<a href=//d><img srcset="e,f 2x" src=g>`,
		`<svg><style><a id="</style><img src=1 onerror=alert(1)>">`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;">`,
		"<pre>\n\n<listing>\n<a href=x><a href=mailto:y><iframe src=//www.youtube.com/embed/z>",
		`<video src=a><source src=b><picture><source srcset=c><img data-src=d><noscript><img src=e>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkSafe(t, normalize.SafeHTML(s, page))
	})
}

// checkSafe checks that HTML is a fixed point and holds nothing that it must
// not.
func checkSafe(t *testing.T, safe string) {
	t.Helper()
	if again := normalize.SafeHTML(safe, page); again != safe {
		t.Errorf("not a fixed point:\n%q\n%q", safe, again)
	}
	for _, p := range walk(safe).problems {
		t.Errorf("%s in %q", p, safe)
	}
}

const allowedNames = ` a abbr acronym address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd del details dfn
div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i iframe img ins kbd li mark ol p picture pre q rp rt ruby s samp section
small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr `
