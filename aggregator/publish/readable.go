package publish

import (
	"html/template"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readable returns safe HTML as it may stand below the heading of a page: its
// own headings go on from there without a gap, players are links, because a
// page asks nobody for anything but images, and without images their text
// stands in their places.
func readable(markup string, plain bool) template.HTML {
	r := reader{plain: plain, level: 1}
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for tokens.Next() != html.ErrorToken {
		r.token(tokens.Token())
	}
	return template.HTML(r.out.String())
}

// reader rewrites the tokens of safe HTML.
type reader struct {
	plain  bool
	level  int  // of the last heading
	player bool // within one that has no link yet
	media  int  // players around the token
	links  int  // around the token
	out    strings.Builder
}

func (r *reader) token(t html.Token) {
	open := t.Type == html.StartTagToken || t.Type == html.SelfClosingTagToken
	switch {
	case t.Type == html.CommentToken, t.Type == html.DoctypeToken:
		return
	case t.Type == html.TextToken:
	case t.DataAtom == atom.Iframe:
		if open {
			r.link(t, "Video")
		}
		return
	case t.DataAtom == atom.Video, t.DataAtom == atom.Audio:
		r.play(t, open)
		return
	case t.DataAtom == atom.Source && r.media > 0:
		r.try(t)
		return
	case r.plain && (t.DataAtom == atom.Source || t.DataAtom == atom.Picture):
		return
	case r.plain && t.DataAtom == atom.Img:
		r.out.WriteString(html.EscapeString(value(t, "alt")))
		return
	case t.DataAtom == atom.Img && !named(t):
		t.Attr = append(t.Attr, html.Attribute{Key: "alt"})
	case isHeading(t.DataAtom):
		r.heading(&t, open)
	case t.DataAtom == atom.Table:
		r.table(t, open)
		return
	case t.DataAtom == atom.A && open:
		r.links++
	case t.DataAtom == atom.A:
		r.links--
	}
	r.out.WriteString(t.String())
}

// heading puts a heading at most one level below the last, and below that of
// the page.
func (r *reader) heading(t *html.Token, open bool) {
	if open {
		r.level = min(max(int(t.Data[1]-'0'), 2), r.level+1)
	}
	t.Data = "h" + string(rune('0'+r.level))
}

// table writes the beginning or the end of a table within a box that scrolls, by
// the keyboard too.
func (r *reader) table(t html.Token, open bool) {
	if open {
		r.out.WriteString(`<div class="wide" role="group" aria-label="Table" tabindex="0">` + t.String())
		return
	}
	r.out.WriteString(t.String() + "</div>")
}

// play begins or ends a player.
func (r *reader) play(t html.Token, open bool) {
	if !open {
		r.media--
		return
	}
	r.media++
	r.player = true
	r.try(t)
}

// try links to what a player plays, if it is named here for the first time.
func (r *reader) try(t html.Token) {
	if r.player && value(t, "src") != "" {
		r.player = false
		r.link(t, "Play")
	}
}

// link writes a link in place of a player.
func (r *reader) link(t html.Token, verb string) {
	address := value(t, "src")
	name := html.EscapeString(strings.TrimSpace(verb + " on " + siteOf(address)))
	if title := value(t, "title"); title != "" {
		name = html.EscapeString(verb + ": " + title)
	}
	if r.links > 0 {
		r.out.WriteString(name)
		return
	}
	r.out.WriteString(`<a href="` + html.EscapeString(address) + `">` + name + "</a>")
}

func value(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// named reports whether an image says what stands in its place.
func named(t html.Token) bool {
	return slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "alt" })
}

func isHeading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
