package parse

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// undouble mends the texts of an item that its source encoded twice.
func (item *Item) undouble() {
	for _, t := range []*Text{&item.Title, &item.Summary, &item.Content, &item.Rights} {
		t.Value = undoubled(t.Value)
	}
	undoublePersons(item.Authors)
	undoublePersons(item.Contributors)
	undoubleCategories(item.Categories)
}

func (h *Header) undouble() {
	for _, t := range []*Text{&h.Title, &h.Description, &h.Rights} {
		t.Value = undoubled(t.Value)
	}
	undoublePersons(h.Authors)
	undoubleCategories(h.Categories)
}

func undoublePersons(list []Person) {
	for i := range list {
		list[i].Name = undoubled(list[i].Name)
	}
}

func undoubleCategories(list []Category) {
	for i := range list {
		list[i].Term, list[i].Label = undoubled(list[i].Term), undoubled(list[i].Label)
	}
}

// undoubled returns a text as it was before its UTF-8 was taken for
// windows-1252 and encoded again: "cafÃ©" was "café". All characters but those
// of ASCII must have come about in that way, and look it: "NESCAFÉ®" and
// "IRMÃ…" could have, and have not.
func undoubled(s string) string {
	at := 0
	for at < len(s) && s[at] < utf8.RuneSelf {
		at++
	}
	if at == len(s) {
		return s
	}
	const enough = 3 // characters, whatever they are
	var b []byte
	more, found, sure := 0, 0, false // more: bytes that the character at hand still needs
	lead := byte(0)
	for _, r := range s[at:] {
		c, ok := charmap.Windows1252.EncodeRune(r)
		switch {
		case !ok, more > 0 && utf8.RuneStart(c), more == 0 && c >= utf8.RuneSelf && (c < 0xC2 || c > 0xF4):
			return s
		case more > 0:
			more--
			sure = sure || (lead == 0xC2 || lead == 0xC3 || lead == 0xE2) && !strings.ContainsRune("…‘’“”–—", r)
		case c >= utf8.RuneSelf:
			lead, more = c, 1
			if c >= 0xE0 {
				more = 2
			}
			if c >= 0xF0 {
				more = 3
			}
			found++
		}
		b = append(b, c)
	}
	if !sure && found < enough || !utf8.Valid(b) {
		return s
	}
	return s[:at] + string(b)
}
