package normalize

import (
	"cmp"

	"github.com/abadojack/whatlanggo"

	"newsfeed/aggregator/parse"
)

// Languages are guessed from at least so many characters, and from no more
// than that.
const (
	minGuess = 80
	maxGuess = 300

	// settled is how many guesses of one language, and none of another, settle
	// the language of a document: a guess costs more than all else of an entry.
	settled = 5
)

// language returns the language of an item: what the nearest element says,
// else a safe guess from its text.
func (d *document) language(item *parse.Item, text string) string {
	for _, written := range []string{item.Content.Lang, item.Summary.Lang, item.Title.Lang, item.Lang, d.header.Lang} {
		if tag := languageTag(written); tag != "" {
			return tag
		}
	}
	if len(d.guessed) == 1 {
		for tag, times := range d.guessed {
			if times >= settled {
				return tag
			}
		}
	}
	tag := guess(text)
	if tag != "" {
		d.guessed[tag]++
	}
	return tag
}

// guess returns the language of a text long enough to tell, or "".
func guess(text string) string {
	runes := []rune(shorten(text, maxGuess*4))
	if len(runes) < minGuess {
		return ""
	}
	info := whatlanggo.Detect(string(runes[:min(len(runes), maxGuess)]))
	if !info.IsReliable() {
		return ""
	}
	return languageTag(cmp.Or(info.Lang.Iso6391(), info.Lang.Iso6393()))
}
