package normalize

import (
	"strings"
	"unicode"
)

// commonWords are words that much of any text consists of, in the languages
// that most news are written in and in those that share words with them.
var commonWords = [...]struct{ language, words string }{
	{"en", `the of and to in is that for it was with as on be by this are from at not have has you we they but or an will can your which
		its how more their our who what about been`},
	{"de", `der die und das den von zu mit ist im des sich auf für nicht ein eine als auch dem es an werden aus er hat bei sie ich wie wird
		nach einer um am sind noch über`},
	{"fr", `le la les de des et en du un une que est dans pour qui sur pas au par plus ce avec il se sont ne nous vous aux cette ont mais`},
	{"es", `el la los las de que y en del un una se con por para no es al lo como más su pero ha este son sus entre`},
	{"it", `il di che e la per un è in del non una della le si da con sono al dei gli come più nel anche alla ha delle`},
	{"pt", `o de que e do da em um para com não uma os no se na por mais as dos como mas ao das foi é pela pelo são`},
	{"nl", `de het een van en in is dat op te zijn met voor niet aan er ook om als bij maar uit door wordt naar die`},
	{"af", `die van het en is in te op nie dat met vir aan wat ook by sy maar deur word na om`},
	{"sv", `och att det som en på är av för med den till ett om har inte de från var men vi kan jag`},
	{"da", `og at det er en til af på for med den der som de har et ikke om fra blev kan men var vi jeg sig også`},
	{"nb", `og det er en til av på for med som at har den ikke et om fra ble kan men var vi de jeg seg også`},
}

// commonIn tells the languages, by their place in commonWords, in which a word
// is common.
var commonIn = func() map[string][]int {
	in := map[string][]int{}
	for i, l := range commonWords {
		for word := range strings.FieldsSeq(l.words) {
			in[word] = append(in[word], i)
		}
	}
	return in
}()

// byCommonWords returns the language whose common words stand in a text, or ""
// where that is not sure: they are a sixth of all words, and those of no other
// language are half as many.
func byCommonWords(text string) string {
	var found [len(commonWords)]int
	words := 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		words++
		for _, language := range commonIn[word] {
			found[language]++
		}
	}
	first, second := 0, 0
	for i, n := range found {
		if n > found[first] {
			first = i
		}
	}
	for i, n := range found {
		if i != first {
			second = max(second, n)
		}
	}
	if n := found[first]; n < 4 || n < words/6 || n < 2*second {
		return ""
	}
	return commonWords[first].language
}
