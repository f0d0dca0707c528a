package normalize_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// TestD15_NothingIsWrittenAsItWasRead gives names, namespaces and markup that
// only a writer of tokens would let through.
func TestD15_NothingIsWrittenAsItWasRead(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`<p xmlns="http://www.w3.org/1999/xhtml">a</p>`, "<p>a</p>"},
		{`<h:p xmlns:h="http://www.w3.org/1999/xhtml">a</h:p>`, "a"},
		{`<h:script xmlns:h="http://www.w3.org/1999/xhtml">a</h:script>`, "a"},
		{`<p xml:lang="de" xml:space="preserve" xml:id="x">a</p>`, "<p>a</p>"},
		{`<p :onclick="x()" xmlns:="y" a:="b" :c="d">a</p>`, "<p>a</p>"},
		{`<a xlink:href="https://a.example/">a</a>`, "a"},
		{`<p><![CDATA[a]]></p>`, ""},
		{`<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "b">]><p>&a;</p>`, "]&gt;<p>&amp;a;</p>"},
		{`<p a="</p><script>x()</script>">a</p>`, "<p>a</p>"},
		{`<br></br><BR/>`, "<br><br><br>"},
	} {
		if got := mustBeSafe(t, tt.in); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// TestD21_VectorsInAnySurroundings lets every vector stand in every
// surrounding, and walks over what is left.
func TestD21_VectorsInAnySurroundings(t *testing.T) {
	for _, class := range classes() {
		t.Run(class, func(t *testing.T) {
			seen := map[string]bool{}
			for _, v := range vectors[class] {
				for _, fragment := range surrounded(v) {
					if safe := normalize.SafeHTML(fragment, page); !seen[safe] {
						seen[safe] = true
						mustBeSafe(t, fragment)
					}
				}
			}
		})
	}
}

func TestD21_WhatIsLeftOfAnElement(t *testing.T) {
	for _, tt := range []struct{ names, want string }{
		{"applet canvas datalist map meter noembed noframes progress script select slot style svg template textarea title", "ac"},
		{"iframe noscript picture", "ac"},
		{"base basefont bgsound embed frame frameset head img input keygen link meta param source track", "abc"},
		{"blink body button custom-element data font html label marquee nobr object output portal search spacer unknown x:script", "abc"},
		{"audio video math a", "abc"},
		{"center dialog fieldset form hgroup legend main nav optgroup", "a<div>b</div>c"},
		{"listing xmp", "a<pre>b</pre>c"},
		{"dir menu", "a<ul>b</ul>c"},
	} {
		for name := range strings.FieldsSeq(tt.names) {
			if got := mustBeSafe(t, fmt.Sprintf("a<%[1]s onclick=x()>b</%[1]s>c", name)); got != tt.want {
				t.Errorf("%s: got %s, want %s", name, got, tt.want)
			}
		}
	}
}

// attributes are those that do something, with the global ones that lead out of
// the text.
const attributes = `accesskey action allow archive as async attributionsrc autocapitalize autofocus autoplay background blocking capture challenge charset class
classid code codebase color content contenteditable contextmenu coords credentialless crossorigin csp data data-x decoding default defer download draggable
dynsrc enctype enterkeyhint exportparts face fetchpriority for form formaction formmethod formnovalidate formtarget frame hidden http-equiv icon id imagesizes
imagesrcset inert inputmode integrity is ismap itemid itemprop itemscope itemtype keytype language longdesc lowsrc manifest method muted name nonce nohref
onclick oncontentvisibilityautostatechange onerror onload onunknown part pattern ping playsinline popover popovertarget profile property radiogroup rel role
shadowrootmode shape slot spellcheck srcdoc srclang standby style tabindex target translate usemap valuetype virtualkeyboardpolicy writingsuggestions
xlink:href xml:base xml:lang xmlns xmlns:xlink @click :href v-on:click x-init`

func TestD22_AttributesOfAnyElement(t *testing.T) {
	for name := range strings.FieldsSeq(attributes) {
		for element := range policy {
			for _, value := range []string{"x()", "https://evil.example/"} {
				fragment := fmt.Sprintf(`<%[1]s %[2]s="%[3]s" src="https://a.example/" href="https://a.example/">b</%[1]s>`, element, name, value)
				if safe := mustBeSafe(t, fragment); strings.Contains(safe, value) {
					t.Errorf("%s: made %s", fragment, safe)
				}
			}
		}
	}
}

func TestD22_FirstOfTwoAttributes(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`<p title=a title=b TITLE=c>d</p>`, `<p title="a">d</p>`},
		{`<a href=https://a.example/ href=javascript:x()>a</a>`, `<a href="https://a.example/">a</a>`},
		{`<a href=javascript:x() href=https://a.example/>a</a>`, "a"},
		{`<p onclick=a title=b onclick=c>d</p>`, `<p title="b">d</p>`},
	} {
		if got := mustBeSafe(t, tt.in); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// TestD22_AttributesInAnySpelling writes tags of pieces that the rules of HTML
// for attributes are made of.
func TestD22_AttributesInAnySpelling(t *testing.T) {
	pieces := []string{
		"onclick", "title", "href", "src", "style", "x()", "https://a.example/", "javascript:x()", "=", "=", "=", `"`, `"`, "'", "'", "`", "/", ">", "<", " ", " ", "\n", "\t",
		"\f", "\r", "\x00", "\u00a0", "&quot;", "&#34;", "&#x27", "&gt;", "&lt;script>", "<script>", "<!--", "-->", "\\", "=\"", "='", "é",
	}
	names := []string{"a", "p", "img", "video", "iframe", "svg", "math", "x-y", "td", "details"}
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString("<" + names[r.IntN(len(names))] + " ")
			for range r.IntN(20) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			b.WriteString(">a")
		}
		if mustBeSafe(t, b.String()); t.Failed() {
			return
		}
	}
}

// TestD27_VectorsInPieces puts the pieces of vectors together anew.
func TestD27_VectorsInPieces(t *testing.T) {
	var pieces []string
	for _, v := range ownVectors() {
		for piece := range strings.SplitAfterSeq(v, ">") {
			pieces = append(pieces, piece)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		var b strings.Builder
		for range 2 + r.IntN(8) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		if mustBeSafe(t, b.String()); t.Failed() {
			return
		}
	}
}

// TestD30_HTMLTakesTimeAndRoomInProportion gives a mebibyte of HTML where a
// step per element, or a copy of the base, adds up.
func TestD30_HTMLTakesTimeAndRoomInProportion(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	count := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	far := &url.URL{Scheme: "https", Host: "example.org", Path: "/" + strings.Repeat("a", 4000) + "/"}
	for _, tt := range []struct {
		name, in string
		base     *url.URL
	}{
		{"images of a figure", "<figure>" + fill("<img src=a>"), page},
		{"different images of a figure", "<figure>" + count("<img src=%x>"), page},
		{"figures in figures", strings.Repeat("<figure><img src=a>", 200) + fill("<br>"), page},
		{"credits in credits", "<figure><img src=a>" + strings.Repeat("<i class=credit>", 400) + fill("<br>"), page},
		{"different images", count("<img src=%x>"), page},
		{"links far away", fill("<a href=x>y</a>"), far},
		{"quotes from far away", fill("<q cite=x>y</q>"), far},
		{"candidates far away", fill(`<img srcset="a 1x,b 1x,c 1x,d 1x,e 1x,f 1x,g 1x,h 1x,i 1x,j 1x,k 1x,l 1x,m 1x">`), far},
		{"images far away that wait", count("<img data-src=%x>"), far},
		{"films far away", fill("<video src=x poster=x></video>"), far},
		{"frames far away", fill("<iframe src=x></iframe>"), far},
		{"nested lines", strings.Repeat("<pre>\n\n", 300) + fill("\n\nx"), page},
		{"paragraphs in boxes", strings.Repeat("<div>", 400) + fill("<p>x"), page},
		{"one kind of formatting", "<p>" + strings.Repeat("<b>", 400) + fill("<p>x"), page},
		{"attributes", "<p " + count("a%x ") + ">x", page},
		{"hosts", fill("<a href=//ä.ö.ü.ß>x</a>"), page},
		{"long hosts", fill("<a href=//" + strings.Repeat("ä.", 1000) + ">x</a>"), page},
		{"foster parents", "<table>" + fill("<b>x<tr>"), page},
		{"misnested formatting", fill("<a><b><p></a></b>"), page},
		{"declarations", `<img src=a style="` + fill("a:b;") + `">`, page},
		{"parentheses", `<img src=a srcset="` + fill("(") + `">`, page},
		{"languages", fill("<p lang=a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p>x"), page},
		{"text without end tags", fill("<iframe src=//a.example/>"), page},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var safe string
			spent := cpuOf(t, func() { safe = normalize.SafeHTML(tt.in, tt.base) })
			runtime.ReadMemStats(&after)
			t.Log(spent, (after.TotalAlloc-before.TotalAlloc)>>20, "MiB")
			if spent > 10*time.Second {
				t.Errorf("took %v of CPU time", spent)
			}
			if room := after.TotalAlloc - before.TotalAlloc; room > 2<<30 {
				t.Errorf("took %d MiB in all", room>>20)
			}
			if len(safe) > size {
				t.Errorf("%d bytes are left", len(safe))
			}
		})
	}
}

// TestD30_FieldsAreBounded gives an item of which everything is too large.
func TestD30_FieldsAreBounded(t *testing.T) {
	huge := strings.Repeat("x y, ", 1<<19)
	text := parse.Text{Value: huge}
	item := parse.Item{
		GUID: huge, Links: alternate("https://a.example/" + huge), Title: text, Summary: text, Content: text, Rights: text, Comments: "https://a.example/" + huge,
		Origin: &parse.Origin{ID: huge, Title: text, URL: huge, Link: huge, Updated: huge}, Published: []string{huge}, Updated: []string{huge}, Lang: huge,
	}
	for i := range 5000 {
		item.Authors = append(item.Authors, parse.Person{Name: fmt.Sprint(i, huge[:1000]), Email: huge[:1000], URL: huge[:1000]})
		item.Categories = append(item.Categories, parse.Category{Term: fmt.Sprint(i, huge[:1000])})
		item.Media = append(item.Media, parse.Media{URL: fmt.Sprint("https://a.example/", i), Kind: parse.MediaEnclosure, Title: huge[:1000], Caption: huge[:1000]})
	}
	var entries []storage.Entry
	var warnings []string
	spent := cpuOf(t, func() { entries, warnings = normalize.Entries(source, parse.Header{}, []parse.Item{item}, now) })
	if spent > 10*time.Second {
		t.Errorf("took %v of CPU time", spent)
	}
	e := entries[0]
	for name, n := range map[string]int{
		"guid": len(e.GUID), "url": len(e.URL), "title": len(e.Title), "rights": len(e.Rights), "origin": len(e.Origin.Title), "comments": len(e.Comments),
		"authors": len(e.Authors), "categories": len(e.Categories), "media": len(e.Media), "language": len(e.Language), "category": len(e.Categories[0]),
		"author": len(e.Authors[0].Name), "media title": len(e.Media[0].Title),
	} {
		if n > 4096 {
			t.Errorf("%s: %d", name, n)
		}
	}
	if n := len(e.Content); n > 1<<20 {
		t.Errorf("content: %d bytes", n)
	}
	if len(warnings) == 0 {
		t.Error("nobody is told")
	}
}

// TestD31_MediaAreLinked shows that images and films stay where they are: this
// package gives no address of ours in place of theirs.
func TestD31_MediaAreLinked(t *testing.T) {
	e := entry(t, parse.Item{
		Content: parse.Text{Value: `<p>a</p><img src=//i.example/a.png><video src=//i.example/v.mp4 poster=//i.example/p.png></video>`},
		Media:   []parse.Media{{URL: "//i.example/b.mp3", Kind: parse.MediaEnclosure}},
	})
	loads := walk(e.Content).loads
	for _, m := range e.Media {
		loads = append(loads, m.URL)
	}
	if len(loads) != 5 {
		t.Errorf("got %q", loads)
	}
	for _, u := range loads {
		if !strings.HasPrefix(u, "https://i.example/") {
			t.Errorf("got %s", u)
		}
	}
	if (storage.Media{}) == e.Media[0] {
		t.Error("no media")
	}
}
