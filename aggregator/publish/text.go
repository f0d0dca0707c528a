package publish

import (
	"html"
	"strings"
	"unicode/utf8"
)

// plainText returns the text of a piece of safe HTML on one line.
func plainText(markup string) string {
	var b strings.Builder
	for rest := markup; rest != ""; {
		text, after, found := strings.Cut(rest, "<")
		b.WriteString(text)
		if !found {
			break
		}
		end := tagEnd(after)
		if !isInline(after[:end]) {
			b.WriteByte(' ')
		}
		rest = after[min(end+1, len(after)):]
	}
	return line(html.UnescapeString(b.String()))
}

// tagEnd returns the index of the ">" that closes a tag; attribute values may
// hold such a character too.
func tagEnd(s string) int {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return len(s)
}

// isInline reports whether a tag stands within a word rather than between two.
func isInline(tag string) bool {
	name := strings.TrimPrefix(tag, "/")
	if i := strings.IndexAny(name, " \t\n\r/"); i >= 0 {
		name = name[:i]
	}
	switch strings.ToLower(name) {
	case "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp", "rt",
		"ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}

// line returns s with every run of white space made one space.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// excerpt returns at most limit runes of s: whole words where s has any, and
// an ellipsis where something is missing.
func excerpt(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)[:limit]
	cut := string(runes[:limit-1])
	if runes[limit-1] != ' ' {
		if i := strings.LastIndexByte(cut, ' '); i > 0 {
			cut = cut[:i]
		}
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}
