package parse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

// firstItem reads a document and returns its only item, without its digest.
func firstItem(t *testing.T, doc string) parse.Item {
	t.Helper()
	items := allItems(t, doc)
	if len(items) != 1 {
		t.Fatalf("%d items, want 1", len(items))
	}
	return items[0]
}

func allItems(t *testing.T, doc string) []parse.Item {
	t.Helper()
	d, err := parse.Scan([]byte(doc), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	items, err := d.Items(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		items[i].Digest = parse.Digest{}
	}
	return items
}

func header(t *testing.T, doc string) parse.Header {
	t.Helper()
	d, err := parse.Scan([]byte(doc), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Header
}

const (
	atom10 = `xmlns="http://www.w3.org/2005/Atom"`
	atom03 = `version="0.3" xmlns="http://purl.org/atom/ns#"`

	// namespaces that entries borrow from
	entryNamespaces = ` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/" xmlns:m="http://search.yahoo.com/mrss/"` +
		` xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0" xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:c="http://purl.org/rss/1.0/modules/content/"`
)

func TestAtomEntries(t *testing.T) {
	type item = parse.Item
	alternate := func(href string) []parse.Link { return []parse.Link{{Href: href, Rel: "alternate"}} }
	audio := parse.Media{Kind: parse.MediaEnclosure, URL: "http://e.example/a.mp3", Type: "audio/mpeg", Length: "5", Title: "T"}
	for name, c := range map[string]struct {
		entry string
		want  item
	}{
		"id as written":              {`<id> HTTP://e.example/%7Ea?x=1&amp;y=ü </id><link href="/"/>`, item{GUID: "HTTP://e.example/%7Ea?x=1&y=ü", Links: alternate("/")}},
		"id in CDATA":                {`<id><![CDATA[urn:a&amp;b]]></id>`, item{GUID: "urn:a&amp;b"}},
		"id without link":            {`<id>http://e.example/1</id>`, item{GUID: "http://e.example/1", Permalink: true}},
		"id with another relation":   {`<id>http://e.example/1</id><link rel="self" href="s"/>`, item{GUID: "http://e.example/1", Permalink: true, Links: []parse.Link{{Href: "s", Rel: "self"}}}},
		"link as text":               {`<link> http://e.example/1 </link>`, item{Links: alternate("http://e.example/1")}},
		"link as CDATA":              {`<link rel="alternate"><![CDATA[http://e.example/?a&b]]></link>`, item{Links: alternate("http://e.example/?a&b")}},
		"link in capitals":           {`<link HREF="http://e.example/1" REL="Alternate"/>`, item{Links: alternate("http://e.example/1")}},
		"link with naked ampersands": {`<link href="http://e.example/?a=1&copy=2&b=3"/>`, item{Links: alternate("http://e.example/?a=1&copy=2&b=3")}},
		"link without quotes":        {`<link href=http://e.example/1 rel=alternate />`, item{Links: alternate("http://e.example/1")}},
		"link of an empty relation":  {`<link rel=" " href="a"/>`, item{Links: alternate("a")}},
		"link of a registered URI":   {`<link rel="http://www.iana.org/assignments/relation/alternate" href="a"/>`, item{Links: alternate("a")}},
		"link of another URI":        {`<link rel="http://e.example/rel" href="a"/>`, item{Links: []parse.Link{{Href: "a", Rel: "http://e.example/rel"}}}},
		"link without address":       {`<link rel="edit"/>`, item{}},
		"all of a link":              {`<link rel="related" href="a" type="text/html" hreflang="de" title="A &amp; B" length="5"/>`, item{Links: []parse.Link{{Href: "a", Rel: "related", Type: "text/html", Hreflang: "de", Title: "A & B", Length: "5"}}}},
		"enclosure": {`<link rel="enclosure" href="http://e.example/a.mp3" type="audio/mpeg" length="5" title="T"/>`, item{
			Links: []parse.Link{{Href: "http://e.example/a.mp3", Rel: "enclosure", Type: "audio/mpeg", Length: "5", Title: "T"}}, Media: []parse.Media{audio},
		}},
		"base of a link":            {`<link xml:base="http://b.example/x/" href="a"/>`, item{Links: alternate("http://b.example/x/a")}},
		"relative base of a link":   {`<link xml:base="x/" href="a"/>`, item{Links: alternate("x/a")}},
		"content elsewhere":         {`<content src="http://e.example/a" type="text/html"/>`, item{Links: []parse.Link{{Href: "http://e.example/a", Rel: "content", Type: "text/html"}}}},
		"film elsewhere":            {`<content src="v.mp4" type="video/mp4"/>`, item{Links: []parse.Link{{Href: "v.mp4", Rel: "content", Type: "video/mp4"}}, Media: []parse.Media{{Kind: parse.MediaContent, URL: "v.mp4", Type: "video/mp4"}}}},
		"address before a service":  {`<fb:origLink>http://e.example/1</fb:origLink>`, item{Links: []parse.Link{{Href: "http://e.example/1", Rel: "original"}}}},
		"author":                    {`<author><name> A &amp; B </name><email>a@e.example</email><uri>http://a.example/</uri></author>`, item{Authors: []parse.Person{{Name: "A & B", Email: "a@e.example", URL: "http://a.example/"}}}},
		"author of Atom 0.3":        {`<author><name>A</name><url>http://a.example/</url></author>`, item{Authors: []parse.Person{{Name: "A", URL: "http://a.example/"}}}},
		"author with a homepage":    {`<author><name>A</name><homepage>http://a.example/</homepage></author>`, item{Authors: []parse.Person{{Name: "A", URL: "http://a.example/"}}}},
		"author as text":            {`<author>A (a@e.example)</author>`, item{Authors: []parse.Person{{Name: "A (a@e.example)"}}}},
		"author without anything":   {`<author><name/></author><author/>`, item{}},
		"two authors and a creator": {`<author><name>A</name></author><author><name>B</name></author><dc:creator>C</dc:creator>`, item{Authors: []parse.Person{{Name: "A"}, {Name: "B"}, {Name: "C"}}}},
		"contributor":               {`<contributor><name>A</name></contributor>`, item{Contributors: []parse.Person{{Name: "A"}}}},
		"author of the source": {`<source><id>urn:s</id><author><name>A</name></author></source>`, item{
			Authors: []parse.Person{{Name: "A"}}, Origin: &parse.Origin{ID: "urn:s"},
		}},
		"category":             {`<category term="a" scheme="http://s.example/" label="A &amp; B"/>`, item{Categories: []parse.Category{{Term: "a", Scheme: "http://s.example/", Label: "A & B"}}}},
		"category as text":     {`<category>a</category><dc:subject>b</dc:subject>`, item{Categories: []parse.Category{{Term: "a"}, {Term: "b"}}}},
		"dates":                {`<published>P</published><updated>U</updated>`, item{Published: []string{"P"}, Updated: []string{"U"}}},
		"dates of Atom 0.3":    {`<created>C</created><modified>M</modified><issued>I</issued>`, item{Published: []string{"I", "C"}, Updated: []string{"M"}}},
		"dates of Dublin Core": {`<t:issued>I</t:issued><t:modified>M</t:modified>`, item{Published: []string{"I"}, Updated: []string{"M"}}},
		"source": {`<source><title type="html">S &lt;b&gt;s&lt;/b&gt;</title><id>urn:s</id><updated>U</updated><link rel="self" href="f"/><link href="h"/><rights>R</rights></source>`, item{
			Origin: &parse.Origin{ID: "urn:s", Title: parse.Text{Value: "S <b>s</b>", Type: parse.HTML}, URL: "f", Link: "h", Updated: "U"},
		}},
		"nothing of a source is the entry's": {`<source><title>S</title><link href="h"/><updated>U</updated><category term="c"/></source>`, item{
			Origin: &parse.Origin{Title: parse.Text{Value: "S", Type: parse.Plain}, Link: "h", Updated: "U"},
		}},
		"nothing of an activity is the entry's": {`<a:object xmlns:a="http://activitystrea.ms/spec/1.0/"><title>O</title><id>urn:o</id><link href="o"/></a:object>`, item{}},
		"media": {`<m:group><m:content url="v.mp4" type="video/mp4"/><m:thumbnail url="t.jpg"/></m:group>`, item{Media: []parse.Media{
			{Kind: parse.MediaContent, URL: "v.mp4", Type: "video/mp4"}, {Kind: parse.MediaThumbnail, URL: "t.jpg", Medium: "image"},
		}}},
		"words of RSS": {`<guid>g</guid><pubDate>P</pubDate><description>&lt;b&gt;d&lt;/b&gt;</description><c:encoded>&lt;p&gt;c</c:encoded><enclosure url="a.mp3" type="audio/mpeg"/>`, item{
			GUID: "g", Published: []string{"P"}, Summary: parse.Text{Value: "<b>d</b>"}, Content: parse.Text{Value: "<p>c", Type: parse.HTML},
			Media: []parse.Media{{Kind: parse.MediaEnclosure, URL: "a.mp3", Type: "audio/mpeg"}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, namespace := range []string{atom10, atom03} {
				got := firstItem(t, "<feed "+namespace+entryNamespaces+"><title>F</title><entry>"+c.entry+"</entry></feed>")
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got)\n%s", namespace, diff)
				}
			}
		})
	}
}

func TestAtomTexts(t *testing.T) {
	plain := func(s string) parse.Text { return parse.Text{Value: s, Type: parse.Plain} }
	html := func(s string) parse.Text { return parse.Text{Value: s, Type: parse.HTML} }
	const div = `<div xmlns="http://www.w3.org/1999/xhtml">`
	for _, c := range []struct {
		attributes, inside string
		want               parse.Text
	}{
		{``, ` A &amp; B `, plain("A & B")},
		{``, `1 &lt; 2`, plain("1 < 2")},
		{``, `caf&eacute; &#8212; &#x27;x&#39; &#150;`, plain("café — 'x' –")},
		{``, `a<!-- b -->c<?d e?>f`, plain("acf")},
		{``, `a<![CDATA[ <b> &amp; ]]>c`, plain("a <b> &amp; c")},
		{``, `<b>naked</b> markup`, html("<b>naked</b> markup")},
		{`type="text"`, `a &lt;b&gt;`, plain("a <b>")},
		{`type="TEXT"`, `a`, plain("a")},
		{`type="html"`, `a &lt;b&gt; &amp;amp;`, html("a <b> &amp;")},
		{`type="html"`, `<![CDATA[a <b>]]>`, html("a <b>")},
		{`type="html"`, `<p>naked &lt; &amp;</p>`, html("<p>naked &lt; &amp;</p>")},
		{`type=" HTML "`, `&lt;b&gt;`, html("<b>")},
		{`type="text/html; charset=utf-8"`, `&lt;b&gt;`, html("<b>")},
		{`type="text/plain"`, `&lt;b&gt;`, plain("<b>")},
		{`type="plain"`, `&lt;b&gt;`, plain("<b>")},
		{`type="text/markdown"`, `*a* &lt;`, plain("*a* <")},
		{`type="xhtml"`, div + `a <b>b</b> &lt;</div>`, html("a <b>b</b> &lt;")},
		{`type="xhtml"`, "\n" + div + "\n<p>a</p>\n</div>\n", html("<p>a</p>")},
		{`type="xhtml"`, `<div>a</div><div>b</div>`, html("<div>a</div><div>b</div>")},
		{`type="xhtml"`, `<h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:i>a</h:i><h:br/></h:div>`, html("<i>a</i><br>")},
		{`type="xhtml"`, `<xhtml:div><xhtml:i>a</xhtml:i></xhtml:div>`, html("<i>a</i>")},
		{`type="xhtml"`, div + `<a name="x"/>b<script/>c</div>`, html(`<a name="x"></a>b<script></script>c`)},
		{`type="xhtml"`, div + `<![CDATA[1 < 2]]><!-- x --></div>`, html(`1 &lt; 2`)},
		{`type="xhtml"`, div + `<m:math xmlns:m="urn:m"><m:a/></m:math></div>`, html(`<m:math xmlns:m="urn:m"><m:a></m:a></m:math>`)},
		{`type="xhtml"`, `no markup &amp; no div`, html(`no markup &amp; no div`)},
		{`type="application/xhtml+xml"`, div + `<i>a</i></div>`, html("<i>a</i>")},
		{`type="application/xml"`, `<x xmlns="urn:x">a</x>`, parse.Text{}},
		{`type="application/xml"`, div + `<i>a</i></div>`, html("<i>a</i>")},
		{`type="application/xml"`, `&lt;b&gt;`, parse.Text{Value: "<b>"}},
		{`type="image/svg+xml"`, `<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>`, parse.Text{}},
		{`type="application/octet-stream"`, "SGVsbG8g\n w6TDtg==", plain("Hello äö")},
		{`type="application/octet-stream"`, `Hello, this is text`, parse.Text{Value: "Hello, this is text"}},
		{`type="image/png"`, `iVBORw0KGgoAAAANSUhEUg==`, parse.Text{}},
		{`mode="escaped"`, `a &lt;b&gt;`, html("a <b>")},
		{`mode="escaped" type="text/plain"`, `a &lt;b&gt;`, plain("a <b>")},
		{`mode="escaped" type="text/html"`, `a &lt;b&gt;`, html("a <b>")},
		{`mode="xml" type="text/html"`, `<i>a</i> &amp;`, html("<i>a</i> &amp;")},
		{`mode="xml"`, `a &amp; b`, plain("a & b")},
		{`mode="base64" type="text/html"`, `PGI+w6Q8L2I+`, html("<b>ä</b>")},
		{`mode="base64" type="text/plain"`, `PGI+`, plain("<b>")},
		{`mode="base64"`, `not base64!`, parse.Text{}},
		{`type="html" xml:lang="de" xml:base="http://b.example/"`, `a`, parse.Text{Value: "a", Type: parse.HTML, Lang: "de", Base: "http://b.example/"}},
		{`type="xhtml" xml:base="http://b.example/"`, `<div xml:base="x/" xml:lang="fr">a</div>`, parse.Text{Value: "a", Type: parse.HTML, Lang: "fr", Base: "http://b.example/x/"}},
	} {
		for _, element := range []string{"title", "summary", "content", "rights", "copyright"} {
			item := firstItem(t, `<feed `+atom10+`><title>F</title><entry><id>urn:a</id><link rel="enclosure" href="m"/><`+element+` `+c.attributes+`>`+c.inside+`</`+element+`></entry></feed>`)
			got := map[string]parse.Text{"title": item.Title, "summary": item.Summary, "content": item.Content, "rights": item.Rights, "copyright": item.Rights}[element]
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("<%s %s>%s (-want +got)\n%s", element, c.attributes, c.inside, diff)
			}
		}
	}
}

// TestBasesInsideXHTML shows that a base inside of a text holds for what is in
// its element.
func TestBasesInsideXHTML(t *testing.T) {
	const content = `<content type="xhtml" xml:base="http://b.example/"><div xmlns="http://www.w3.org/1999/xhtml">` +
		`<p xml:base="in/"><a href="a?x=1&amp;y=2">A</a> <q xml:base="/deep/" cite="c"><img alt="I" src="i"/></q> <a href="mailto:m">M</a></p> <a href="b">B</a></div></content>`
	const want = `<p xml:base="in/"><a href="in/a?x=1&amp;y=2">A</a> <q xml:base="/deep/" cite="/deep/c"><img alt="I" src="/deep/i"></q> <a href="mailto:m">M</a></p> <a href="b">B</a>`
	got := firstItem(t, atomWith(content)).Content
	if diff := cmp.Diff(parse.Text{Value: want, Type: parse.HTML, Base: "http://b.example/"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAtomHeader(t *testing.T) {
	type h = parse.Header
	for name, c := range map[string]struct {
		feed string
		want h
	}{
		"all of it": {`<id> urn:f </id><subtitle type="html">&lt;i&gt;S</subtitle><rights>R</rights><updated>U</updated><author><name>A</name></author><category term="c"/><logo>l.png</logo><icon>i.ico</icon>` +
			`<link href="h"/><link rel="self" href="s"/><link rel="hub" href="b"/>`, h{
			ID: "urn:f", Description: parse.Text{Value: "<i>S", Type: parse.HTML}, Rights: parse.Text{Value: "R", Type: parse.Plain}, Updated: []string{"U"},
			Authors: []parse.Person{{Name: "A"}}, Categories: []parse.Category{{Term: "c"}}, Image: "l.png",
			Links: []parse.Link{{Href: "h", Rel: "alternate"}, {Href: "s", Rel: "self"}, {Href: "b", Rel: "hub"}},
		}},
		"Atom 0.3":          {`<tagline>T</tagline><copyright>C</copyright><modified>M</modified>`, h{Description: parse.Text{Value: "T", Type: parse.Plain}, Rights: parse.Text{Value: "C", Type: parse.Plain}, Updated: []string{"M"}}},
		"info":              {`<info>I</info>`, h{Description: parse.Text{Value: "I", Type: parse.Plain}}},
		"icon alone":        {`<icon>i.ico</icon>`, h{Image: "i.ico"}},
		"address in the id": {`<id>http://f.example/</id><link rel="self" href="s"/>`, h{ID: "http://f.example/", Links: []parse.Link{{Href: "s", Rel: "self"}, {Href: "http://f.example/", Rel: "alternate"}}}},
		"update period":     {`<s:updatePeriod xmlns:s="http://purl.org/rss/1.0/modules/syndication/">daily</s:updatePeriod>`, h{SyPeriod: "daily"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Title = parse.Text{Value: "F", Type: parse.Plain}
			if diff := cmp.Diff(c.want, header(t, `<feed `+atom10+`><title>F</title>`+c.feed+`</feed>`)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestAtomUnderAnyName writes the same document with every use and misuse of
// namespaces that there is.
func TestAtomUnderAnyName(t *testing.T) {
	const inside = `<title>F</title><link href="h"/><entry><title>T</title><id>urn:1</id><link href="l"/><content type="html">&lt;b&gt;c</content><updated>U</updated><author><name>A</name></author></entry>`
	prefixed := strings.NewReplacer("</", "</a:", "<", "<a:").Replace(inside)
	capitals := strings.NewReplacer("title>", "TITLE>", "entry>", "ENTRY>", "<link", "<LINK", "content", "CONTENT", "author>", "Author>", "name>", "NAME>", "id>", "ID>", "updated>", "Updated>").Replace(inside)
	want := parse.Item{
		GUID: "urn:1", Title: parse.Text{Value: "T", Type: parse.Plain}, Links: []parse.Link{{Href: "l", Rel: "alternate"}},
		Content: parse.Text{Value: "<b>c", Type: parse.HTML}, Updated: []string{"U"}, Authors: []parse.Person{{Name: "A"}},
	}
	for name, doc := range map[string]string{
		"Atom 1.0":                   `<feed xmlns="http://www.w3.org/2005/Atom">` + inside + `</feed>`,
		"Atom 0.3":                   `<feed version="0.3" xmlns="http://purl.org/atom/ns#">` + inside + `</feed>`,
		"no namespace":               `<feed>` + inside + `</feed>`,
		"misspelt namespace":         `<feed xmlns="https://www.w3.org/2005/atom/">` + inside + `</feed>`,
		"other namespace":            `<feed xmlns="urn:other">` + inside + `</feed>`,
		"prefix":                     `<a:feed xmlns:a="http://www.w3.org/2005/Atom">` + prefixed + `</a:feed>`,
		"prefix, other namespace":    `<a:feed xmlns:a="urn:other">` + prefixed + `</a:feed>`,
		"prefix beside another":      `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns="http://www.w3.org/1999/xhtml">` + prefixed + `</a:feed>`,
		"undeclared prefix":          `<a:feed>` + prefixed + `</a:feed>`,
		"declared on each element":   strings.ReplaceAll(`<feed>`+inside+`</feed>`, ">", ` xmlns="http://www.w3.org/2005/Atom">`),
		"declared on the entry only": `<feed>` + strings.Replace(inside, "<entry", `<entry xmlns="http://www.w3.org/2005/Atom"`, 1) + `</feed>`,
		"capitals":                   `<FEED xmlns="http://www.w3.org/2005/Atom">` + capitals + `</FEED>`,
		"an entry alone":             `<entry xmlns="http://www.w3.org/2005/Atom">` + inside[strings.Index(inside, "<entry>")+len("<entry>"):],
	} {
		t.Run(name, func(t *testing.T) {
			// In the last tag a namespace is no part of the item.
			doc = strings.NewReplacer(`/ xmlns="http://www.w3.org/2005/Atom">`, "/>", `" xmlns="http://www.w3.org/2005/Atom">`, `">`).Replace(doc)
			if strings.HasPrefix(name, "declared on each") {
				doc = strings.Replace(doc, "<feed", `<feed xmlns="http://www.w3.org/2005/Atom"`, 1)
			}
			if diff := cmp.Diff(want, firstItem(t, doc)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestLanguages shows that the nearest xml:lang counts, and that an empty one
// takes back those outside.
func TestLanguages(t *testing.T) {
	for _, c := range []struct{ feed, entry, content, wantItem, wantText string }{
		{"", "", "", "", ""},
		{`xml:lang="en"`, "", "", "en", "en"},
		{`xml:lang="en"`, `xml:lang="de"`, "", "de", "de"},
		{`xml:lang="en"`, "", `xml:lang="fr-CA"`, "en", "fr-CA"},
		{`xml:lang="en"`, `xml:lang=""`, "", "und", "und"},
		{`xml:lang="en"`, `xml:lang=" de "`, `xml:lang=""`, "de", "und"},
	} {
		item := firstItem(t, `<feed `+atom10+` `+c.feed+`><title>F</title><entry `+c.entry+`><id>urn:a</id><content `+c.content+`>x</content></entry></feed>`)
		if item.Lang != c.wantItem || item.Content.Lang != c.wantText {
			t.Errorf("%s %s %s: item %q, text %q, want %q, %q", c.feed, c.entry, c.content, item.Lang, item.Content.Lang, c.wantItem, c.wantText)
		}
	}
}

func TestLanguageOfTheResponse(t *testing.T) {
	for doc, want := range map[string]string{
		`<feed ` + atom10 + `><title>F</title></feed>`:                                        "sv",
		`<feed ` + atom10 + ` xml:lang="en"><title>F</title></feed>`:                          "en",
		`<rss version="2.0"><channel><title>F</title></channel></rss>`:                        "sv",
		`<rss version="2.0"><channel><title>F</title><language>en</language></channel></rss>`: "en",
	} {
		d, err := parse.Scan([]byte(doc), parse.Options{Language: "sv"})
		if err != nil {
			t.Fatal(err)
		}
		if d.Header.Lang != want {
			t.Errorf("%s: %q, want %q", doc, d.Header.Lang, want)
		}
	}
}

// TestBases shows how the bases of elements inside each other are joined.
func TestBases(t *testing.T) {
	for _, c := range []struct{ feed, entry, want string }{
		{``, ``, ``},
		{`http://b.example/x/y`, ``, `http://b.example/x/y`},
		{`http://b.example/x/y`, `z/`, `http://b.example/x/z/`},
		{`http://b.example/x/y`, `/z/`, `http://b.example/z/`},
		{`http://b.example/x/y`, `../../z`, `http://b.example/z`},
		{`http://b.example/x/y`, `http://c.example/`, `http://c.example/`},
		{`http://b.example/x/y`, `//c.example/z/`, `http://c.example/z/`},
		{`http://b.example/x/y`, ``, `http://b.example/x/y`},
		{`http://b.example/x/y`, `javascript:alert(1)`, `http://b.example/x/y`},
		{`http://b.example/x/y`, `http://[broken`, `http://b.example/x/y`},
		{`http://b.example/x/y`, `?q=1`, `http://b.example/x/y?q=1`},
		{`javascript:alert(1)`, `z/`, `z/`},
		{`x/y`, `z/`, `x/z/`},
		{`x/`, `../z/`, `x/../z/`},
		{`x/`, `/z/`, `/z/`},
		{` http://b.example/x/ `, `z z/`, `http://b.example/x/z%20z/`},
	} {
		doc := `<feed ` + atom10 + ` xml:base="` + c.feed + `"><title>F</title><entry xml:base="` + c.entry + `"><id>urn:a</id></entry></feed>`
		if got := firstItem(t, doc).Base; got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.entry, c.feed, got, c.want)
		}
	}
}
