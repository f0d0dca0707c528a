package normalize_test

import (
	"slices"
	"strings"
	"testing"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// sentences say the same in several languages.
var sentences = map[string]string{
	"en": "The bridge over the river is open to traffic again after three years of work, and the city says that it will be free for all.",
	"de": "Die Brücke über den Fluss ist nach drei Jahren Arbeit wieder für den Verkehr offen, und die Stadt sagt, dass sie nichts kostet.",
	"fr": "Le pont sur le fleuve est ouvert à la circulation après trois ans de travaux, et la ville dit que le passage ne sera pas payant.",
	"es": "El puente sobre el río está abierto al tráfico después de tres años de obras, y la ciudad dice que no se pagará por el paso.",
	"it": "Il ponte sul fiume è aperto al traffico dopo tre anni di lavori, e la città dice che il passaggio non è a pagamento per chi vive qui.",
	"pt": "A ponte sobre o rio está aberta ao trânsito depois de três anos de obras, e a cidade diz que a passagem não é paga por quem mora aqui.",
	"nl": "De brug over de rivier is na drie jaar werk weer open voor het verkeer, en de stad zegt dat er niet voor betaald wordt door wie hier woont.",
	"sv": "Bron över floden är öppen för trafik igen efter tre års arbete, och staden säger att det inte kostar något för den som vill åka över.",
	"pl": "Most nad rzeką jest znów otwarty dla ruchu po trzech latach prac, a miasto mówi, że przejazd nie będzie płatny dla tych, którzy tu mieszkają.",
	"fi": "Joen ylittävä silta on jälleen avoinna liikenteelle kolmen vuoden työn jälkeen, ja kaupunki sanoo, ettei ylityksestä tarvitse maksaa.",
	"ru": "Мост через реку снова открыт для движения после трёх лет работ, и город сообщает, что проезд для жителей останется бесплатным.",
}

func TestLanguageOfEachText(t *testing.T) {
	for want, text := range sentences {
		if got := languages(text); got[0] != want {
			t.Errorf("%s is taken for %q", want, got[0])
		}
	}
}

func TestLanguageIsNotThatOfTheNeighbours(t *testing.T) {
	for not, text := range map[string]string{
		"sv": "Broen over elven er åpen for trafikk igjen etter tre års arbeid, og byen sier at det ikke koster noe for dem som gjerne vil kjøre over.",
		"nl": "Die brug oor die rivier is na drie jaar se werk weer oop vir verkeer, en die stad sê dat dit niks kos vir mense wat hier bly nie.",
		"es": "A ponte sobre o río está aberta ao tráfico despois de tres anos de obras, e a cidade di que non se paga por pasar para quen vive aquí.",
	} {
		if got := languages(text); got[0] == not {
			t.Errorf("%q is taken for %q", text, not)
		}
	}
}

func TestLanguageOfAMixedDocument(t *testing.T) {
	en, de, short := sentences["en"], sentences["de"], "Bridge open again."
	got := languages(en, en, de, short, en, de)
	if want := []string{"en", "en", "de", "", "en", "de"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLanguageOfShortTextsIsThatOfTheDocument(t *testing.T) {
	texts := append(slices.Repeat([]string{sentences["en"]}, 10), "Bridge open again.", sentences["de"], "Bridge closed again.")
	got := languages(texts...)
	if want := append(slices.Repeat([]string{"en"}, 11), "de", "en"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLanguageOfWhatIsNoText(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("https://example.org/news/2026 ", 5), strings.Repeat("12:30 ", 50), strings.Repeat("qwrt zxcv bnmp ", 10),
	} {
		if got := languages(text); got[0] != "" {
			t.Errorf("%q is taken for %q", text, got[0])
		}
	}
}

// languages are those of the entries of one document with these texts.
func languages(texts ...string) []string {
	items := make([]parse.Item, len(texts))
	for i, text := range texts {
		items[i].Summary.Value = text
	}
	entries, _ := normalize.Entries(source, parse.Header{}, items, now)
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.Language
	}
	return list
}
