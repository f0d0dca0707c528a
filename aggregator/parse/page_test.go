package parse_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newsfeed/aggregator/parse"
)

const pages = "testdata/page"

// selects are the selectors of the pages that are read by some.
var selects = map[string]parse.Select{
	"selectors.html": {
		Item: "div.teaser", Link: "a.more", Title: ".t", Date: ".when", Summary: ".text", Image: ".pic",
	},
}

// TestPages reads every page of testdata/page and compares all that comes out
// with the golden file beside it.
func TestPages(t *testing.T) {
	paths, err := filepath.Glob(pages + "/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := scanPage(body, selects[name])
			got := show(t, doc, err)
			golden := path + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// scanPage reads a page by selectors.
func scanPage(page []byte, s parse.Select) (*parse.Document, error) {
	return parse.Scan(page, parse.Options{Format: parse.FormatHTML, Select: s})
}

func TestABrokenPageIsAnErrorThatSaysWhatMatchesNothing(t *testing.T) {
	const page = `<title>T</title><ul><li class=ad><b></b></li><li class=ad></li></ul><div><h2>A</h2><a href=/a>more</a></div>`
	for _, c := range []struct {
		s    parse.Select
		want string
	}{
		{parse.Select{Item: ".story"}, `not a feed: select.item ".story" matches nothing on the page`},
		{parse.Select{Item: ".ad"}, `not a feed: select.item ".ad" matches 2 elements, none with a link or a title`},
		{parse.Select{Item: "div", Title: "h3"}, `not a feed: select.title "h3" matches nothing in any item`},
		{parse.Select{Item: "div", Link: ".ad"}, `not a feed: select.link ".ad" matches nothing in any item`},
		{parse.Select{}, "not a feed: the page names no articles in JSON-LD and has no article elements with a link: select.item must say what an item is"},
		{parse.Select{Item: "("}, `select.item "(": expected identifier, found ( instead`},
	} {
		_, err := scanPage([]byte(page), c.s)
		if fmt.Sprint(err) != c.want {
			t.Errorf("%+v\n got %v\nwant %s", c.s, err, c.want)
		}
		if errors.Is(err, parse.ErrNoFeed) == (c.s.Item == "(") {
			t.Errorf("%+v: %v: only what is wrong with the page is no feed", c.s, err)
		}
	}
	doc, err := scanPage([]byte(page), parse.Select{Item: "div", Date: ".when", Image: "img"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`select.date ".when" matches nothing in any item`, `select.image "img" matches nothing in any item`}
	if diff := cmp.Diff(want, doc.Warnings); diff != "" {
		t.Errorf("warnings (-want +got)\n%s", diff)
	}
}

func TestPartsOfAnItem(t *testing.T) {
	type parts struct{ Link, Title, Published, Updated, Summary, Image string }
	for name, c := range map[string]struct {
		item string
		s    parse.Select
		want parts
	}{
		"the item is the link":       {`<a class=i href=/a>A<br>b</a>`, parse.Select{}, parts{Link: "/a", Title: "A b"}},
		"link in the heading":        {`<div class=i><a href=/tag>tag</a><h3>A <a href=/a>b</a></h3></div>`, parse.Select{}, parts{Link: "/a", Title: "A b"}},
		"link around the heading":    {`<div class=i><a href=/tag>tag</a><a href=/a><h3>A</h3></a></div>`, parse.Select{}, parts{Link: "/a", Title: "A"}},
		"first link with a text":     {`<div class=i><a href=/x><svg><title>x</title></svg></a><a href="#top">top</a><a href="javascript:go()">go</a><a href="/a ">A</a></div>`, parse.Select{}, parts{Link: "/a", Title: "A"}},
		"a link that shows an image": {`<div class=i><a href=/a><img src=/a.jpg alt="A hill"></a></div>`, parse.Select{Link: "a"}, parts{Link: "/a", Title: "A hill", Image: "/a.jpg"}},
		"an element with the link":   {`<div class=i><p class=l><a href=/a>A</a></p></div>`, parse.Select{Link: ".l"}, parts{Link: "/a", Title: "A"}},
		"a link broken in lines":     {"<div class=i><a href=\"\n/a\nb\">A</a></div>", parse.Select{}, parts{Link: "/ab", Title: "A"}},
		"title in an attribute":      {`<div class=i><a href=/a title="A">more</a></div>`, parse.Select{Title: "meta, a"}, parts{Link: "/a", Title: "more"}},
		"title in a meta element":    {`<div class=i><meta itemprop=name content=A><a href=/a>more</a></div>`, parse.Select{Title: "meta"}, parts{Link: "/a", Title: "A"}},
		"words apart":                {`<div class=i><h2><span>A</span><span>b</span><div>c</div>d<script>e</script><!-- f --></h2></div>`, parse.Select{}, parts{Title: "Ab c d"}},
		"entities":                   {`<div class=i><h2>A &amp;amp; b &lt;c&gt;</h2></div>`, parse.Select{}, parts{Title: "A &amp; b <c>"}},
		"date of a time element":     {`<div class=i><h2>A</h2><time>x</time><time datetime="2026-11-01 ">y</time></div>`, parse.Select{}, parts{Title: "A", Published: "2026-11-01"}},
		"date by itemprop":           {`<div class=i><h2>A</h2><time datetime=2026-11-01>x</time><time itemprop=datePublished datetime=2026-11-02>y</time><time itemprop=DateModified datetime=2026-11-03>z</time></div>`, parse.Select{}, parts{Title: "A", Published: "2026-11-02", Updated: "2026-11-03"}},
		"date in a text":             {`<div class=i><h2>A</h2><i>1 November <b>2026</b></i></div>`, parse.Select{Date: "i"}, parts{Title: "A", Published: "1 November 2026"}},
		"date around a time":         {`<div class=i><h2>A</h2><i>by B, <time datetime=2026-11-01>x</time></i></div>`, parse.Select{Date: "i"}, parts{Title: "A", Published: "2026-11-01"}},
		"date in a meta element":     {`<div class=i><h2>A</h2><meta content=2026-11-01></div>`, parse.Select{Date: "meta"}, parts{Title: "A", Published: "2026-11-01"}},
		"no summary but the title":   {`<div class=i><h2>A</h2><p>A</p><p> </p><p><time>x</time></p><p>B <i>c</i></p></div>`, parse.Select{}, parts{Title: "A", Summary: "B <i>c</i>"}},
		"a summary not there":        {`<div class=i><h2>A</h2><p>by B</p></div><div class=i><h2>C</h2><p class=s>D</p></div>`, parse.Select{Summary: ".s"}, parts{Title: "A"}},
		"no tiny image":              {`<div class=i><h2>A</h2><img src=/i.png width=16><img src="data:,x"><img src=/p.gif height=1><img src=/a.jpg></div>`, parse.Select{}, parts{Title: "A", Image: "/a.jpg"}},
		"an image that waits":        {`<div class=i><h2>A</h2><img src=/wait.gif data-src=/a.jpg></div>`, parse.Select{}, parts{Title: "A", Image: "/a.jpg"}},
		"the largest of a set":       {`<div class=i><h2>A</h2><picture><source srcset="/s.jpg, /a,b.jpg 2x, /m.jpg 1.5x"></picture></div>`, parse.Select{}, parts{Title: "A", Image: "/a,b.jpg"}},
		"a set with odd commas":      {`<div class=i><h2>A</h2><img srcset=" ,/s.jpg 100w,/a.jpg 300w , data:,x 900w,/m.jpg 200w,"></div>`, parse.Select{}, parts{Title: "A", Image: "/a.jpg"}},
		"an image by its frame":      {`<div class=i><h2>A</h2><img src=/x.jpg><div class=f><script src=/x.js></script><img src=/a.jpg></div></div>`, parse.Select{Image: ".f"}, parts{Title: "A", Image: "/a.jpg"}},
		"selected by what is around": {`<main><div class=i><h2>A</h2><b>C</b></div></main>`, parse.Select{Title: "main b"}, parts{Title: "C"}},
		"selected as itself":         {`<a class=i href=/a title=t>A</a>`, parse.Select{Link: "a", Title: "a.i"}, parts{Link: "/a", Title: "A"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.s.Item = ".i"
			items := readPage(t, c.item, c.s)
			i := items[0]
			got := parts{Link: i.Link("alternate"), Title: i.Title.Value, Published: strings.Join(i.Published, "|"), Updated: strings.Join(i.Updated, "|"), Summary: i.Summary.Value}
			for _, m := range i.Media {
				got.Image += m.URL
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func readPage(t *testing.T, page string, s parse.Select) []parse.Item {
	t.Helper()
	doc, err := scanPage([]byte(page), s)
	if err != nil {
		t.Fatal(err)
	}
	items, err := doc.Items(nil)
	if err != nil || len(doc.Warnings) > 0 {
		t.Fatal(err, doc.Warnings)
	}
	return items
}

// TestDigestOfAnItemIsOfWhatIsRead shows that an item whose markup changes is
// not new, and one whose text changes is.
func TestDigestOfAnItemIsOfWhatIsRead(t *testing.T) {
	digest := func(item string) parse.Digest {
		t.Helper()
		doc, err := scanPage([]byte("<title>T</title>"+item), parse.Select{Item: "div"})
		if err != nil {
			t.Fatal(err)
		}
		return doc.Digests()[0]
	}
	known := digest(`<div id=x1 data-views=7><h2>A</h2><!-- 12:01 --></div>`)
	if digest(`<div id=x2 data-views=9><h2 class=seen>A</h2><!-- 12:02 --></div>`) != known {
		t.Error("other markup around the same words gives another digest")
	}
	if digest(`<div id=x1 data-views=7><h2>B</h2><!-- 12:01 --></div>`) == known {
		t.Error("another title gives the same digest")
	}
}

func TestJSONLDCompletesTheItemOfItsAddress(t *testing.T) {
	page := func(head, href string) string {
		return `<title>T</title>` + head + `<script type="application/ld+json">[{"@type":"NewsArticle","url":"https://page.example/news/a/?x=1#b","datePublished":"2026-11-01"},{"@type":"NewsArticle","url":"/other"}]</script><li><a href="` + href + `">A</a>`
	}
	const canonical = `<link rel=canonical href=https://page.example/news/>`
	for _, c := range []struct {
		head, href string
		want       bool
	}{
		{canonical, "https://page.example/news/a?x=1", true},
		{canonical, "http://page.example/news/a/?x=1", true},
		{canonical, "/news/a/?x=1", true},
		{canonical, "a/?x=1#comments", true},
		{canonical, "a/?x=2", false},
		{canonical, "https://other.example/news/a/?x=1", false},
		{canonical + `<base href=/news/a/>`, "?x=1", true},
		{`<meta property=og:url content=https://page.example/>`, "news/a?x=1", true},
		{"", "/news/a?x=1", true},
		{"", "a?x=1", false},
	} {
		item := readPage(t, page(c.head, c.href), parse.Select{Item: "li"})[0]
		if got := len(item.Published) == 1; got != c.want {
			t.Errorf("%s and %s: completed %v, want %v", c.head, c.href, got, c.want)
		}
	}
}

func TestWhatAPageIsWithoutSelectors(t *testing.T) {
	ld := func(data string) string { return `<script type="application/ld+json">` + data + `</script>` }
	const (
		canonical = `<link rel=canonical href=https://page.example/a>`
		teaser    = `<article><h2><a href=/teaser>Teaser</a></h2></article>`
		own       = `{"@type":"NewsArticle","headline":"Own","url":"https://page.example/a"}`
		other     = `{"@type":"NewsArticle","headline":"Other","url":"https://page.example/b"}`
		third     = `{"@type":"NewsArticle","headline":"Third","url":"https://page.example/c"}`
		film      = `{"@type":"VideoObject","name":"Film","contentUrl":"/f.mp4","url":"https://page.example/f","uploadDate":"2026-11-01"}`
		article   = `<meta property="og:type" content="article"><meta property="og:title" content="Graph">`
	)
	for name, c := range map[string]struct{ page, want string }{
		"articles":                            {canonical + ld(`[`+other+`,`+third+`]`) + teaser, "Other, Third"},
		"one article elsewhere":               {canonical + ld(other) + teaser, "Other"},
		"an article and others":               {canonical + ld(`[`+own+`,`+other+`]`) + teaser, "Own"},
		"an article without an address":       {canonical + ld(`{"@type":"Article","headline":"Own"}`) + teaser, "Own"},
		"an article by Open Graph":            {canonical + article + teaser, "Graph"},
		"an article by Open Graph, JSON-LD":   {canonical + article + ld(other) + teaser, "Other"},
		"articles that claim the same page":   {canonical + ld(`[`+own+`,{"@type":"BlogPosting","headline":"Too","mainEntityOfPage":"https://page.example/a","url":""}]`), "Own"},
		"articles beside films":               {canonical + ld(`[`+film+`,`+other+`]`), "Other"},
		"films":                               {canonical + ld(film) + teaser, "Film"},
		"a page about something else":         {canonical + ld(`{"@type":"Recipe","name":"Soup"}`) + teaser, "Teaser"},
		"breadcrumbs":                         {canonical + ld(`{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","name":"Home","item":{"@id":"/","name":"Home"}}]}`) + teaser, "Teaser"},
		"JSON-LD in comments, with a newline": {canonical + ld("<!--\n{\"@type\":\"NewsArticle\",\"headline\":\"O\nther\",\"url\":\"/b\"}\n-->"), "O ther"},
		"no JSON-LD":                          {canonical + ld(`var x = 1`) + `<script>` + other + `</script>` + teaser, "Teaser"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := scanPage([]byte("<title>T</title>"+c.page), parse.Select{})
			if err != nil {
				t.Fatal(err)
			}
			items, err := doc.Items(nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range items {
				got = append(got, i.Title.Value)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %q, want %s", got, c.want)
			}
		})
	}
}

func TestAnArticleLinkedTwiceIsOneItem(t *testing.T) {
	got := readPage(t, `<a class=i href=/a><img src=/a.jpg></a><a class=i href=/b>B</a><a class=i href=/a>A</a><a class=i href=/a>more</a>`, parse.Select{Item: "a"})
	want := []parse.Item{
		{
			Links: []parse.Link{{Href: "/a", Rel: "alternate"}}, Title: parse.Text{Value: "A", Type: parse.Plain},
			Media: []parse.Media{{Kind: parse.MediaImage, URL: "/a.jpg", Medium: "image"}},
		},
		{Links: []parse.Link{{Href: "/b", Rel: "alternate"}}, Title: parse.Text{Value: "B", Type: parse.Plain}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(parse.Item{}, "Digest")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
