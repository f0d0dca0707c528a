package dedup_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// report is an invented article about an event of its own.
type report struct {
	title, other string // two headlines of the same event
	sentences    []string
}

func (r report) html() string { return paragraphs(r.sentences) }

// paragraphs makes one paragraph of two sentences each.
func paragraphs(sentences []string) string {
	var b strings.Builder
	for i := 0; i < len(sentences); i += 2 {
		fmt.Fprintf(&b, "<p>%s</p>\n", strings.Join(sentences[i:min(i+2, len(sentences))], " "))
	}
	return b.String()
}

// press writes reports.
type press struct{ *rand.Rand }

func newPress(seed uint64) press { return press{rand.New(rand.NewPCG(seed, 5))} }

func (p press) pick(list string) string {
	words := strings.Split(list, "|")
	return words[p.IntN(len(words))]
}

// name invents a name that no dictionary has.
func (p press) name() string {
	s := p.pick("Ba|Ve|Mo|Ka|Li|Tor|Dra|Sel|Na|Ru|Fi|Hol|Gre|Wen|Yo|Qua|Pel|Jor|Ser|Ald|Ost|Bri|Cal|Ema|Ul")
	for range 1 + p.IntN(2) {
		s += p.pick("ra|len|mir|do|vik|sen|tha|ri|go|nes|wick|bert|lo|ka|den|ster|mond|lia|fin|zar|tum|ning|ley|rov")
	}
	return s
}

func (p press) figure() string {
	switch p.IntN(3) {
	case 0:
		return fmt.Sprint(11 + p.IntN(880))
	case 1:
		return fmt.Sprintf("%d,%03d", 1+p.IntN(90), p.IntN(1000))
	}
	return fmt.Sprintf("%d.%d", 1+p.IntN(60), p.IntN(10))
}

const (
	nouns = `harbour|hospital|railway|school|bridge|stadium|library|refinery|dam|airport|museum|forest|factory|reservoir|tunnel|market|
		prison|clinic|terminal|shipyard|archive|orchard|mine|theatre|laboratory|cathedral|warehouse|canal|vineyard|quarry|observatory|depot`
	deeds = `closed|flooded|reopened|collapsed|expanded|inspected|sold|renamed|evacuated|damaged|restored|abandoned|rebuilt|occupied|
		surveyed|leased|privatised|dismantled|searched|insured|upgraded|relocated`
	kinds = `northern|temporary|historic|private|disputed|modern|crowded|rural|costly|independent|coastal|neglected|electric|military|
		underground|popular|outdated|public|narrow|remote|regional|wooden|ageing|profitable`
	bodies = `council|ministry|union|regulator|court|police|agency|commission|board|parliament|charity|foundation|institute|brigade|
		committee|embassy|chamber|federation|tribunal|syndicate`
	whens = `on Monday|on Tuesday|late on Friday|last month|over the weekend|at dawn|after midnight|this spring|within hours|
		before the hearing|two years ago|during the storm|in the summer|last autumn`
)

func (p press) report() report {
	who, else_, town := p.name()+" "+p.name(), p.name()+" "+p.name(), p.name()
	noun, deed, body := p.pick(nouns), p.pick(deeds), p.pick(bodies)
	expand := func(form string) string {
		var b strings.Builder
		for _, r := range form {
			switch r {
			case 'W':
				b.WriteString(who)
			case 'E':
				b.WriteString(else_)
			case 'T':
				b.WriteString(town)
			case '#':
				b.WriteString(p.figure())
			case 'N':
				b.WriteString(strings.TrimSpace(p.pick(nouns)))
			case 'D':
				b.WriteString(strings.TrimSpace(p.pick(deeds)))
			case 'K':
				b.WriteString(strings.TrimSpace(p.pick(kinds)))
			case 'B':
				b.WriteString(strings.TrimSpace(p.pick(bodies)))
			case '@':
				b.WriteString(strings.TrimSpace(p.pick(whens)))
			case 'X':
				b.WriteString(p.name())
			default:
				b.WriteRune(r)
			}
		}
		return b.String()
	}
	forms := []string{
		"the B of T said @ that the K N would be D at a cost of # million.",
		"a K N near T was D @, and # people had to leave their homes.",
		"“we have never seen a N D like this,” W told reporters @.",
		"E, who leads the B, called the plan K and asked for # more inspectors.",
		"witnesses from X described how the N was D while the B looked on.",
		"the K decision follows # complaints about the N, which was D @.",
		"neighbours of the N fear that a K road through X will follow.",
		"according to the B, no K N has been D in the region since the war.",
		"shares of X fell # percent @ as traders weighed the K report.",
		"W denied @ that the B had ever D the K documents.",
		"lawyers for E argued that a N of this kind cannot be D without consent.",
		"the first K results are expected @, a spokeswoman for the B said.",
		"in X, # kilometres to the north, a similar N was D @.",
		"engineers had warned of K cracks in the N as early as @.",
		"the B paid # to families whose K houses were D.",
		"W grew up in X and worked for the B before the N was D.",
		"a petition against the K N gathered # names @.",
		"it remains unclear whether the B or the K owners of the N must pay.",
		"rescuers D a K wall to reach the N, where # visitors were waiting.",
		"E promised that every N in T would be D by the B.",
		"students of X marched to the K N @ and sang outside the B.",
		"the weather made the K work harder: the N was D only @.",
		"critics of W point to the K N of X, which the B D @.",
		"a second N, smaller and more K, may be D next year.",
	}
	r := report{
		title: fmt.Sprintf("%s %s in %s after %s warns", strings.TrimSpace(noun), strings.TrimSpace(deed), town, strings.TrimSpace(body)),
		other: fmt.Sprintf("%s: what %s means for the %s", town, who, strings.TrimSpace(noun)),
	}
	p.Shuffle(len(forms), func(i, j int) { forms[i], forms[j] = forms[j], forms[i] })
	for _, f := range forms[:18] {
		s := expand(f)
		r.sentences = append(r.sentences, strings.ToUpper(s[:1])+s[1:])
	}
	r.sentences[0] = expand("T: the ") + strings.TrimSpace(noun) + expand(" of T was ") + strings.TrimSpace(deed) + expand(" @, W said.")
	return r
}

// edit is what another outlet does to a report that it takes over.
type edit struct {
	name string
	make func(p press, r report) (title, html string)
	most float64 // of the copies that may be missed
}

// edits are those of which the rule was measured on real articles.
var edits = []edit{
	{"full copy under a title with a suffix", func(_ press, r report) (string, string) { return r.title + " - The Daily Example", r.html() }, 0.03},
	{"dateline, byline and copyright", func(p press, r report) (string, string) {
		return r.title, fmt.Sprintf("<p>By %s %s, %s correspondent</p><p>CITY OF X, Nov 5 (Agency) — ", p.name(), p.name(), p.name()) + strings.Replace(r.html(), "<p>", "", 1) + "<p>© 2026 The Example Company. All rights reserved.</p>"
	}, 0.03},
	{"first five sentences", func(_ press, r report) (string, string) { return r.title, paragraphs(r.sentences[:5]) }, 0.03},
	{"teaser of 55 words", func(_ press, r report) (string, string) { return r.title, teaser(r, 55) }, 0.03},
	{"teaser of 30 words", func(_ press, r report) (string, string) { return r.title, teaser(r, 30) }, 0.03},
	{"3% of words edited, new headline", func(p press, r report) (string, string) { return r.other, p.edited(r, 0.03) }, 0.03},
	{"8% of words edited, new headline", func(p press, r report) (string, string) { return r.other, p.edited(r, 0.08) }, 0.03},
	{"15% of words edited, new headline", func(p press, r report) (string, string) { return r.other, p.edited(r, 0.15) }, 0.03},
	{"new sentence put in front", func(p press, r report) (string, string) {
		return r.title, "<p>" + p.report().sentences[1] + "</p>" + r.html()
	}, 0.03},
	{"first sentence replaced by two paragraphs", func(p press, r report) (string, string) {
		return r.title, paragraphs(p.report().sentences[1:6]) + paragraphs(r.sentences[1:])
	}, 0.70},
}

func teaser(r report, words int) string {
	all := strings.Fields(strings.Join(r.sentences, " "))
	return "<p>" + strings.Join(all[:words], " ") + "…</p>"
}

// edited replaces or drops a share of the words.
func (p press) edited(r report, share float64) string {
	var words []string
	for _, w := range strings.Fields(strings.Join(r.sentences, " ")) {
		switch {
		case p.Float64() >= share:
			words = append(words, w)
		case p.IntN(2) == 0:
			words = append(words, strings.TrimSpace(p.pick(kinds)))
		}
	}
	return "<p>" + strings.Join(words, " ") + "</p>"
}

// pattern is a report that is written anew for each event of a kind: the same
// words around other names and figures.
type pattern struct {
	name string
	make func(p press) (title, html string)
}

var patterns = []pattern{
	{"weather", func(p press) (string, string) {
		town := p.name()
		return fmt.Sprintf("Weather in %s: highs of %d", town, 5+p.IntN(30)), fmt.Sprintf("<p>%s will see highs of %d degrees and lows of %d degrees today, with winds of up to %d kilometres an hour from the west. The chance of rain is %d percent. Sunrise is at %d:%02d and sunset at %d:%02d. Tomorrow will be a little cloudier, with temperatures around %d degrees. The weather service asks people to watch for local warnings.</p>",
			town, 5+p.IntN(30), p.IntN(12), 10+p.IntN(60), p.IntN(100), 5+p.IntN(3), p.IntN(60), 17+p.IntN(4), p.IntN(60), 5+p.IntN(30))
	}},
	{"markets", func(p press) (string, string) {
		firm := p.name() + " " + p.name()
		return fmt.Sprintf("%s reports quarterly earnings of $%s million", firm, p.figure()), fmt.Sprintf("<p>%s on Tuesday reported earnings of $%s million in its third quarter. The company said it had profit of %s cents per share. The results beat Wall Street expectations. The average estimate of %s analysts surveyed was for earnings of %s cents per share. The company posted revenue of $%s million in the period. Its shares have risen %s percent since the beginning of the year.</p>",
			firm, p.figure(), p.figure(), p.figure(), p.figure(), p.figure(), p.figure())
	}},
	{"sports results", func(p press) (string, string) {
		home, away := p.name(), p.name()
		return fmt.Sprintf("%s beat %s %d-%d", home, away, 20+p.IntN(70), p.IntN(20)), fmt.Sprintf("<p>%s %s led with %d points as %s beat %s at home on Saturday night. %s %s added %d points and %d rebounds. The visitors were led by %s %s, who finished with %d points. %s had led by %d at half time. Both teams play again on Monday.</p>",
			p.name(), p.name(), 10+p.IntN(30), home, away, p.name(), p.name(), 8+p.IntN(20), 3+p.IntN(12), p.name(), p.name(), 10+p.IntN(25), home, 2+p.IntN(20))
	}},
	{"obituaries", func(p press) (string, string) {
		given, family, town := p.name(), p.name(), p.name()
		return fmt.Sprintf("%s %s, %d, of %s", given, family, 60+p.IntN(40), town), fmt.Sprintf("<p>%s %s, aged %d, of %s, died peacefully at home surrounded by family. %s was born in %s in %d and worked for many years at the %s. %s is survived by a wife, %s, and %d grandchildren. A service will be held at the church of %s on %d November at %d pm. The family asks for donations instead of flowers.</p>",
			given, family, 60+p.IntN(40), town, given, p.name(), 1930+p.IntN(40), strings.TrimSpace(p.pick(nouns)), given, p.name(), 1+p.IntN(9), p.name(), 1+p.IntN(30), 1+p.IntN(5))
	}},
	{"court reports", func(p press) (string, string) {
		who, town := p.name()+" "+p.name(), p.name()
		return fmt.Sprintf("%s man %s jailed for %s", town, who, p.pick("fraud|theft|arson|burglary|assault")), fmt.Sprintf("<p>A man from %s has been sentenced to %d months in prison. %s, %d, of %s Road, pleaded guilty at the %s court on Thursday to %d charges. Judge %s told him that the offence was serious. The court heard that he had %d earlier convictions. He was ordered to pay costs of %s and a surcharge of %s.</p>",
			town, 3+p.IntN(60), who, 18+p.IntN(50), p.name(), p.name(), 2+p.IntN(20), p.name(), p.IntN(30), p.figure(), p.figure())
	}},
	{"traffic", func(p press) (string, string) {
		road := fmt.Sprintf("A%d", 10+p.IntN(900))
		town := p.name()
		return fmt.Sprintf("%s near %s closed after crash", road, town), fmt.Sprintf("<p>The %s is closed in both directions near %s after a crash involving %d vehicles. Police were called to the scene shortly after %d:%02d. %d people were taken to hospital in %s. Drivers are asked to avoid the area and to use the road through %s instead. Delays of %d minutes are expected.</p>",
			road, town, 2+p.IntN(6), 5+p.IntN(18), p.IntN(60), 1+p.IntN(9), p.name(), p.name(), 15+p.IntN(90))
	}},
	{"crosswords", func(p press) (string, string) {
		n := 10000 + p.IntN(900000)
		return fmt.Sprintf("Quick crossword No %d,%03d", n/1000, n%1000), fmt.Sprintf("<p>Play the quick crossword No %d,%03d set by %s. Click here to print it, or send your solution to the address below by noon on Friday. The winner of the last puzzle is %s %s of %s. You can find more puzzles, from easy to hard, and help with the clues in our archive.</p>",
			n/1000, n%1000, p.name(), p.name(), p.name(), p.name())
	}},
}
