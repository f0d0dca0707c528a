package dedup

import (
	"bytes"
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A word is kept up to so many bytes. What is longer is no word, and still one
// token.
const maxWord = 64

// token is one word of a text, or two neighbouring characters of a script that
// has no spaces between words.
type token struct {
	hash   uint64 // of the word as it stands, in lower case
	stem   uint64 // of the word without its ending
	number uint64 // of the figure that the word begins with, or 0
	sense  sense
}

// tokenizer cuts text into tokens, up to a limit. Text may come in pieces: a
// word ends where a piece says so, not where the piece ends.
type tokenizer struct {
	tokens []token
	limit  int

	word       []byte
	mark       byte // a full stop or comma after a digit, which a digit may follow
	apostrophe bool // ended the word before
	possessive bool // an apostrophe joins the word to the one before
	before     rune // the last character of a script without spaces, or 0
	alone      bool // and it is in no token yet
}

// reset makes t ready for another text. The memory of the last one is used
// again.
func (t *tokenizer) reset(limit int) {
	*t = tokenizer{tokens: slices.Grow(t.tokens[:0], limit), limit: limit, word: slices.Grow(t.word[:0], maxWord+utf8.UTFMax)}
}

// title returns the first tokens of plain text, until the next reset.
func (t *tokenizer) title(text string, limit int) []token {
	t.reset(limit)
	t.add(text)
	t.end()
	return t.tokens
}

// body returns the first tokens of texts in safe HTML, until the next reset.
func (t *tokenizer) body(texts []string, limit int) []token {
	t.reset(limit)
	for _, markup := range texts {
		t.addHTML(markup)
		t.end()
	}
	return t.tokens
}

func (t *tokenizer) full() bool { return len(t.tokens) >= t.limit }

// add goes on with a piece of text.
func (t *tokenizer) add(text string) {
	for len(text) > 0 && !t.full() {
		if n := t.letters(text); n > 0 {
			text = text[n:]
			continue
		}
		r, size := rune(text[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text)
		}
		text = text[size:]
		t.character(r)
	}
}

// letters goes on with the ASCII letters that a text begins with, and returns how
// many they are.
func (t *tokenizer) letters(text string) int {
	n := 0
	for n < len(text) && isLetter(text[n]) {
		n++
	}
	if n == 0 {
		return 0
	}
	if t.mark != 0 {
		t.end()
	}
	t.begin()
	for i := range min(n, max(0, maxWord-len(t.word))) {
		t.word = append(t.word, text[i]|0x20)
	}
	return n
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (t *tokenizer) character(r rune) {
	if r >= '！' && r <= '～' { // full width forms of ASCII
		r -= '！' - '!'
	}
	switch {
	case 'a' <= r && r <= 'z':
		t.letter(r)
	case r == ' ':
		t.end()
	case 'A' <= r && r <= 'Z':
		t.letter(r + 'a' - 'A')
	case '0' <= r && r <= '9':
		t.digit(r)
	case (r == '.' || r == ',') && t.mark == 0 && endsInDigit(t.word):
		t.mark = byte(r)
	case r == '\'' || r == '’' || r == 'ʼ':
		joins := len(t.word) > 0 && t.mark == 0
		t.end()
		t.apostrophe = joins
	case r < utf8.RuneSelf:
		t.end()
	case unspaced(r):
		t.endWord()
		t.pair(r)
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
		t.letter(unicode.ToLower(r))
	case unicode.Is(unicode.Cf, r):
		// A soft hyphen, or a hint on how to join letters.
	default:
		t.end()
	}
}

func (t *tokenizer) letter(r rune) {
	if t.mark != 0 {
		t.end()
	}
	t.begin()
	if len(t.word) < maxWord {
		t.word = utf8.AppendRune(t.word, r)
	}
}

func (t *tokenizer) digit(r rune) {
	t.begin()
	if t.mark != 0 && len(t.word) < maxWord {
		t.word = append(t.word, t.mark)
	}
	t.mark = 0
	if len(t.word) < maxWord {
		t.word = append(t.word, byte(r))
	}
}

func (t *tokenizer) begin() {
	if len(t.word) == 0 {
		t.endPairs()
		t.possessive = t.apostrophe
	}
	t.apostrophe = false
}

// pair goes on with a character of a script without spaces.
func (t *tokenizer) pair(r rune) {
	if t.before != 0 {
		t.token(utf8.AppendRune(utf8.AppendRune(t.word[:0], t.before), r))
	}
	t.alone = t.before == 0
	t.before = r
}

// end says that no word goes on here.
func (t *tokenizer) end() {
	t.endWord()
	t.endPairs()
}

func (t *tokenizer) endWord() {
	if len(t.word) > 0 && !(t.possessive && string(t.word) == "s") {
		t.token(t.word)
	}
	t.word = t.word[:0]
	t.mark, t.apostrophe, t.possessive = 0, false, false
}

func (t *tokenizer) endPairs() {
	if t.alone {
		t.token(utf8.AppendRune(t.word[:0], t.before))
	}
	t.before, t.alone = 0, false
}

func (t *tokenizer) token(word []byte) {
	if t.full() {
		return
	}
	n, y := stemOf(word)
	stem := fnv(fnvOffset, word[:n])
	hash := mix(fnv(stem, word[n:]))
	if y {
		stem = fnv(stem, []byte{'y'})
	}
	tok := token{hash: hash, stem: mix(stem), sense: senses.of(word, hash)}
	if figure := figureOf(word); len(figure) > 0 {
		tok.stem, tok.number = hash, hashOfFigure(figure)
	}
	t.tokens = append(t.tokens, tok)
}

// figureOf returns the figure that a word begins with: of "2.5bn" 2.5.
func figureOf(word []byte) []byte {
	n := 0
	for n < len(word) && (word[n] >= '0' && word[n] <= '9' || n > 0 && (word[n] == '.' || word[n] == ',')) {
		n++
	}
	return word[:n]
}

func endsInDigit(word []byte) bool {
	return len(word) > 0 && word[len(word)-1] >= '0' && word[len(word)-1] <= '9'
}

// stemOf returns how much of a word is its stem, and whether a y belongs to
// it. It knows the commonest endings of English; that is enough for titles.
func stemOf(word []byte) (n int, y bool) {
	n = len(word)
	switch {
	case n > 4 && bytes.HasSuffix(word, []byte("ies")):
		return n - 3, true
	case n > 5 && bytes.HasSuffix(word, []byte("ing")):
		return n - 3, false
	case n > 4 && bytes.HasSuffix(word, []byte("ed")):
		return n - 2, false
	case n > 3 && word[n-1] == 's' && word[n-2] != 's':
		return n - 1, false
	}
	return n, false
}

// unspaced reports whether r is of a script without spaces between words:
// those of China and Japan, and of Southeast Asia between India and China.
func unspaced(r rune) bool {
	switch {
	case r < '\u0E00':
		return false
	case r < '\u1800':
		return unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
	case r < '\u2E80':
		return false
	}
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// hashOf is FNV-1a, with its bits mixed: the smallest of such hashes are as
// good as drawn by lot.
func hashOf(word []byte) uint64 { return mix(fnv(fnvOffset, word)) }

const fnvOffset = 14695981039346656037

// fnv goes on with an FNV-1a.
func fnv(h uint64, text []byte) uint64 {
	for _, c := range text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// hashOfFigure is that of a figure without the commas between its digits.
func hashOfFigure(figure []byte) uint64 {
	h := uint64(fnvOffset)
	for part := range bytes.SplitSeq(figure, []byte(",")) {
		h = fnv(h, part)
	}
	return mix(h)
}

// mix makes every bit of the result depend on every bit of x.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// inOrder hashes neighbouring tokens.
func inOrder(a, b, c uint64) uint64 {
	return mix(a + bits.RotateLeft64(b, 21) + bits.RotateLeft64(c, 42))
}
