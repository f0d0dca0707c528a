package normalize

import (
	"strings"

	"newsfeed/aggregator/parse"
)

// legal drops what XML does not allow and what shows nothing: control
// characters, noncharacters, byte order marks, broken UTF-8.
func legal(s string) string {
	if isPlainASCII(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
		case r < ' ', r >= 0x7F && r < 0xA0, r == 0xFEFF, r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
			return -1
		}
		return r
	}, s)
}

func isPlainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7F || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// fold makes one line of a text.
func fold(s string) string { return strings.Join(strings.Fields(legal(s)), " ") }

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
