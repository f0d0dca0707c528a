package normalize_test

import (
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/normalize"
)

// TestDateMonths reads every month, as it is written in a date and alone, long
// and short. A dash is in the place of what is another month, or a weekday, in
// another language.
func TestDateMonths(t *testing.T) {
	for _, tt := range []struct{ language, months string }{
		{"en", "January February March April May June July August September October November December"},
		{"en", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"},
		{"de", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"},
		{"de", "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."},
		{"de", "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"},
		{"fr", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"},
		{"fr", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."},
		{"es", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"},
		{"es", "ene feb mar abr may jun jul ago sept oct nov dic"},
		{"it", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"},
		{"it", "gen feb mar apr mag giu lug ago set ott nov dic"},
		{"pt", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"},
		{"pt", "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."},
		{"nl", "januari februari maart april mei juni juli augustus september oktober november december"},
		{"nl", "jan feb mrt apr mei jun jul aug sep okt nov dec"},
		{"ru", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"},
		{"ru", "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"},
		{"ru", "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек."},
		{"ru", "янв. февр. март апр. май июнь июль авг. сент. окт. нояб. дек."},
		{"pl", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"},
		{"pl", "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"},
		{"pl", "sty lut mar kwi maj cze lip sie wrz paź lis gru"},
		{"cs", "ledna února března dubna května června července srpna září října listopadu prosince"},
		{"cs", "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec"},
		{"cs", "led úno bře dub kvě čvn čvc - zář říj lis pro"},
		{"el", "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου"},
		{"el", "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ"},
		{"hu", "január február március április május június július augusztus szeptember október november december"},
		{"hu", "jan. febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec."},
		{"sv", "januari februari mars april maj juni juli augusti september oktober november december"},
		{"sv", "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec."},
		{"da", "januar februar marts april maj juni juli august september oktober november december"},
		{"da", "jan. feb. mar. apr. maj jun. jul. aug. sep. okt. nov. dec."},
		{"nb", "januar februar mars april mai juni juli august september oktober november desember"},
		{"nb", "jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des."},
		{"nb", "jan feb mar apr mai jun jul aug sep okt nov des"},
		{"fi", "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"},
		{"fi", "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu"},
		{"fi", "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"},
		{"tr", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"},
		{"tr", "Oca - Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara"},
		{"ro", "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"},
		{"ro", "ian. feb. mar. apr. mai iun. iul. aug. sept. oct. nov. dec."},
		{"uk", "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"},
		{"uk", "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень"},
		{"uk", "січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд."},
		{"bg", "януари февруари март април май юни юли август септември октомври ноември декември"},
		{"sk", "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra"},
		{"sk", "január február marec apríl máj jún júl august september október november december"},
		{"sk", "jan feb mar apr máj jún júl aug sep okt nov dec"},
		{"ca", "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre"},
		{"ca", "gen. febr. març abr. maig juny jul. ag. set. oct. nov. des."},
		{"sl", "januar februar marec april maj junij julij avgust september oktober november december"},
		{"sl", "jan. feb. mar. apr. maj jun. jul. avg. sep. okt. nov. dec."},
		{"sr", "јануар фебруар март април мај јун јул август септембар октобар новембар децембар"},
		{"sr", "јан феб мар апр мај јун јул авг сеп окт нов дец"},
		{"sr-Latn", "januar februar mart april maj jun jul avgust septembar oktobar novembar decembar"},
		{"sr-Latn", "jan feb mar apr maj jun jul avg sep okt nov dec"},
		{"et", "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember"},
		{"et", "jaan veebr märts apr mai juuni juuli aug sept okt nov dets"},
		{"lv", "janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris"},
		{"lv", "janv. febr. marts apr. maijs jūn. jūl. aug. sept. okt. nov. dec."},
		{"id", "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"},
		{"id", "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des"},
		{"ar", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"},
		{"ar", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"},
		{"he", "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר"},
		{"he", "ינו׳ פבר׳ מרץ אפר׳ מאי יוני יולי אוג׳ ספט׳ אוק׳ נוב׳ דצמ׳"},
		{"hr", "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna - studenoga prosinca"},
		{"lt", "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio"},
		{"be", "студзеня лютага сакавіка красавіка траўня чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня"},
		{"is", "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember"},
		{"gl", "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro"},
		{"az", "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr"},
		{"ms", "Januari Februari Mac April Mei Jun Julai Ogos September Oktober November Disember"},
		{"fil", "Enero Pebrero Marso Abril Mayo Hunyo Hulyo Agosto Setyembre Oktubre Nobyembre Disyembre"},
		{"ar-Levant", "- شباط آذار نيسان أيار حزيران تموز آب أيلول - - -"},
		{"fa", "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"},
		{"ur", "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر"},
		{"bn", "জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর"},
		{"hi", "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"},
		{"hi", "जन॰ फ़र॰ मार्च अप्रैल मई जून जुल॰ अग॰ सित॰ अक्टू॰ नव॰ दिस॰"},
	} {
		for i, month := range strings.Fields(tt.months) {
			if month == "-" {
				continue
			}
			got, ok := normalize.Date("15 "+month+" 2020", now)
			if want := time.Date(2020, time.Month(i+1), 15, 0, 0, 0, 0, time.UTC); !ok || !got.Equal(want) {
				t.Errorf("%s: %s is %v, want %v", tt.language, month, got, want.Month())
			}
		}
	}
}

// TestDateWeekdays reads dates whose weekday alone tells the day from the
// month. A dash is in the place of what is another day in another language.
func TestDateWeekdays(t *testing.T) {
	for _, tt := range []struct{ language, weekdays string }{
		{"en", "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"},
		{"en", "Sun Mon Tues Wed Thurs Fri Sat"},
		{"de", "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"},
		{"fr", "dimanche lundi mardi mercredi jeudi vendredi samedi"},
		{"fr", "dim. lun. mar. mer. jeu. ven. sam."},
		{"es", "domingo lunes martes miércoles jueves viernes sábado"},
		{"it", "domenica lunedì martedì mercoledì giovedì venerdì sabato"},
		{"pt", "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"},
		{"ca", "diumenge dilluns dimarts dimecres dijous divendres dissabte"},
		{"ro", "duminică luni marți miercuri joi vineri sâmbătă"},
		{"nl", "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"},
		{"da", "søndag mandag tirsdag onsdag torsdag fredag lørdag"},
		{"sv", "söndag måndag tisdag onsdag torsdag fredag lördag"},
		{"is", "sunnudagur mánudagur þriðjudagur miðvikudagur fimmtudagur föstudagur laugardagur"},
		{"fi", "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai"},
		{"et", "pühapäev esmaspäev teisipäev kolmapäev neljapäev reede laupäev"},
		{"lv", "svētdiena pirmdiena otrdiena trešdiena ceturtdiena piektdiena sestdiena"},
		{"lt", "sekmadienis pirmadienis antradienis trečiadienis ketvirtadienis penktadienis šeštadienis"},
		{"pl", "niedziela poniedziałek wtorek środa czwartek piątek sobota"},
		{"cs", "neděle pondělí úterý středa čtvrtek pátek sobota"},
		{"sk", "nedeľa pondelok utorok streda štvrtok piatok sobota"},
		{"hr", "nedjelja ponedjeljak utorak srijeda četvrtak petak subota"},
		{"sl", "nedelja ponedeljek torek sreda četrtek petek sobota"},
		{"hu", "vasárnap hétfő kedd szerda csütörtök péntek szombat"},
		{"tr", "Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi"},
		{"ru", "воскресенье понедельник вторник среда четверг пятница суббота"},
		{"uk", "неділя понеділок вівторок середа четвер - субота"},
		{"bg", "неделя понеделник вторник сряда четвъртък петък събота"},
		{"sr", "недеља понедељак уторак среда четвртак петак субота"},
		{"el", "Κυριακή Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο"},
		{"id", "Minggu Senin Selasa Rabu Kamis Jumat Sabtu"},
		{"ar", "الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت"},
		{"fa", "یکشنبه دوشنبه سه\u200cشنبه چهارشنبه پنجشنبه جمعه شنبه"},
		{"hi", "रविवार सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार"},
	} {
		for i, weekday := range strings.Fields(tt.weekdays) {
			if weekday == "-" {
				continue
			}
			// The 7th of a month that is not July, on the weekday.
			want := time.Date(2020, time.January, 7, 0, 0, 0, 0, time.UTC)
			for int(want.Weekday()) != i || int(time.Date(2020, time.July, int(want.Month()), 0, 0, 0, 0, time.UTC).Weekday()) == i {
				want = want.AddDate(0, 1, 0)
			}
			s := weekday + ", " + want.Format("02/01/2006")
			if got, ok := normalize.Date(s, now); !ok || !got.Equal(want) {
				t.Errorf("%s: %s is %v, want %v", tt.language, s, got, want)
			}
		}
	}
}
