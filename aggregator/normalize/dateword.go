package normalize

import (
	"strings"
	"sync"
	"time"
)

// dateWord is what a word of a date means; without month and weekday it is
// one of the small words that say nothing.
type dateWord struct {
	month   time.Month // 0: no month
	weekday int        // 1 is Sunday, 0: no weekday
}

// lookupDateWord finds the longest beginning of a word that has a meaning:
// months are declined and shortened in more ways than a list can hold.
func lookupDateWord(w string) (dateWord, bool) {
	known := dateWords()
	if _, small := known.small[w]; small {
		return dateWord{}, true
	}
	for end := len(w); end > 0; end-- {
		if m, ok := known.stems[w[:end]]; ok {
			return m, true
		}
	}
	return dateWord{}, false
}

type dateVocabulary struct {
	stems map[string]dateWord
	small map[string]struct{}
}

var dateWords = sync.OnceValue(func() dateVocabulary {
	v := dateVocabulary{stems: map[string]dateWord{}, small: map[string]struct{}{}}
	for i, stems := range monthStems {
		for stem := range strings.FieldsSeq(stems) {
			w := v.stems[stem]
			w.month = time.Month(i + 1)
			v.stems[stem] = w
		}
	}
	for i, stems := range weekdayStems {
		for stem := range strings.FieldsSeq(stems) {
			w := v.stems[stem]
			w.weekday = i + 1
			v.stems[stem] = w
		}
	}
	for w := range strings.FieldsSeq(smallWords) {
		v.small[w] = struct{}{}
	}
	return v
})

// monthStems are what months begin with, folded as foldDate does. A beginning
// that is one month here and another there (Croatian "lipanj", "srpanj" and
// "listopad" beside Polish and Czech) is not in the list, or goes to the
// language that has far more sources.
var monthStems = [12]string{
	"jan ian gen ene jaan sty led oca tammi янв яну јан січ ιαν يناير ינו जन",
	"feb fev lut uno subat helmi veeb peb фев феб лют φεβ فبراير פבר फर फ़र",
	"mar martie maa mrz mrt bre мар бер μαρ مارس מרץ मार्च",
	"apr avr abr kwi dub nis huhti апр кві απρ ابريل אפר अप्रै",
	"may mai maj mag mei kve touko маи мая мај трав μαι μαη مايو מאי मई",
	"jun juin juun giu iun cze cerven cervn cvn kes haz июн јун юни черв ιουν يونيو יוני जून",
	"jul juil juul lug iul lip cervenec cervenc cvc hei tem июл јул юли лип ιουλ يوليو יולי जुल",
	"aug aou ago ag agt avg sie srpen srpna elo авг серп αυγ اغسطس אוג अग",
	"sep set szept wrz zar eyl syys сен сеп вер σεπ سبتمبر ספט सित",
	"oct okt ott out paz rij eki loka окт жов οκτ اكتوبر אוק अक्ट अक्त",
	"nov nop noi lis kas marras ноя ное нов лис νοε نوفمبر נוב नव",
	"dec dez dic des dets gru pro ara joulu дек дец груд δεκ ديسمبر דצמ दिस",
}

// weekdayStems are what weekdays begin with, Sunday first.
var weekdayStems = [7]string{
	"sun son dim dom sonn zon sunn niedz nedel nedele vasar duminic диманш воскр вс неділ недел недељ κυρ minggu pazar paz الاحد रवि diumenge",
	"mon mont lun maand maan man pon hetf senin pazart lundi понед пн δευ الاثنين सोम dilluns",
	"tue mard marte marti mar dien dins tis tir ter wto ute kedd tiis selasa sal втор вт вівт τρι الثلاثاء मंगल dimarts",
	"wed mer mie sre mitt woe ons qua sro str stred szer rabu carsam kesk сред ср серед τετ الاربعاء बुध dimecres",
	"thu jeu jue gio donn dond tors qui czw ctv stv csut kamis persem четв чт πεμ الخميس गुरु dijous",
	"fri ven vin vie frei fre vrij sex pia pat pet pentek jumat cuma perj пятн пт пет παρ الجمعة शुक्र divendres",
	"sat sam sab sams zat sob szom sabtu cumart lau lor суб сб σαβ السبت शनि dissabte",
}

// smallWords say nothing, among them the weekdays of two letters that are one
// day here and another there.
const smallWords = `
of the at on st nd rd th de del d el le les den der am um le den die las la a o er om kl klo ore as i в
г года год р року r roku rok godz year 日 일 号 號 日付 ב
so mo di mi do fr sa zo ma wo vr za su ti ke to pe ne po ut st ct pa pi wt sr cz pt nd нд чет so lo on lu ju vi
tor don din ned cet cetrtek mit die seg terca quarta quinta sexta segunda feira sabado dl dt dc dj dv dg ds sze cs szo hetfo cum per car pzt cmt
יום ראשון שני שלישי רביעי חמישי שישי שבת κ t`
