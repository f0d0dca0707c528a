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

// lookupDateWord finds a word, or else its longest beginning that has a
// meaning with any end.
func lookupDateWord(w string) (dateWord, bool) {
	known := dateWords()
	if m, ok := known.words[w]; ok {
		return m, true
	}
	for end := len(w); end > 0; end-- {
		if m, ok := known.stems[w[:end]]; ok {
			return m, true
		}
	}
	return dateWord{}, false
}

type dateVocabulary struct {
	words map[string]dateWord
	stems map[string]dateWord
}

var dateWords = sync.OnceValue(func() dateVocabulary {
	v := dateVocabulary{words: map[string]dateWord{}, stems: map[string]dateWord{}}
	for w := range strings.FieldsSeq(smallWords) {
		v.words[w] = dateWord{}
	}
	for i, list := range monthWords {
		v.add(list, dateWord{month: time.Month(i + 1)})
	}
	for i, list := range weekdayWords {
		v.add(list, dateWord{weekday: i + 1})
	}
	return v
})

// add takes in a list of words. A word may be a month and a weekday.
func (v dateVocabulary) add(list string, meaning dateWord) {
	for w := range strings.FieldsSeq(list) {
		into := v.words
		if stem, ok := strings.CutSuffix(w, "*"); ok {
			w, into = stem, v.stems
		}
		m := into[w]
		into[w] = dateWord{month: max(m.month, meaning.month), weekday: max(m.weekday, meaning.weekday)}
	}
}

// monthWords are the names of months, folded as foldDate does; a star stands
// for any end, as months are declined in many ways. A name that is one month
// here and another there (listopad) is that of the languages that have far
// more sources.
var monthWords = [12]string{
	`jan janu* jana* janv* janei* jaan jaanu* ian ianu* gen genna* gener ene enero xan xanei* yan yanv* sty stycz* led leden ledna lednu oca ocak* tammi* sij sijec* saus saus*
	 янв янва* јан јану* ян яну* січ січ* студз* ιαν ιανου* يناير جانفي ژانویه جنوری ינו ינואר* जन जनवरी জানু*`,
	`feb febr* febu* febb* fev fevr* fever* lut lute* luty uno unor* sub subat* helmi* veebr* peb pebr* velj* vas vasar* shkurt
	 фев февр* фебр* феб лют лют* φεβ φεβρ* فبراير شباط فيفري فوریه فروری פבר פברואר* फर फरवरी फ़र फ़रवरी ফেব*`,
	`mar march marc marca marcius* marco marec maret maart mars marso mart marta martie marts marz marzo marzec maer maerz mrz mrt maa maalis* bre brez* ozu ozuj* kov kovo mac
	 мар март* бер берез* сакав* μαρ μαρτ* μαω مارس اذار مارچ מרץ मार्च মার্চ`,
	`apr apri* apre* abr abri* avr avri* kwi kwie* dub duben dubna dubnu nis nisan* huhti* tra travnj* travanj bal baland* prill
	 апр апре* апри* кві квіт* красав* απρ απρι* ابريل افريل نيسان اوریل اپریل אפר אפריל* अप्रै* এপ্রি*`,
	`may mayi* mayo mai maio maies maj maij* maja maje maji* maju majus* maig mag maggio mauj* mei kve kvet* touko* svi svib* geg geguz*
	 маи мая мае мај маја тра трав* трау* μαι μαι* μαη مايو ايار ماي مه می ميی מאי मई মে`,
	`jun june juni junie junij* juniu* junis junio junius* juno junho juny juin juun juuni* juna hun hunyo iun iuni* iyun* giu giug* cze czerw* cerven cervna cervnu cvn kes kesa* haz hazir* lipnj* lipanj birz* xuno qershor
	 июн июн* юни јун јуна јуни чер черв* чэрв* ιουν ιουν* ιον يونيو يونيه حزيران جوان ژوين جون יוני जून জুন`,
	`jul july juli julai julie julij* juliu* julio juliol julius* julho julis juil juill* juul juuli* jula hul hulyo iul iuli* iyul* lug lugl* lip lipc* lipie* cervenec cervenc* cvc hei heina* tem temm* srpanj srpnj* liep* xullo korrik
	 июл июл* юли јул јула јули лип липн* липе* ліпен* ιουλ ιουλ* ιολ يوليو يوليه تموز جويليه جويلية ژويیه جولايی יולי जुल जुला* জুলাই`,
	`aug augu* aou aout ago agos* ag agu agust* agt avg avgu* avq avqu* sie sierp* srpen srpna srpnu elo elok* kol kolov* rugp* ogos gusht
	 авг авгу* сер серп* жніу* αυγ αυγο* اغسطس اب اوت اگست אוג אוגוסט* अग अगस्त আগস্ট`,
	`sep sept* set sete* sett sette* setye* senty* szept* wrz wrzes* zar zari* eyl eylu* syys* ruj rujn* rugs* shtator
	 сен сент* сеп септ* вер верас* верес* σεπ σεπτ* سبتمبر ايلول سپتامبر ستمبر ספט ספטמבר* सित सित* সেপ্টে*`,
	`oct octob* octb* octom* octu* okt okto* oktu* okty* out outu* ott otto* paz pazdz* rij rijen rijn* eki ekim* loka* spal* tetor
	 окт октя* окто* жов жовт* кастр* οκτ οκτω* اكتوبر اکتبر اکتوبر אוק אוקטובר* अक्ट* अक्तू* অক্টো*`,
	`nov nove* novm* novi* noy noya* nop nope* nob nobye* noi noie* lis listop* kas kasim* marras* lapkr* stu stude* nentor
	 ноя нояб* ное ноем* нов нове* лис лист листоп* лістап* νοε νοεμ* نوفمبر نوامبر نومبر נוב נובמבר* नव नवं* नवम* নভে*`,
	`dec dece* decm* dez deze* dic dicie* dicem* des dese* dets* dek deka* dis dise* disye* gru grud* gruo* pro prosi* ara aral* joulu* dhjetor
	 дек дека* деке* дец деце* гру груд* снеж* δεκ δεκε* ديسمبر دسامبر دسمبر דצמ דצמבר* दिस दिसं* दिसम* ডিসে*`,
}

// weekdayWords are the names of weekdays in the same way, Sunday first.
var weekdayWords = [7]string{
	`sun sun* son sonnt* dim diman* dom domin* domen* zon zond* sond* søn sønd* niedz* nedel* nedjel* ned vasarn* duminic* minggu min paz pazar diumen* sekmad* svetd* puhap* linggo ahad
	 вс воскр* неділ* недел* недељ* нядз* нед κυρ κυρι* الاحد یکشنبه रवि* রবি*`,
	`mon mon* lun lund* luned* lunes luns luni maan maand* maanan* man mand* manud* pon pond* ponied* poned* hetf* senin sen segun* seg pazart* pzt dillun* pirmad* pirmd* esmasp* isnin
	 пн пон понед* паняд* δευ δευτ* الاثنين دوشنبه सोम* সোম*`,
	`tue tue* mar mard* marte* marti di dien* dins* tis tisd* tir tirs* terca* ter ute uter* utor* uto wto wtor* tor tork* torek kedd* tiist* selasa sel sal sali dimarts antrad* otrd* teisip* þri*
	 вт втор* вів* ауто* уто утор* τρι τριτ* الثلاثاء سهشنبه मंगल* মঙ্গল*`,
	`wed wed* wendes* wensd* mer merc* merk* mier* mie miyer* sre sred* srij* sri mitt* miðv* woe woen* ons onsd* qua quar* sro srod* streda str stred* szer* rabu rab cars* car kesk* dimecr* treciad* tresd* kolmap*
	 ср сред* сряд* серед* τετ τετα* الاربعاء چهارشنبه बुध* বুধ*`,
	`thu thu* thrus* jeu jeud* jue juev* gio giov* donn* don dond* tors* tor qui quin* czw* ctv* cet cetv* cetr* stv* csut* kamis khamis kam persem* per joi dijous ketvirt* ceturtd* neljap* fimmt* huweb* xov*
	 чт четв* чет чацв* πεμ πεμπ* الخميس پنجشنبه गुरु* বৃহ*`,
	`fri fri* ven vend* vener* venr* vie viern* vin viner* fre freit* freda* vri vrij* vry* sex sext* piat* pia pat patek* petak pet petek* petk* pent* jumat* jumaa* jum cuma cum perj* divend* penktad* piektd* reede fostud* biyer*
	 пт пят* петък* пет петак* παρ παρα* الجمعة جمعه शुक्र* শুক্র*`,
	`sat sat* sam samed* samst* sonnab* sab sabad* sabat* sabt* sams* zat zater* sob sobot* szo szom* sub subot* lor lord* lør lørd* lau laup* lauan* laug* sambat* cumart* cmt dissab* sestad* sestd*
	 сб суб* събот* сабот* σαβ σαββ* السبت شنبه शनि* শনি*`,
}

// smallWords say nothing, among them the weekdays of two letters that are one
// day here and another there.
const smallWords = `
t of the at on by date time last published posted updated created modified st nd rd th
de del d l el le les den der am um om il o er a as las alle ora ore kl klo kello u v i m saat godz pukul luc ngay nam
publie publicado pubblicato veroffentlicht stand опубликовано в о г года год р року r roku rok year 日 일 号 號 στις الساعة
so mo di mi do fr sa zo ma wo vr za su ti ke to pe ne po ut ct pa pi wt sr cz pt нд lo lu ju vi jo du la an tr kt pn sk pr h k p
tors mit die feira dl dt dc dj dv dg ds sze cs п ятниця יום ראשון שני שלישי רביעי חמישי שישי שבת κ`
