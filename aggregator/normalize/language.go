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
)

// language returns the language of an item: what the nearest element says,
// else a safe guess from its text.
func (d *document) language(item *parse.Item, text string) string {
	for _, written := range []string{item.Content.Lang, item.Summary.Lang, item.Title.Lang, item.Lang, d.header.Lang} {
		if tag := languageTag(written); tag != "" {
			return tag
		}
	}
	runes := []rune(shorten(text, maxGuess*4))
	if len(runes) < minGuess {
		return ""
	}
	guess := whatlanggo.Detect(string(runes[:min(len(runes), maxGuess)]))
	if !guess.IsReliable() {
		return ""
	}
	return languageTag(cmp.Or(guess.Lang.Iso6391(), guess.Lang.Iso6393()))
}
