package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

func TestDiscoverListsWhatTheHeadNames(t *testing.T) {
	page := `<!DOCTYPE html><html><head><base href="/blog/">
<link rel="stylesheet" href="style.css">
<LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF="feed.rss" title="All &amp; sundry">
<link rel="alternate" type="application/rss+xml" href="https://page.example/blog/feed.rss">
<link rel="home alternate" type="application/feed+json" href="https://other.example/feed.json"/>
<link rel="alternate" type="text/html" hreflang="fr" href="fr">
<link rel="alternate" type="application/atom+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/atom+xml" href="">
</head><body><link rel="alternate" type="application/atom+xml" href="in-the-body.atom"></body></html>`
	want := []parse.Link{
		{Href: "https://page.example/blog/feed.rss", Rel: "alternate", Type: "application/rss+xml", Title: "All & sundry"},
		{Href: "https://other.example/feed.json", Rel: "alternate", Type: "application/feed+json"},
	}
	if diff := cmp.Diff(want, parse.Discover([]byte(page), "text/html", "https://page.example/")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := parse.Discover([]byte("no page at all"), "", "https://page.example/"); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestDiscover(t *testing.T) {
	const (
		atom  = `<link rel=alternate type=application/atom+xml href=/a.atom>`
		other = `<link rel=alternate type=application/atom+xml href=/b.atom>`
		a     = "https://page.example/a.atom"
		b     = "https://page.example/b.atom"
	)
	link := func(attributes string) string { return "<head><link " + attributes + ">" }
	for name, c := range map[string]struct {
		page string
		want []string
	}{
		// What a link has to say.
		"Atom":                    {link("rel=alternate type=application/atom+xml href=x"), []string{"https://page.example/dir/x"}},
		"RSS":                     {link("rel=alternate type=application/rss+xml href=x"), []string{"https://page.example/dir/x"}},
		"RDF":                     {link("rel=alternate type=application/rdf+xml href=x"), []string{"https://page.example/dir/x"}},
		"JSON Feed 1.1":           {link("rel=alternate type=application/feed+json href=x"), []string{"https://page.example/dir/x"}},
		"JSON Feed 1.0":           {link("rel=alternate type=application/json href=x"), []string{"https://page.example/dir/x"}},
		"interface of WordPress":  {link("rel=alternate type=application/json href=/wp-json/wp/v2/posts/7"), nil},
		"oEmbed":                  {link("rel=alternate type=application/json+oembed href=x"), nil},
		"another language":        {link("rel=alternate hreflang=fr href=x"), nil},
		"no type":                 {link("rel=alternate href=x"), nil},
		"no relation":             {link("type=application/atom+xml href=x"), nil},
		"another relation":        {link("rel='self alternates' type=application/atom+xml href=x"), nil},
		"relations in a list":     {link("rel='Home\n ALTERNATE' type=application/atom+xml href=x"), []string{"https://page.example/dir/x"}},
		"type with parameters":    {link(`rel=alternate type=" Application/Atom+XML ; type=feed" href=x`), []string{"https://page.example/dir/x"}},
		"quotes missing":          {link("href=x?a=1&amp;b=2 rel=alternate type=application/atom+xml"), []string{"https://page.example/dir/x?a=1&b=2"}},
		"a quote never closed":    {link(`rel=alternate type=application/atom+xml href="x> <title>T</title>`), nil},
		"first of two attributes": {link("href=x href=y rel=alternate type=application/atom+xml"), []string{"https://page.example/dir/x"}},
		"address in lines":        {link("rel=alternate type=application/atom+xml href=\" /a\n\t.atom \""), []string{a}},
		"address of another site": {link("rel=alternate type=application/atom+xml href=//other.example/x"), []string{"https://other.example/x"}},
		"no web address":          {link("rel=alternate type=application/atom+xml href=feed:https://page.example/x"), nil},
		"no host":                 {link("rel=alternate type=application/atom+xml href=https:///x"), nil},
		"no address at all":       {link("rel=alternate type=application/atom+xml href='%zz http://['"), nil},
		"an a element":            {"<head><a rel=alternate type=application/atom+xml href=x>", nil},
		"the same address again":  {"<head>" + atom + other + atom + `<link rel=alternate type=application/rss+xml href=` + a + `>`, []string{a, b}},
		// Where the head ends.
		"head closed":               {"<html><head>" + atom + "</head>" + other, []string{a}},
		"head never closed":         {"<html><head>" + atom + "<body>" + other, []string{a}},
		"no body either":            {"<html><head>" + atom + "<p>x</p>" + other, []string{a}},
		"no tag of the document":    {"<title>T</title>" + atom + "<h1>x</h1>" + other + "</body></html>", []string{a}},
		"text in the head":          {"<head>" + atom + "x" + other, []string{a}},
		"stray element in the head": {"<head>" + atom + "<div>x</div>" + other + "</head>", []string{a, b}},
		"stray element, head open":  {"<head>" + atom + "<div>x</div>" + other + "<body>", []string{a, b}},
		"element without content":   {"<head><br/>" + atom, nil},
		"frameset":                  {"<head>" + atom + "<frameset>" + other, []string{a}},
		"broken off":                {"<head>" + atom + "<link rel=alternate type=application/atom+xml href=/b.at", []string{a}},
		"all that a head may have":  {"<head><meta charset=utf-8><title>T &lt;p></title><style>p{}</style><script>'<p>'</script><noscript><img></noscript> \n" + atom, []string{a}},
		"a long script":             {"<head><script>" + strings.Repeat("x", 300_000) + "</script>" + atom, []string{a}},
		"in a comment":              {"<head><!-- " + atom + " -->" + other, []string{b}},
		"in a script":               {"<head><script>'" + atom + "'</script>" + other, []string{b}},
		"in a template":             {"<head><template>" + atom + "<base href=/x/></template>" + other, []string{b}},
		// What the address is relative to.
		"base":               {"<head><base href=/base/>" + link("rel=alternate type=application/atom+xml href=x"), []string{"https://page.example/base/x"}},
		"base, relative":     {"<head><base href=../up/>" + link("rel=alternate type=application/atom+xml href=x"), []string{"https://page.example/up/x"}},
		"base behind":        {link("rel=alternate type=application/atom+xml href=x") + "<base href=//other.example/>", []string{"https://other.example/x"}},
		"only the first":     {"<head><base target=_top><base href=/base/><base href=/more/>" + link("rel=alternate type=application/atom+xml href=x"), []string{"https://page.example/base/x"}},
		"base of no website": {"<head><base href=data:text/plain,x>" + atom, []string{a}},
		// How it is written.
		"byte order mark": {"\xef\xbb\xbf<head>" + atom, []string{a}},
		"UTF-16":          {utf16("\ufeff<head>" + atom), []string{a}},
		"UTF-16 bare":     {utf16("<head>" + atom), []string{a}},
		"XHTML":           {`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>` + strings.TrimSuffix(atom, ">") + " /></head></html>", []string{a}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, l := range parse.Discover([]byte(c.page), "text/html", "https://page.example/dir/page") {
				got = append(got, l.Href)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// utf16 writes s, of characters below U+10000, in little-endian UTF-16.
func utf16(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestDiscoverListsAHundredFeedsAtMost(t *testing.T) {
	var page strings.Builder
	for i := range 300 {
		fmt.Fprintf(&page, "<link rel=alternate type=application/json href=/wp-json/%d><link rel=alternate type=application/rss+xml href=/%d>", i, i)
	}
	links := parse.Discover([]byte(page.String()), "", "https://page.example/")
	if len(links) != 100 || links[99].Href != "https://page.example/99" {
		t.Errorf("got %d links, the last %+v", len(links), links[len(links)-1])
	}
	if links := parse.Discover([]byte(page.String()), "", "file:///page.html"); links != nil {
		t.Errorf("got %v for a page that is not on the web", links)
	}
}
