package parse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"newsfeed/aggregator/parse"
)

// TestSoupIsWhatHTMLMakesOfIt compares the tree of a page, written out, with
// the one that html.Parse makes of it.
func TestSoupIsWhatHTMLMakesOfIt(t *testing.T) {
	docs := []string{
		`<p><b>a</b> <I class="x">b</I> <strong><em>c</em></strong> <code>d</code><font color=red>e</font><br/><u/>f</u>`,
		`<a href=1>a<a href=2>b</a><ul><li><a href=3>c<li>d</a></ul>`,
		`<script>if (a<b && c</i>/.test("<b>")) document.write('<a href="x">')</script><style>a<b {}</style><textarea><i>x</i></textarea>`,
		`<p title="<b>x</b>" data-html='<a href="y">z</a>'>a<b-c>d</b-c><b></p>`,
		`<svg><title><b>x</b></title><a href=x><text>y</text></a></svg><math><mi><i>z</i></mi></math>`,
		`<html lang=en><body class=a><p>x<body class=b id=c><html lang=fr dir=ltr>`,
		`<b`, `<b>`, `</b>x`, `<`, `</`, `x<`, "<I\f>x</i\n>", `<!-- <b> --><!doctype html><title><b>x</b></title>`, `<table><td><b>x</td></table>`,
		`<script type="application/ld+json">{"a":"<b>x</b>"}</script>`,
	}
	paths, err := filepath.Glob(pages + "/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, string(body))
	}
	for _, doc := range docs {
		want, err := html.Parse(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse.ParseSoup([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written(t, want), written(t, got)); diff != "" {
			t.Errorf("%.100q (-want +got)\n%s", doc, diff)
		}
	}
}

func written(t *testing.T, root *html.Node) string {
	t.Helper()
	var b strings.Builder
	if err := html.Render(&b, root); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
