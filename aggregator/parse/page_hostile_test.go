package parse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/parse"
)

func TestD30_HostilePagesEndInTimeWithAnErrorOrItems(t *testing.T) {
	list := func(item string, n int) string { return "<title>T</title><ul>" + strings.Repeat(item, n) + "</ul>" }
	ld := func(data string) string {
		return `<title>T</title><script type="application/ld+json">` + data + `</script><article><h2><a href="/a">a</a></h2></article>`
	}
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	many := numbered(`<li><a href="/%d#1">t</a></li>`, 100_000)
	const item = `<li><a href="/a">a</a></li>`
	long := strings.Repeat("x", 500_000)
	deep := strings.Repeat("<div class=a>", 190)
	for name, c := range map[string]struct {
		page string
		s    parse.Select
	}{
		"100,000 items":             {"<title>T</title>" + many, parse.Select{Item: "li"}},
		"one item 40,000 times":     {list(item, 40_000), parse.Select{Item: "li"}},
		"nested items":              {strings.Repeat(`<div class=a><a href=/a>a</a>`, 40_000), parse.Select{Item: ".a"}},
		"nested articles":           {deep + strings.Repeat(`<article><h2>no link</h2>`, 40_000), parse.Select{}},
		"children of each other":    {list(item, 40_000), parse.Select{Item: "li:nth-child(2n+1):nth-last-child(3n) b"}},
		"siblings of each other":    {list(item, 40_000), parse.Select{Item: "li ~ li ~ li ~ li ~ b"}},
		"first of nothing":          {list("<!---->", 80_000) + strings.Repeat("<b></b>", 50_000), parse.Select{Item: "b:first-child"}},
		"types of their own":        {list(item, 50_000), parse.Select{Item: "a:only-of-type ~ a"}},
		"ancestors of each other":   {deep + strings.Repeat("<i></i>", 30_000), parse.Select{Item: "b .a .a .a .a .a .a i"}},
		"has":                       {deep + strings.Repeat("<i></i>", 30_000), parse.Select{Item: ":has(:has(:has(:has(b))))"}},
		"has children of children":  {deep + strings.Repeat("<i></i>", 30_000), parse.Select{Item: ".a:has(i:nth-child(2n) ~ b)"}},
		"contains":                  {deep + strings.Repeat("<i>"+strings.Repeat("x", 20)+"</i>", 30_000), parse.Select{Item: ".a:has(.a:contains('y'))"}},
		"not":                       {deep + strings.Repeat("<i></i>", 30_000), parse.Select{Item: ".a .a .a:not(.a .a .a .a):not(:has(i)) b"}},
		"attributes":                {"<a " + strings.Repeat("b=c ", 500_000) + ">", parse.Select{Item: "[b=d][e]"}},
		"formatting in all blocks":  {"<div>" + numbered("<b a%d>", 400) + "</div>" + strings.Repeat("<p>x", 80_000), parse.Select{Item: "b"}},
		"formatting in graphics":    {"<div><svg><title>" + numbered("<b a%d>", 400) + "</title></svg></div>" + strings.Repeat("<p>x", 80_000), parse.Select{Item: "b"}},
		"a long link in all blocks": {"<div><a" + numbered(" a%d", 40_000) + "></div>" + strings.Repeat("<p>x", 40_000), parse.Select{Item: "b"}},
		"a link in all blocks":      {"<div><a" + numbered(" a%d", 100) + "></div>" + strings.Repeat("<p>x", 80_000), parse.Select{Item: "b"}},
		"links in all scopes":       {strings.Repeat("<div><a b=c><object></div>", 100) + strings.Repeat("<p>x", 80_000), parse.Select{Item: "b"}},
		"body again and again":      {"<body" + numbered(" a%d", 50_000) + ">" + strings.Repeat("<body a>", 40_000), parse.Select{Item: "b"}},
		"document in document":      {"<html" + numbered(" a%d", 50_000) + ">" + strings.Repeat("<HTML\fa>", 40_000), parse.Select{Item: "b"}},
		"formatting":                {strings.Repeat("<b x="+strings.Repeat("y", 100)+"><p>", 30_000), parse.Select{Item: "b"}},
		"tables":                    {strings.Repeat("<table><tr><td>a<b>", 50_000), parse.Select{Item: "td"}},
		"never closed":              {strings.Repeat("<div>", 200_000), parse.Select{Item: "div"}},
		"too long":                  {strings.Repeat("<p>", 2_000_000), parse.Select{Item: "p"}},
		"sets of sources":           {list(`<li><a href=/a>a</a><img srcset="`+strings.Repeat("a 1w,", 1000)+`">`, 500), parse.Select{Item: "li"}},
		"JSON-LD of 5 MB":           {ld(`[` + strings.Repeat(`{"@type":"NewsArticle"},`, 220_000) + `{}]`), parse.Select{}},
		"JSON-LD of 1 MB":           {ld(`[` + strings.Repeat(`{"@type":"NewsArticle","headline":"a"},`, 25_000) + `{}]`), parse.Select{}},
		"deep JSON-LD":              {ld(strings.Repeat(`{"@graph":[`, 40_000)), parse.Select{}},
		"deep list of JSON-LD":      {ld(strings.Repeat(`[`, 9_000) + strings.Repeat(`]`, 9_000)), parse.Select{}},
		"objects of JSON-LD":        {ld(`[` + strings.Repeat(`{"a":{}},`, 110_000) + `{}]`), parse.Select{}},
		"one address in JSON-LD":    {ld(`[` + strings.Repeat(`{"@type":"NewsArticle","url":"/a"},`, 25_000) + `{}]`), parse.Select{}},
		"one article for all":       {ld(`{"@type":"NewsArticle","url":"/1?","description":"`+long+`"}`) + many, parse.Select{Item: "li"}},
		"one author for all":        {ld(`[{"@id":"p","name":"` + long + `"}` + strings.Repeat(`,{"@type":"NewsArticle","headline":"a","author":{"@id":"p"}}`, 5_000) + `]`), parse.Select{}},
		"one language for all":      {`<html lang="` + long + `">` + many, parse.Select{Item: "li"}},
		"meta":                      {strings.Repeat(`<meta property="og:type" content="article"><meta property="article:tag" content="a,b">`, 40_000), parse.Select{}},
		"links to feeds":            {strings.Repeat(`<link rel=alternate type=application/rss+xml href=a>`, 60_000) + item, parse.Select{Item: "li"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := cpuTime(t)
			doc, err := scanPage([]byte(c.page), c.s)
			result := fmt.Sprint(err)
			if err == nil {
				if doc.Len() > parse.MaxItems {
					t.Errorf("%d items", doc.Len())
				}
				items, err := doc.Items(nil)
				result = fmt.Sprint(len(items), " items ", err, doc.Warnings)
			}
			parse.Discover([]byte(c.page), "text/html", "https://page.example/")
			spent := cpuTime(t) - before
			t.Logf("%v: %.200s", spent, result)
			if spent > 20*time.Second {
				t.Errorf("took %v of CPU time", spent)
			}
		})
	}
}
