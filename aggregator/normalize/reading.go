package normalize

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// How fast people read: words, and characters of the scripts of China and
// Japan, which have no spaces. Those of Southeast Asia have none between words
// either; of their letters about five are a word.
const (
	wordsPerMinute      = 265
	charactersPerMinute = 500
	lettersPerWord      = 5
)

// readingTime is at least a minute, or zero without text.
func readingTime(text string) time.Duration {
	words, letters, characters := count(text)
	if words+letters+characters == 0 {
		return 0
	}
	minutes := (float64(words)+float64(letters)/lettersPerWord)/wordsPerMinute + float64(characters)/charactersPerMinute
	return max(time.Minute, time.Duration(minutes*float64(time.Minute)).Round(time.Second))
}

// count counts words, the letters of scripts that have no spaces between words,
// and the characters of those that have no letters.
func count(text string) (words, letters, characters int) {
	inWord := false
	for i := 0; i < len(text); {
		if i+8 <= len(text) {
			if o := octetsAt(text, i); o.areASCII() {
				begin, within := o.countWords(inWord)
				words, inWord = words+begin, within
				i += 8
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		wasInWord := inWord
		switch {
		case 'a' <= r && r <= 'z':
			inWord = true
		case r == ' ':
			inWord = false
		case isCharacter(r):
			characters++
			inWord = false
		case isUnspacedLetter(r):
			letters++
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			inWord = true
		case unicode.IsSpace(r) || r == '—' || r == '–':
			inWord = false
		}
		if inWord && !wasInWord {
			words++
		}
	}
	return words, letters, characters
}

// isCharacter reports whether r is of the scripts of China or Japan, none of
// which has characters below the radicals. The mark of a long vowel is of two.
func isCharacter(r rune) bool {
	return r >= '\u2E80' && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー' || r == 'ｰ')
}

// isUnspacedLetter reports whether r is of a script of Southeast Asia that has
// no spaces between words. They all stand between those of India and China.
func isUnspacedLetter(r rune) bool {
	return r >= '\u0E00' && r < '\u1800' && unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
