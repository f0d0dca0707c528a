package parse

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// datesIn returns the dates that the elements in n carry for programs.
func datesIn(n *html.Node) (published, updated []string) {
	property := func(name string) *html.Node {
		return find(n, func(d *html.Node) bool { return strings.EqualFold(attribute(d, "itemprop"), name) })
	}
	modified := property("dateModified")
	plain := find(n, func(d *html.Node) bool {
		return d.DataAtom == atom.Time && d != modified && attribute(d, "datetime") != ""
	})
	return some(cmp.Or(date(property("datePublished")), date(plain))), some(date(modified))
}

func isTime(n *html.Node) bool { return n.DataAtom == atom.Time }

// date returns the date that n names for programs, else the one it shows.
func date(n *html.Node) string {
	if n == nil {
		return ""
	}
	inside := find(n, func(d *html.Node) bool { return attribute(d, "datetime") != "" })
	return cmp.Or(attribute(n, "datetime"), attribute(n, "content"), attribute(inside, "datetime"), plainText(n))
}
