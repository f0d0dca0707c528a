package normalize

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/language"
)

// maxAttribute is how much of a title or an alt text is kept, in bytes.
const maxAttribute = 2000

// attribute returns the value of an allowed attribute in a form that is safe
// to write, or "" when it is not to be written.
func (c *cleaner) attribute(n *html.Node, name string) string {
	value, ok := rawAttribute(n, name)
	if !ok || c.isFull() {
		return ""
	}
	switch name {
	case "href":
		if value != c.href.written {
			c.href = href{value, c.hrefOf(value)}
		}
		return c.href.url
	case "src", "poster", "cite":
		return absolute(value, c.base)
	case "srcset":
		return c.srcset(value)
	case "open", "reversed":
		return name
	case "width", "height", "colspan", "rowspan", "span", "start", "value":
		return numeric(value)
	case "type":
		return listType(n.DataAtom, value)
	case "lang", "hreflang":
		return languageTag(value)
	case "dir":
		return oneOf(value, "ltr", "rtl", "auto")
	case "scope":
		return oneOf(value, "row", "col", "rowgroup", "colgroup")
	case "sizes", "media", "datetime":
		return harmless(value)
	}
	return shorten(legal(value), maxAttribute)
}

// isFull reports whether more is written than is kept. The URLs of what follows
// are left out: each may be a thousand times as long as what the source wrote,
// when the base is long.
func (c *cleaner) isFull() bool { return len(c.out) > maxHTML }

// rawAttribute returns the first attribute of that name, as browsers do.
func rawAttribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

// href is the last one that was read: a link is asked for it twice.
type href struct{ written, url string }

// hrefOf also allows mail addresses. What is only a fragment leads into the page.
func (c *cleaner) hrefOf(value string) string {
	if isPlainURL(value) {
		return value
	}
	if len(value) > maxURL {
		return ""
	}
	value = trimURL(value)
	if scheme, rest := cutScheme(value); scheme == "mailto" && rest != "" {
		if value = "mailto:" + escapeURL(rest); len(value) <= maxURL {
			return value
		}
		return ""
	}
	if strings.HasPrefix(value, "#") {
		return absolute(value, c.pageURL())
	}
	return absolute(value, c.base)
}

// pageURL returns the base of links that are only a fragment.
func (c *cleaner) pageURL() *url.URL {
	if c.page == nil {
		c.page = c.base
		if u, err := url.Parse(c.article); c.article != "" && err == nil {
			c.page = u
		}
	}
	return c.page
}

// maxNumber is the greatest width, height or span that is believed.
const maxNumber = 10000

func numeric(value string) string {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), "px"))
	if err != nil || n < 0 || n > maxNumber {
		return ""
	}
	return strconv.Itoa(n)
}

func oneOf(value string, list ...string) string {
	for _, v := range list {
		if strings.EqualFold(strings.TrimSpace(value), v) {
			return v
		}
	}
	return ""
}

// listType is the numbering of a list, or the media type of a source.
func listType(a atom.Atom, value string) string {
	if a == atom.Ol {
		if len(value) == 1 && strings.Contains("1aAiI", value) {
			return value
		}
		return ""
	}
	return harmless(value)
}

// languageTag returns a language tag (BCP 47) as it was written but for case
// and separators, and "" for what is none. Of a list it is the first.
func languageTag(value string) string {
	if len(value) > maxLanguage {
		return ""
	}
	value, _, _ = strings.Cut(value, ",")
	tag, err := language.Raw.Parse(strings.TrimSpace(value))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// maxHarmless is the longest sizes, media, type or datetime.
const maxHarmless = 300

// harmless keeps a value of letters, digits and a few marks, or nothing.
func harmless(value string) string {
	value = strings.TrimSpace(value)
	if len(value) > maxHarmless || strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -+*/.,:;=_%()\"'") != "" {
		return ""
	}
	return value
}

// shorten cuts a text to at most n bytes at the end of a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
