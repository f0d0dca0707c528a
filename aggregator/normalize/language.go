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

	// settled is how many guesses of one language settle the language of a
	// document, if they are nine of ten.
	settled = 5

	// maxUnsure is how many texts of a document may be looked at letter by
	// letter in vain: what is in its texts then is no prose.
	maxUnsure = 5
)

// tagged is a language as it was written last, and its tag: most items of a
// document are in one.
type tagged struct{ written, tag string }

// languageOf returns the language of an item: what the nearest element says,
// else a safe guess from its text.
func (d *document) languageOf(item *parse.Item, text string) string {
	for _, written := range []string{item.Content.Lang, item.Summary.Lang, item.Title.Lang, item.Lang, d.header.Lang} {
		if written == "" {
			continue
		}
		if written == parse.NoLanguage {
			break
		}
		if written != d.language.written {
			d.language = tagged{written, languageTag(written)}
		}
		if d.language.tag != "" {
			return d.language.tag
		}
	}
	sample := languageSample(text)
	tag := byCommonWords(sample)
	if tag == "" {
		if tag = d.settledLanguage(); tag != "" {
			return tag
		}
		if sample != "" && d.unsure < maxUnsure {
			if tag = byLetters(sample); tag == "" {
				d.unsure++
			}
		}
	}
	if tag != "" {
		d.guessed[tag]++
	}
	return tag
}

// settledLanguage returns the language of most of the document, or "" as long
// as that is open.
func (d *document) settledLanguage() string {
	all := 0
	for _, times := range d.guessed {
		all += times
	}
	for tag, times := range d.guessed {
		if times >= settled && times*10 >= all*9 {
			return tag
		}
	}
	return ""
}

// languageSample returns the beginning of a text long enough to tell its
// language, or "".
func languageSample(text string) string {
	n := 0
	for i := range text {
		if n == maxGuess {
			return text[:i]
		}
		n++
	}
	if n < minGuess {
		return ""
	}
	return text
}

// byLetters returns the language of a sample by the letters that follow each
// other in it, or "" where that is not sure. It costs more than all else of an
// entry.
func byLetters(sample string) string {
	info := whatlanggo.Detect(sample)
	if !info.IsReliable() {
		return ""
	}
	return languageTag(cmp.Or(info.Lang.Iso6391(), info.Lang.Iso6393()))
}
