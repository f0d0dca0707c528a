package dedup

import "math"

// The rules by which two entries are of one story.
const (
	RuleNearText   = "near: 0.60/0.10" // nearly all of the shorter lead is in the other one
	RuleNearCopy   = "near: 0.60/0.00" // the same of two long leads of two sources, under whatever titles
	RuleNearBoth   = "near: 0.40/0.30" // much of it, under a similar title
	RuleNearTitle  = "near: 0.15/0.70" // some of it, under nearly the same title
	RuleEqualTitle = "equal title"     // no text to compare
)

// What speaks against a rule that would hold.
const (
	AgainstFigures      = "figures differ"
	AgainstTitleFigures = "figures in the titles differ"
	AgainstNames        = "each title names what the other entry does not"
	AgainstAuthors      = "they are of two authors of the source"
	AgainstFiles        = "each has a recording or file of its own"
	AgainstRecurring    = "the source has used the title before, for another day"
)

// Likeness says how alike two entries are.
type Likeness struct {
	Rule    string  // that holds, or ""
	Against string  // what speaks against it, or ""
	Text    float64 // how much of the shorter lead is in the other one, the rare more than the common; 0 to 1, and 0 if no rule can hold
	Title   float64 // 0 to 1
}

// Near reports whether the two are of one story.
func (l Likeness) Near() bool { return l.Rule != "" && l.Against == "" }

// score returns how alike two entries are by the rule that holds.
func (l Likeness) score() float64 {
	if l.Rule == RuleEqualTitle {
		return 1
	}
	return l.Text
}

// Compare decides whether two entries that appeared at about the same time are
// of one story, and says why. r knows what is rare in stories. Entries of the
// same source are often made to one pattern, and must agree in more.
//
// The order of a and b makes no difference.
func Compare(a, b *Sketch, r *Rarity, sameSource bool) (Likeness, bool) {
	l := likeness(a, b, r, sameSource)
	if l.Rule != "" {
		l.Against = against(l, a, b, r, sameSource)
	}
	return l, l.Near()
}

// likeness is what Compare says but for what speaks against it. It needs only
// shingles and titles.
func likeness(a, b *Sketch, r *Rarity, sameSource bool) Likeness {
	l := Likeness{Title: titleLikeness(a, b)}
	if !a.hasText() || !b.hasText() {
		if !sameSource && sameHeading(a, b) && r.withHeading(a.heading) < 2 {
			l.Rule = RuleEqualTitle
		}
		return l
	}
	holding := rules[:]
	if sameSource || min(len(a.shingles), len(b.shingles)) < copyLength {
		holding = rulesOfTitles
	}
	l.Text = textLikeness(a, b, r, leastText(holding, l.Title))
	l.Rule = ruleFor(holding, l.Text, l.Title)
	return l
}

// against returns what speaks against the rule by which two entries are alike.
func against(l Likeness, a, b *Sketch, r *Rarity, sameSource bool) string {
	switch {
	case l.Rule == RuleEqualTitle:
		return ""
	case conflictingNumbers(a, b, sameSource):
		return AgainstFigures
	case len(a.figures) > 0 && len(b.figures) > 0 && inBoth(a.figures, b.figures) == 0:
		return AgainstTitleFigures
	case (sameSource || l.Text < 0.85 || l.Rule == RuleNearCopy) && namesUnknown(a, b, r) && namesUnknown(b, a, r):
		return AgainstNames
	case sameSource && differ(a.author, b.author):
		return AgainstAuthors
	case sameSource && differ(a.file, b.file):
		return AgainstFiles
	}
	return ""
}

// rule is one that compares texts: the more alike two titles are, the less the
// texts need to be.
type rule struct {
	name        string
	text, title float64
}

// rulesOfTitles are those that hold for any two texts, rules also what holds for
// copies under whatever titles.
var (
	rules = [...]rule{
		{RuleNearText, 0.60, 0.10},
		{RuleNearBoth, 0.40, 0.30},
		{RuleNearTitle, 0.15, 0.70},
		{RuleNearCopy, 0.60, 0},
	}
	rulesOfTitles = rules[:3]
)

// copyLength is how many shingles two leads have at least that are one although
// their titles are not: no notice or greeting is that long.
const copyLength = 40

// contradict reports whether two entries speak of different things, although a
// name other than the link of both says that they are one.
func contradict(a, b *Sketch, r *Rarity) bool {
	title := titleLikeness(a, b)
	if !a.hasText() || !b.hasText() {
		return len(a.title) >= 3 && len(b.title) >= 3 && title == 0
	}
	l, _ := Compare(a, b, r, false)
	return l.Rule == "" && title < 0.7
}

// leastText returns how alike texts have to be under titles that are so much
// alike; more than 1 is never enough.
func leastText(rules []rule, title float64) float64 {
	least := math.Inf(1)
	for _, rule := range rules {
		if title >= rule.title {
			least = min(least, rule.text)
		}
	}
	return least
}

func ruleFor(rules []rule, text, title float64) string {
	for _, rule := range rules {
		if text >= rule.text && title >= rule.title {
			return rule.name
		}
	}
	return ""
}

// sameHeading reports whether two titles are one, and long enough that this is
// no chance.
func sameHeading(a, b *Sketch) bool {
	return a.heading == b.heading && len(a.title) >= 5 && len(a.title) == len(b.title) && inBoth(a.title, b.title) == len(a.title)
}

// titleLikeness compares the telling words of two titles. Where one has none,
// little is known.
func titleLikeness(a, b *Sketch) float64 {
	few, many := len(a.title), len(b.title)
	if few > many {
		few, many = many, few
	}
	if few == 0 {
		return 0.3
	}
	both := inBoth(a.title, b.title)
	return max(float64(both)/float64(few+many-both), 0.8*float64(both)/float64(max(3, few)))
}

// leastWeight is what a text weighs at least, in rare shingles: a few in common
// are not much of a text of common phrases.
const leastWeight = 4 * whole

// textLikeness returns how much of the lead that weighs less is in the other
// one, or 0 if that is surely less than asked for.
func textLikeness(a, b *Sketch, r *Rarity, least float64) float64 {
	if least > 1 {
		return 0
	}
	both := uint64(0)
	eachInBoth(a.shingles, b.shingles, func(shingle uint32) { both += r.weight(shingle) })
	if float64(both) < least*leastWeight {
		return 0
	}
	return float64(both) / float64(max(leastWeight, min(r.sum(a.shingles), r.sum(b.shingles))))
}

// conflictingNumbers reports whether two entries with enough figures agree in
// few of them.
func conflictingNumbers(a, b *Sketch, sameSource bool) bool {
	least := min(len(a.figures)+len(a.numbers), len(b.figures)+len(b.numbers))
	both := inBoth(a.figures, b.figures) + inBoth(a.figures, b.numbers) +
		inBoth(a.numbers, b.figures) + inBoth(a.numbers, b.numbers)
	agree := 0.4
	if sameSource {
		agree = 0.8
	}
	return least >= 3 && float64(both) < agree*float64(least)
}

// namesUnknown reports whether the title of a has a rare word that b mentions
// nowhere.
func namesUnknown(a, b *Sketch, r *Rarity) bool {
	for _, w := range a.title {
		if !b.mentions(w) && r.rareWord(w) {
			return true
		}
	}
	return false
}

// differ reports whether two names are known, and not the same.
func differ(a, b uint32) bool { return a != 0 && b != 0 && a != b }

// inBoth returns how many hashes two sets have in common.
func inBoth(a, b []uint32) int {
	n := 0
	eachInBoth(a, b, func(uint32) { n++ })
	return n
}

// eachInBoth calls f with each hash that is in both of two sets.
func eachInBoth(a, b []uint32, f func(uint32)) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x, y := a[i], b[j]
		if x == y {
			f(x)
		}
		i += one(x <= y)
		j += one(y <= x)
	}
}

// one returns 1 if a condition holds, without a branch that a processor would
// have to guess.
func one(holds bool) int {
	n := 0
	if holds {
		n = 1
	}
	return n
}
