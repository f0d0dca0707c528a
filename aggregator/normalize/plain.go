package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"newsfeed/aggregator/parse"
)

// legal drops what XML does not allow and what shows nothing: control
// characters, noncharacters, byte order marks, broken UTF-8.
func legal(s string) string {
	if isLegal(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if isLegalRune(r) {
			return r
		}
		return -1
	}, s)
}

func isLegal(s string) bool {
	for i := 0; i < len(s); {
		if i+8 <= len(s) && octetsAt(s, i).arePrintable() {
			i += 8
			continue
		}
		for end := min(i+8, len(s)); i < end; {
			if c := s[i]; c >= ' ' && c < 0x7F || c == '\n' || c == '\t' {
				i++
				continue
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || !isLegalRune(r) {
				return false
			}
			i += size
		}
	}
	return true
}

func isLegalRune(r rune) bool {
	switch {
	case r < ' ':
		return r == '\n' || r == '\t'
	case r >= 0x7F && r < 0xA0, r == 0xFEFF, r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return false
	}
	return true
}

// fold makes one line of a text.
func fold(s string) string {
	s = legal(s)
	if isFolded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isFolded reports whether a text has no white space but single blanks between
// words.
func isFolded(s string) bool {
	blank := true
	for _, r := range s {
		if r != ' ' && unicode.IsSpace(r) || r == ' ' && blank {
			return false
		}
		blank = r == ' '
	}
	return !blank || s == ""
}

// plain returns a Text as one line of plain text: tags gone, entities
// resolved exactly once.
func plain(t parse.Text) string {
	value := t.Value[:min(len(t.Value), maxHTML)]
	if t.Type == parse.HTML || t.Type == parse.Guess && looksLikeHTML(value) {
		value = Text(value)
	}
	return fold(value)
}

// plainString is plain for what has no type of its own.
func plainString(s string) string { return plain(parse.Text{Value: s}) }
