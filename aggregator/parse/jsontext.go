package parse

import (
	"encoding/json"

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
	switch name {
	case "content_html":
		return json.Unmarshal(value, &t.html) == nil
	case "content_text":
		return json.Unmarshal(value, &t.plain) == nil
	}
	return false
}
