package normalize

import (
	"strings"
	"unicode/utf8"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// bodies sets Summary and Content. It returns the images in them and the text
// of the longer one.
//
// Without a summary the content becomes one, or its beginning where it is long
// or has images. A summary alone is not repeated as content.
func (d *document) bodies(e *storage.Entry, item *parse.Item) (images []storage.Media, text string) {
	content := d.body("content", item, item.Content, e.URL)
	summary := d.body("summary", item, item.Summary, e.URL)
	e.Content, e.Summary = content.html, summary.html
	images = append(content.images, summary.images...)
	if e.Content == "" {
		return images, summary.text
	}
	if e.Summary == "" && len(images) == 0 {
		e.Summary = e.Content
	}
	if e.Summary == "" || e.Summary == e.Content && utf8.RuneCountInString(content.text) > excerptLength {
		e.Summary = escapeText(excerpt(content.text))
	}
	return images, content.text
}

// body makes safe HTML of a text of any type.
func (d *document) body(kind string, item *parse.Item, t parse.Text, article string) cleaned {
	if strings.TrimSpace(t.Value) == "" {
		return cleaned{}
	}
	if len(t.Value) > maxHTML {
		d.cuts[kind]++
	}
	value := cut(t.Value, maxHTML)
	if t.Type == parse.Plain || t.Type == parse.Guess && !looksLikeHTML(value) {
		return cleaned{html: textToHTML(value, t.Type == parse.Plain), text: legal(value)}
	}
	if t.Base != "" || item.Base != "" || d.header.Base != "" {
		article = ""
	}
	return d.cleaner.sanitize(value, d.within(t.Base, item.Base), article)
}

// excerptLength is about how many characters an excerpt has.
const excerptLength = 300

// excerpt returns the beginning of a text in one line, up to the end of a
// sentence, else of a word.
func excerpt(text string) string {
	runes := firstLine(text, excerptLength+1)
	if len(runes) <= excerptLength {
		return string(runes)
	}
	for i := len(runes) - 1; i > excerptLength/2; i-- {
		switch r := runes[i]; {
		case strings.ContainsRune("。！？", r):
			return string(runes[:i+1])
		case r == ' ' && strings.ContainsRune(".!?…", runes[i-1]):
			return string(runes[:i])
		}
	}
	for i := len(runes) - 1; i > excerptLength/2; i-- {
		if runes[i] == ' ' {
			return strings.TrimRight(string(runes[:i]), " ,;:–—-") + "…"
		}
	}
	return string(runes[:excerptLength]) + "…"
}

// firstLine returns the first n characters, at most, of a text made one line.
func firstLine(text string, n int) []rune {
	line := make([]rune, 0, n)
	for word := range strings.FieldsSeq(text) {
		if len(line) > 0 && len(line) < n {
			line = append(line, ' ')
		}
		for _, r := range word {
			if len(line) == n {
				return line
			}
			line = append(line, r)
		}
	}
	return line
}
