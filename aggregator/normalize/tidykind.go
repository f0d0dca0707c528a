package normalize

import "golang.org/x/net/html/atom"

// tidyKind says what the tags of an element do besides to begin and end it.
type tidyKind int

const (
	untidy    tidyKind = iota // more than a tidyReader knows of
	inline                    // nothing
	block                     // end a paragraph, and at its end a list item
	paragraph                 // end another one
	heading                   // end a paragraph, and another heading
	listItem                  // end a paragraph, and another list item
	single                    // nothing; there is no end
	rule                      // end a paragraph; there is no end
	raw                       // hold a text without markup and entities
)

func tidyKindOf(a atom.Atom) tidyKind {
	switch a {
	case atom.A, atom.Abbr, atom.Acronym, atom.Audio, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Del, atom.Dfn,
		atom.Em, atom.Font, atom.I, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Noscript, atom.Picture, atom.Q, atom.S, atom.Samp,
		atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Video:
		return inline
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Div, atom.Dl, atom.Figcaption,
		atom.Figure, atom.Footer, atom.Header, atom.Main, atom.Nav, atom.Ol, atom.Pre, atom.Section, atom.Summary, atom.Ul:
		return block
	case atom.P:
		return paragraph
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return heading
	case atom.Li:
		return listItem
	case atom.Br, atom.Img, atom.Source, atom.Wbr:
		return single
	case atom.Hr:
		return rule
	case atom.Iframe, atom.Script, atom.Style:
		return raw
	}
	return untidy
}
