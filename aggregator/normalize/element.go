package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What becomes of an element is decided by name. One that is in none of these
// lists is unwrapped: its children take its place.

// allowed are the elements that are kept, with the attributes that they may
// have beside the global ones, in the order in which they are written.
var allowed = map[atom.Atom][]string{
	atom.A: {"href", "hreflang"}, atom.Abbr: nil, atom.Acronym: nil, atom.Address: nil, atom.Article: nil, atom.Aside: nil,
	atom.Audio: {"src"}, atom.B: nil, atom.Bdi: nil, atom.Bdo: nil, atom.Big: nil, atom.Blockquote: {"cite"}, atom.Br: nil,
	atom.Caption: nil, atom.Cite: nil, atom.Code: nil, atom.Col: {"span"}, atom.Colgroup: {"span"},
	atom.Dd: nil, atom.Del: {"cite", "datetime"}, atom.Details: {"open"}, atom.Dfn: nil, atom.Div: nil, atom.Dl: nil, atom.Dt: nil,
	atom.Em: nil, atom.Figcaption: nil, atom.Figure: nil, atom.Footer: nil,
	atom.H1: nil, atom.H2: nil, atom.H3: nil, atom.H4: nil, atom.H5: nil, atom.H6: nil, atom.Header: nil, atom.Hr: nil,
	atom.I: nil, atom.Img: {"src", "srcset", "sizes", "alt", "width", "height"}, atom.Ins: {"cite", "datetime"},
	atom.Kbd: nil, atom.Li: {"value"}, atom.Mark: nil, atom.Ol: {"start", "reversed", "type"},
	atom.P: nil, atom.Picture: nil, atom.Pre: nil, atom.Q: {"cite"},
	atom.Rp: nil, atom.Rt: nil, atom.Ruby: nil, atom.S: nil, atom.Samp: nil, atom.Section: nil, atom.Small: nil,
	atom.Source: {"src", "srcset", "sizes", "media", "type"}, atom.Span: nil, atom.Strike: nil, atom.Strong: nil, atom.Sub: nil,
	atom.Summary: nil, atom.Sup: nil, atom.Table: nil, atom.Tbody: nil, atom.Td: {"colspan", "rowspan"}, atom.Tfoot: nil,
	atom.Th: {"colspan", "rowspan", "scope"}, atom.Thead: nil, atom.Time: {"datetime"}, atom.Tr: nil, atom.Tt: nil,
	atom.U: nil, atom.Ul: nil, atom.Var: nil, atom.Video: {"src", "poster", "width", "height"}, atom.Wbr: nil,
}

// globals are the attributes that every allowed element may have.
var globals = [...]string{"title", "lang", "dir"}

// renamed are elements that become another: those that begin a line of their
// own must not glue their text to the next.
var renamed = map[atom.Atom]atom.Atom{
	atom.Center: atom.Div, atom.Dialog: atom.Div, atom.Dir: atom.Ul, atom.Fieldset: atom.Div, atom.Form: atom.Div, atom.Hgroup: atom.Div,
	atom.Legend: atom.Div, atom.Listing: atom.Pre, atom.Main: atom.Div, atom.Menu: atom.Ul, atom.Nav: atom.Div, atom.Optgroup: atom.Div,
	atom.Plaintext: atom.Pre, atom.Xmp: atom.Pre,
}

// dropped are the elements that go with all that is in them.
var dropped = map[atom.Atom]bool{
	atom.Applet: true, atom.Base: true, atom.Basefont: true, atom.Bgsound: true, atom.Canvas: true, atom.Command: true, atom.Datalist: true,
	atom.Frame: true, atom.Frameset: true, atom.Head: true, atom.Input: true, atom.Isindex: true, atom.Keygen: true, atom.Link: true,
	atom.Map: true, atom.Meta: true, atom.Meter: true, atom.Noembed: true, atom.Noframes: true, atom.Param: true, atom.Progress: true,
	atom.Script: true, atom.Select: true, atom.Slot: true, atom.Style: true, atom.Svg: true, atom.Template: true, atom.Textarea: true,
	atom.Title: true, atom.Track: true,
}

// unwrapped are the further names that tell HTML from text.
var unwrapped = map[atom.Atom]bool{
	atom.Blink: true, atom.Body: true, atom.Button: true, atom.Embed: true, atom.Font: true, atom.Html: true, atom.Iframe: true,
	atom.Image: true, atom.Label: true, atom.Marquee: true, atom.Math: true, atom.Nobr: true, atom.Noscript: true, atom.Object: true,
	atom.Option: true, atom.Output: true, atom.Spacer: true, atom.Rb: true, atom.Rtc: true, atom.Area: true,
}

// breaks are the elements that begin a line of text, and those that stand apart
// from what is around them as paragraphs do.
var breaks = map[atom.Atom]int{
	atom.Br: aLine, atom.Caption: aLine, atom.Dd: aLine, atom.Div: aLine, atom.Dt: aLine, atom.Li: aLine, atom.Tr: aLine,
	atom.Summary: aLine, atom.Center: aLine, atom.Form: aLine, atom.Fieldset: aLine, atom.Legend: aLine, atom.Nav: aLine,
	atom.Main: aLine, atom.Option: aLine,

	atom.Address: aParagraph, atom.Article: aParagraph, atom.Aside: aParagraph, atom.Blockquote: aParagraph,
	atom.Details: aParagraph, atom.Dl: aParagraph, atom.Figcaption: aParagraph, atom.Figure: aParagraph,
	atom.Footer: aParagraph, atom.H1: aParagraph, atom.H2: aParagraph, atom.H3: aParagraph, atom.H4: aParagraph,
	atom.H5: aParagraph, atom.H6: aParagraph, atom.Header: aParagraph, atom.Hr: aParagraph, atom.Ol: aParagraph,
	atom.P: aParagraph, atom.Pre: aParagraph, atom.Section: aParagraph, atom.Table: aParagraph, atom.Ul: aParagraph,
}

// The line ends between such an element and what is around it.
const (
	aLine      = 1
	aParagraph = 2
)

// void are the allowed elements that never have children.
var void = map[atom.Atom]bool{atom.Br: true, atom.Col: true, atom.Hr: true, atom.Img: true, atom.Source: true, atom.Wbr: true}

// mayBeEmpty are the allowed elements that say something without children.
var mayBeEmpty = map[atom.Atom]bool{
	atom.Audio: true, atom.Td: true, atom.Th: true, atom.Tr: true, atom.Video: true, atom.Colgroup: true,
}

func isElement(a atom.Atom) bool {
	_, keep := allowed[a]
	_, other := renamed[a]
	return a != 0 && (keep || other || dropped[a] || unwrapped[a])
}

// looksLikeHTML reports whether s holds a tag or an entity of HTML. "x < y",
// "AT&T" and "Vec<T>" do not.
func looksLikeHTML(s string) bool {
	if !strings.Contains(s, "<") && !strings.Contains(s, "&") {
		return false
	}
	for {
		i := strings.IndexAny(s, "<&")
		if i < 0 {
			return false
		}
		s = s[i:]
		if s[0] == '<' && startsWithTag(s) || s[0] == '&' && startsWithEntity(s) {
			return true
		}
		s = s[1:]
	}
}

// maxTag is where a tag of a text that may be HTML has to have ended.
const maxTag = 2048

func startsWithTag(s string) bool {
	s = s[:min(len(s), maxTag)]
	if strings.HasPrefix(s, "<!--") {
		return true
	}
	name := strings.TrimPrefix(s[1:], "/")
	end := strings.IndexAny(name, " \t\r\n\f/>")
	return end > 0 && isElement(atom.Lookup([]byte(strings.ToLower(name[:end])))) && strings.IndexByte(name, '>') > 0
}

// maxEntity is longer than the longest entity.
const maxEntity = 40

func startsWithEntity(s string) bool {
	end := strings.IndexByte(s[:min(len(s), maxEntity)], ';')
	return end > 1 && !strings.HasPrefix(html.UnescapeString(s[:end+1]), "&") || strings.HasPrefix(s, "&amp;") || strings.HasPrefix(s, "&#38;")
}
