package parse

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	jsonfeed "github.com/mmcdole/gofeed/json"
)

// longText is from how many bytes on a text is kept from gofeed, which goes
// over it again and again.
const longText = 64

// jsonTexts are the long texts of an item.
type jsonTexts struct{ html, plain string }

// restore puts the texts back where they were.
func (t jsonTexts) restore(j *jsonfeed.Item) {
	if t.html != "" {
		j.ContentHTML = t.html
	}
	if t.plain != "" {
		j.ContentText = t.plain
	}
}

// withoutTexts returns an item with nothing in its long texts, and these.
func withoutTexts(raw []byte) (thin []byte, texts jsonTexts) {
	var name []byte
	depth, copied, isName := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			depth++
			isName = depth == 1
		case '}', ']':
			depth--
		case ',':
			isName = depth == 1
		case '"':
			from := i + 1
			i = stringEnd(raw, from)
			if depth != 1 {
				continue
			}
			if isName {
				name, isName = raw[from:i], false
			} else if i < len(raw) && i-from >= longText && texts.take(string(name), raw[from-1:i+1]) {
				thin = append(thin, raw[copied:from]...)
				copied = i
			}
		}
	}
	return append(thin, raw[copied:]...), texts
}

// take reads a member if it is a text.
func (t *jsonTexts) take(name string, value []byte) bool {
	to := &t.html
	switch name {
	case "content_html":
	case "content_text":
		to = &t.plain
	default:
		return false
	}
	if s, ok := unquote(value); ok {
		*to = s
		return true
	}
	return json.Unmarshal(value, to) == nil
}

// unquote reads a string of JSON in one go. It is false for what is none, and
// for what takes more thought: halves of surrogate pairs, bytes that are not
// UTF-8.
func unquote(quoted []byte) (string, bool) {
	if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' || !utf8.Valid(quoted) {
		return "", false
	}
	s := quoted[1 : len(quoted)-1]
	var b strings.Builder
	b.Grow(len(s))
	written := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c == '"':
			return "", false
		case c == '\\':
			r, size := escaped(s[i:])
			if size == 0 {
				return "", false
			}
			b.Write(s[written:i])
			b.WriteRune(r)
			written = i + size
			i = written - 1
		}
	}
	b.Write(s[written:])
	return b.String(), true
}

// escaped reads the character that s begins with, after a backslash; size is 0
// when there is none.
func escaped(s []byte) (r rune, size int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return rune(s[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		var code [2]byte
		if len(s) < 6 {
			return 0, 0
		}
		if _, err := hex.Decode(code[:], s[2:6]); err != nil {
			return 0, 0
		}
		if r = rune(code[0])<<8 | rune(code[1]); !utf16.IsSurrogate(r) {
			return r, 6
		}
	}
	return 0, 0
}
