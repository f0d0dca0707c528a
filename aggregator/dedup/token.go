package dedup

import (
	"bytes"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
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

// sense is what a word is good for.
type sense byte

const (
	telling sense = iota
	common        // a stop word: says nothing by itself
	label         // says what kind of item it is, not what happened
)

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

func newTokenizer(limit int) tokenizer {
	return tokenizer{tokens: make([]token, 0, limit), limit: limit, word: make([]byte, 0, maxWord+utf8.UTFMax)}
}

// titleTokens returns the first tokens of plain text.
func titleTokens(text string, limit int) []token {
	t := newTokenizer(limit)
	t.add([]byte(text))
	t.end()
	return t.tokens
}

// bodyTokens returns the first tokens of texts in safe HTML.
func bodyTokens(texts []string, limit int) []token {
	t := newTokenizer(limit)
	for _, markup := range texts {
		t.addHTML(markup)
		t.end()
	}
	return t.tokens
}

// addHTML goes on with a piece of HTML.
func (t *tokenizer) addHTML(markup string) {
	z := html.NewTokenizer(strings.NewReader(markup))
	for !t.full() {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			t.add(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); !withinWords[string(name)] {
				t.end()
			}
		}
	}
}

// withinWords are the elements that may begin and end within a word. All
// others separate words.
var withinWords = setOf(`a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup u var wbr`)

func (t *tokenizer) full() bool { return len(t.tokens) >= t.limit }

// add goes on with a piece of text.
func (t *tokenizer) add(text []byte) {
	for len(text) > 0 && !t.full() {
		r, size := rune(text[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text)
		}
		text = text[size:]
		t.character(r)
	}
}

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
	hash := hashOf(word)
	tok := token{hash: hash, stem: hash, sense: senses[string(word)]}
	if figure := figureOf(word); len(figure) > 0 {
		tok.number = hashOf(bytes.ReplaceAll(figure, []byte(","), nil))
	} else if n, y := stemOf(word); n < len(word) {
		tok.stem = hashOf(word[:n])
		if y {
			tok.stem = hashOf(append(bytes.Clone(word[:n]), 'y'))
		}
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
func hashOf(word []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range word {
		h = (h ^ uint64(c)) * 1099511628211
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

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// senses has the words that are not telling.
var senses = func() map[string]sense {
	all := map[string]sense{}
	for word := range setOf(stopWords) {
		all[word] = common
	}
	for word := range setOf(labels) {
		all[word] = label
	}
	return all
}()

// labels are words that editors put before a title.
const labels = `live update updates updated video videos watch listen breaking exclusive opinion analysis photo photos picture
	pictures gallery podcast explainer explained correction corrected editorial recap liveblog blog newsletter
	eilmeldung liveticker kommentar direct vidéo último última hora vivo diretta`

// stopWords are the commonest words of the languages that most news of Europe
// and the Americas are written in.
const stopWords = `
	a about after again all also an and any are as at be because been before but by can could did do does for from had has have he her
	here his how if in into is it its just may more most new no not now of off on one or other our out over said say says she should so
	some than that the their them then there these they this to under up us was we were what when where which while who why will with
	would you your s t
	der die das den dem des ein eine einen einem einer und oder aber mit von vom zu zum zur im ist sind war wird werden auf für nicht auch
	als an am aus bei nach über um noch nur wie was sich sie er es wir ich hat haben
	le la les l d un une de du et ou en dans pour par sur avec sans est sont été être pas plus que qui ce cette ces son sa ses leur au aux il
	elle ils nous vous se ne
	el los las una unos unas del al y o por para con sin es son fue ser no más su sus lo que como pero este esta entre ha
	il lo gli i uno di dei delle della dello da dal nel nella con su per tra fra e ed è che non più come sono si anche ma
	os as um uma do dos das na nos nas em ao com mais não é foi ser seu sua pelo pela
	het een van op te dat die voor zijn met niet aan er ook bij maar uit door naar wordt heeft
	och att det som på är av för den till ett om har inte de från var men vi i
	og at til ikke et den blev kan jeg sig også ble
	w z na się nie że jest do od po dla o i jak przez za oraz są był
	и в во не на с со что по к из у от за о для как это его она они но а же при был
	та і й що з до від про як у за це`
