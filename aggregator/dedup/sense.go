package dedup

import "strings"

// sense is what a word is good for.
type sense byte

const (
	telling sense = iota
	common        // a stop word: says nothing by itself
	label         // says what kind of item it is, not what happened
)

// senses has the words that are not telling.
var senses = func() *lexicon {
	l := new(lexicon)
	l.add(labels, label)
	l.add(stopWords, common)
	return l
}()

// lexicon finds words by their hashes, which whoever asks has already.
type lexicon struct {
	words []knownWord
	at    [1 << 10]uint16 // behind which of the words one is, at the place of its hash or behind it; 0: none
}

type knownWord struct {
	word  string
	sense sense
}

// add gives a sense to those of some words that have none yet.
func (l *lexicon) add(words string, sense sense) {
	for word := range strings.FieldsSeq(words) {
		if i, known := l.find([]byte(word), hashOf([]byte(word))); !known {
			l.words = append(l.words, knownWord{word, sense})
			l.at[i] = uint16(len(l.words))
		}
	}
}

// of returns the sense of a word with a hash.
func (l *lexicon) of(word []byte, hash uint64) sense {
	if i, known := l.find(word, hash); known {
		return l.words[l.at[i]-1].sense
	}
	return telling
}

// find returns the place of a word, or where it would be.
func (l *lexicon) find(word []byte, hash uint64) (place int, known bool) {
	for i := int(hash % uint64(len(l.at))); ; i = (i + 1) % len(l.at) {
		switch n := l.at[i]; {
		case n == 0:
			return i, false
		case l.words[n-1].word == string(word):
			return i, true
		}
	}
}

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
