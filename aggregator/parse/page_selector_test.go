package parse_test

import (
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"newsfeed/aggregator/parse"
)

// TestSelectorsMatchWhatCascadiaMatches compares the elements that a selector
// finds with those that cascadia finds for it as a whole.
func TestSelectorsMatchWhatCascadiaMatches(t *testing.T) {
	root, err := html.Parse(strings.NewReader(`<!DOCTYPE html><html lang="en"><body class="a b">
<main id="m"><section class="a"><article class="card a:b" data-x="1, 2"><h2><a href="/1">One</a></h2><p>x</p><p class="b">y <b>z</b></p></article>
<article class="card"><h2>Two</h2><time datetime="2026">now</time><p>it's (here)</p></article><hr><article class="card wide"><a href="/3"><h3>Three</h3></a></article></section>
<section><div class="a"><div class="b"><div class="a"><span class="b">deep</span><span></span></div></div></div></section></main>
<aside><ul><li>1<li class="b">2<li>3<li>4<li class="a">5</ul></aside></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"article", ".card", "*", "#m", "main article a", ".a .b", ".a .a", ".a .b .a .b", ".b > .a", "section>article", "h2 + p", "h2+time~p", "p ~ p",
		"article ~ article", "article + hr + article", "li:nth-child(2n+1)", "li:first-child, li:last-child", "li:not(.a):not(.b)", "li:not(.a, .b)",
		"article:has(time)", "article:has(h2 > a)", "article:not(:has(time))", ":has(.b)", "section:haschild(article)", "article:has(p):has(b) p", "article :not(p)",
		"article:has(time), li.b , aside", `[data-x="1, 2"]`, "[data-x='1, 2'] > h2", `.a\:b a`, "p:contains('x')", `p:contains("it's (h")`, "article:has(p:contains('here')) h2",
		"a[href^='/']:not([href$='3'])", "ul > li + li ~ li", "body > * > *", "li:nth-of-type( 2 ) ~ li", "div div:not(.b) span:empty", "p:matchesOwn(^it's)", "aside , , li",
		"LI.b", ":not(:not(.a))", "html body main", ":root > body", "main:has(section:has(.a .a))", "time, p:lang(en)", ":contains('two') h2", "li:is(.a)", "p::before", "> p", "", "a >",
	} {
		t.Run(s, func(t *testing.T) {
			group, wrong := cascadia.ParseGroup(s)
			found, err := parse.Matches(s, root)
			if (wrong == nil) != (err == nil) {
				t.Fatalf("got %v, cascadia %v", err, wrong)
			}
			if err != nil {
				return
			}
			var got []string
			for n := range root.Descendants() {
				if found[n] {
					got = append(got, where(n))
				}
			}
			var want []string
			for _, n := range cascadia.QueryAll(root, group) {
				want = append(want, where(n))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// where names an element by its ancestors and siblings.
func where(n *html.Node) string {
	var s strings.Builder
	for ; n != nil; n = n.Parent {
		s.WriteString(n.Data)
		for p := n.PrevSibling; p != nil; p = p.PrevSibling {
			s.WriteString("'")
		}
		s.WriteString(" ")
	}
	return s.String()
}

func TestSelectSaysWhichSelectorIsWrong(t *testing.T) {
	for _, c := range []struct {
		s    parse.Select
		want string
	}{
		{parse.Select{}, ""},
		{parse.Select{Item: "li", Image: "img, [style]"}, ""},
		{parse.Select{Item: "li["}, `select.item "li[": expected identifier, found EOF instead`},
		{parse.Select{Item: "li", Date: "p::before"}, `select.date "p::before": pseudo-element before found, but pseudo-elements support is disabled`},
		{parse.Select{Item: "li", Title: "p:matches(.*)"}, `select.title "p:matches(.*)": :matches is not supported, only :matchesOwn`},
		{parse.Select{Item: "li", Link: strings.Repeat("a ", 65)}, `select.link "` + strings.Repeat("a ", 65) + `": more than 64 parts`},
		{parse.Select{Title: "h2"}, "select.item is missing: the other selectors are looked up inside of an item"},
	} {
		got := ""
		if err := c.s.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c.s, got, c.want)
		}
	}
}
