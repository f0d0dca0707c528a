package normalize

import (
	"strings"
	"unicode/utf8"

	"newsfeed/storage"
)

const (
	// A text below this many characters is a teaser, whatever it says: an
	// article has more.
	teaserLength = 1500

	// minFullText is how many characters a text found on a page must have to
	// be that of an article.
	minFullText = 300
)

// Teaser reports whether an entry carries only the beginning of its article.
func Teaser(e storage.Entry) bool {
	text := ownText(e)
	if utf8.RuneCountInString(text) < teaserLength {
		return true
	}
	for _, end := range []string{"…", "...", "[…]", "[...]", "Read more", "Continue reading"} {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	return false
}

// WithFullText returns the entry with the text that was found on the page of
// its article, and what the entry lacks and the page has: a summary, an
// image, authors, a language. It is false, and the entry as it was, when the source itself gives
// more text than the page. What identifies and dates the entry stays.
func WithFullText(e, page storage.Entry) (storage.Entry, bool) {
	own, found := utf8.RuneCountInString(ownText(e)), utf8.RuneCountInString(Text(page.Content))
	if e.FullText {
		own /= 2 // articles are shortened, but not by that much
	}
	if found < minFullText || found <= own {
		return e, false
	}
	e.Content, e.FullText, e.ReadingTime = page.Content, true, page.ReadingTime
	if e.Summary == "" {
		e.Summary = page.Summary
	}
	if len(e.Authors) == 0 {
		e.Authors = page.Authors
	}
	if e.Language == "" {
		e.Language = page.Language
	}
	if image, ok := firstImage(page); ok && !hasImage(e) {
		e.Media = append([]storage.Media{image}, e.Media...)
	}
	return e, true
}

func ownText(e storage.Entry) string {
	if e.Content != "" {
		return Text(e.Content)
	}
	return Text(e.Summary)
}

func hasImage(e storage.Entry) bool {
	_, ok := firstImage(e)
	return ok
}

func firstImage(e storage.Entry) (storage.Media, bool) {
	for _, m := range e.Media {
		if m.Medium == storage.Image {
			return m, true
		}
	}
	return storage.Media{}, false
}
