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
// Without a summary the beginning of the content becomes one. A summary alone
// is not repeated as content.
func (d *document) bodies(e *storage.Entry, item *parse.Item) (images []storage.Media, text string) {
	content := d.body("content", item, item.Content, e.URL)
	summary := d.body("summary", item, item.Summary, e.URL)
	e.Content, e.Summary = content.html, summary.html
	images = append(content.images, summary.images...)
	if e.Content == "" {
		return images, summary.text
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
	base := d.within(t.Base, item.Base)
	page := base
	if t.Base == "" && item.Base == "" && d.header.Base == "" {
		if u := parseURL(article, nil); u != nil {
			page = u
		}
	}
	return sanitize(value, base, page)
}

// excerptLength is about how many characters an excerpt has.
const excerptLength = 300

// excerpt returns the beginning of a text in one line, up to the end of a
// sentence, else of a word.
func excerpt(text string) string {
	text = fold(text)
	runes := []rune(shorten(text, excerptLength*utf8.UTFMax+1))
	if len(runes) <= excerptLength {
		return text
	}
	runes = runes[:excerptLength]
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
	return string(runes) + "…"
}
