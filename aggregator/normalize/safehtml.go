package normalize

import (
	"net/url"
	"strings"

	"newsfeed/storage"
)

// maxHTML is how much of an HTML text is kept, in bytes.
const maxHTML = 1 << 20

// SafeHTML returns the harmless part of an HTML fragment: the elements and
// attributes of an allow-list, with absolute http, https and mailto URLs, in
// one spelling. What is dropped leaves its text where that is meant to be
// read. Relative URLs are resolved against base; without a base they go.
//
// The result is a fixed point: parsing it gives the tree it was written from,
// and SafeHTML does not change it.
func SafeHTML(fragment string, base *url.URL) string {
	return new(cleaner).sanitize(fragment, base, "").html
}

// maxPasses is how often a fragment is parsed again before only its text is
// kept. HTML that takes more than three was made to confuse parsers.
const maxPasses = 6

// cleaned is the safe part of a fragment.
type cleaned struct {
	html   string
	text   string
	images []storage.Media // in the order of the text
}

// sanitize is SafeHTML with more results. The article's URL, unless it is empty,
// is the base of links that are only a fragment: footnotes lead to the article,
// not to the document that the article came in.
func (c *cleaner) sanitize(fragment string, base *url.URL, article string) cleaned {
	c.reset(base, article)
	out, ok := c.clean(cut(fragment, maxHTML))
	whole := cleaned{out, c.text.string(), c.images}
	if ok && c.model.holds() && len(out) <= maxHTML {
		return whole
	}
	for pass := 1; ok && pass < maxPasses; pass++ {
		if len(out) > maxHTML {
			// What the cut leaves open takes room to close.
			out = cut(out, maxHTML-maxHTML/8)
		}
		c.reset(base, article)
		var next string
		if next, ok = c.clean(out); next == out && ok {
			whole.html = out
			return whole
		}
		out = next
	}
	text := Text(cut(fragment, maxHTML/8))
	return cleaned{html: textToHTML(text, true), text: text}
}

// cut shortens HTML to at most n bytes, not within a tag or a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = strings.ToValidUTF8(s[:n], "")
	if open := strings.LastIndexByte(s, '<'); open > strings.LastIndexByte(s, '>') && open > n-maxTag {
		s = s[:open]
	}
	return s
}

// textToHTML writes plain text as HTML. Empty lines part paragraphs; breaks
// says that line ends within one are meant.
func textToHTML(text string, breaks bool) string {
	var list []string
	for p := range strings.SplitSeq(legal(text), "\n\n") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		p = escapeText(p)
		if breaks {
			p = strings.ReplaceAll(p, "\n", "<br>")
		}
		list = append(list, p)
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return "<p>" + strings.Join(list, "</p>\n<p>") + "</p>"
}

// escapeText returns s as the text of an element.
func escapeText(s string) string {
	if !strings.ContainsAny(s, "&<>") {
		return s
	}
	return string(appendEscaped(nil, s, false))
}

// appendEscaped writes s with escapes for what would be markup. Quotes are
// markup in the values of attributes.
func appendEscaped(b []byte, s string, quotes bool) []byte {
	written := 0
	for at := 0; at < len(s); at += 8 {
		end := min(at+8, len(s))
		if end == at+8 && !octetsAt(s, at).holdMarkup() {
			continue
		}
		for i := at; i < end; i++ {
			escape := ""
			switch c := s[i]; {
			case c == '&':
				escape = "&amp;"
			case c == '<':
				escape = "&lt;"
			case c == '>':
				escape = "&gt;"
			case c == '"' && quotes:
				escape = "&#34;"
			default:
				continue
			}
			b = append(append(b, s[written:i]...), escape...)
			written = i + 1
		}
	}
	return append(b, s[written:]...)
}
