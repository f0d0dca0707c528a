package normalize

import (
	"time"
	"unicode"
)

// How fast people read: words, and the characters of scripts without spaces.
const (
	wordsPerMinute      = 265
	charactersPerMinute = 500
)

// readingTime is at least a minute, or zero without text.
func readingTime(text string) time.Duration {
	words, characters := 0, 0
	inWord := false
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			characters++
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				words++
			}
			inWord = true
		case unicode.IsSpace(r) || r == '—' || r == '–':
			inWord = false
		}
	}
	if words+characters == 0 {
		return 0
	}
	minutes := float64(words)/wordsPerMinute + float64(characters)/charactersPerMinute
	return max(time.Minute, time.Duration(minutes*float64(time.Minute)).Round(time.Second))
}
