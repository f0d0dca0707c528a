package dedup

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Rarity knows in how many stories the shingles, words and titles of entries
// occurred: exactly as long as it has seen little, and rather too many than too
// few. The zero value has seen no story, and needs no memory until it does.
//
// What it counts depends on the order of Add and Halve. What was done to it is
// final with Keep, and until then can be undone. It is not safe for concurrent
// use.
type Rarity struct {
	stories uint32
	phrases countMin // shingles and words
	titles  countMin

	// What was done since the last Keep.
	raised  [2][]uint32 // counters of phrases and of titles
	added   uint32      // stories
	counted []uint64    // memory for the phrases of one story after the other
	halved  *Rarity     // as it was before, if it was halved
}

// rarityStories is how many stories are counted before half is forgotten:
// with more, the counters are too few.
const rarityStories = 20_000

// Kinds of what is counted and looked up, apart from each other.
const (
	countedShingle uint64 = iota + 1
	countedWord
	countedHeading
)

func keyed(kind uint64, hash uint32) uint64 { return mix(kind<<32 | uint64(hash)) }

// Add counts a story. It is to be called for the entry that founds a story and
// for no other of it: what many sources copy is not common for that.
func (r *Rarity) Add(s Sketch) {
	switch {
	case r.stories == 0 && r.phrases == nil:
		r.phrases, r.titles = make(countMin, countRows<<20), make(countMin, countRows<<16)
	case r.stories == rarityStories:
		r.Halve()
	}
	r.stories++
	r.added++
	r.counted = r.counted[:0]
	for _, h := range s.shingles {
		r.counted = append(r.counted, keyed(countedShingle, h))
	}
	for _, set := range [][]uint32{s.title, s.words} {
		for _, h := range set {
			r.counted = append(r.counted, keyed(countedWord, h))
		}
	}
	r.raised[0] = r.phrases.add(r.counted, r.raised[0])
	r.raised[1] = r.titles.add([]uint64{keyed(countedHeading, s.heading)}, r.raised[1])
}

// Halve lets half of what was counted be forgotten.
func (r *Rarity) Halve() {
	was := *r
	was.phrases, was.titles = slices.Clone(r.phrases), slices.Clone(r.titles)
	*r = Rarity{stories: r.stories / 2, phrases: r.phrases, titles: r.titles, halved: &was}
	r.phrases.halve()
	r.titles.halve()
}

// Keep makes final what was done.
func (r *Rarity) Keep() {
	r.raised[0], r.raised[1] = r.raised[0][:0], r.raised[1][:0]
	r.added, r.halved = 0, nil
}

// Undo takes back what was done since the last Keep.
func (r *Rarity) Undo() {
	for r.halved != nil {
		*r = *r.halved
	}
	for _, i := range r.raised[0] {
		r.phrases[i]--
	}
	for _, i := range r.raised[1] {
		r.titles[i]--
	}
	r.stories -= r.added
	r.Keep()
}

// withShingle returns in how many stories a shingle occurred.
func (r *Rarity) withShingle(shingle uint32) int {
	return r.phrases.count(keyed(countedShingle, shingle))
}

// withHeading returns how many stories had a title.
func (r *Rarity) withHeading(heading uint32) int {
	return r.titles.count(keyed(countedHeading, heading))
}

// rareWord reports whether a word is of the kind that names an event: in
// hardly a story of a hundred.
func (r *Rarity) rareWord(word uint32) bool {
	return r.phrases.count(keyed(countedWord, word)) <= 2+int(r.stories/100)
}

// whole is the weight of a shingle that occurs in one story. Weights are whole
// numbers so that their sums are the same on every machine.
const whole = 1 << 20

// weight returns the weight of a shingle: it is the smaller, the more stories
// have it.
func (r *Rarity) weight(shingle uint32) uint64 {
	return whole / uint64(max(1, r.withShingle(shingle)))
}

// sum returns what shingles weigh together.
func (r *Rarity) sum(shingles []uint32) uint64 {
	sum := uint64(0)
	for _, s := range shingles {
		sum += r.weight(s)
	}
	return sum
}

// rarityVersion is the first byte of a rarity's binary form.
const rarityVersion = 2

var errRarity = errors.New("dedup: rarity is in no known form")

// AppendBinary appends the binary form: some 4 MiB once a story was seen, which
// compress well as long as it was not many.
func (r *Rarity) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, rarityVersion)
	b = binary.BigEndian.AppendUint32(b, r.stories)
	return append(append(b, r.phrases...), r.titles...), nil
}

// UnmarshalBinary reads what AppendBinary wrote. Without bytes, no story was
// seen.
func (r *Rarity) UnmarshalBinary(b []byte) error {
	*r = Rarity{}
	const head, phrases, titles = 1 + 4, countRows << 20, countRows << 16
	switch {
	case len(b) == 0:
		return nil
	case b[0] != rarityVersion || len(b) != head && len(b) != head+phrases+titles:
		return errRarity
	}
	stories := binary.BigEndian.Uint32(b[1:])
	if stories > rarityStories || len(b) == head && stories > 0 {
		return errRarity
	}
	r.stories = stories
	if len(b) > head {
		r.phrases, r.titles = slices.Clone(b[head:head+phrases]), slices.Clone(b[head+phrases:])
	}
	return nil
}

// countRows is in how many counters a countMin counts each thing: all in one
// line of the processor's cache, since the memory is what it waits for.
const (
	countRows = 4
	countLine = 64
)

// countMin counts how often it has seen each of very many things, in lines of
// rows of counters of one byte. The number of lines is a power of two.
type countMin []byte

// add counts each of some things once. It raises only the smallest of a thing's
// counters, because the others are too high already, and appends which they were.
func (c countMin) add(hashes []uint64, raised []uint32) []uint32 {
	c.touch(hashes)
	for _, hash := range hashes {
		at := c.at(hash)
		line := (*counters)(c[at:])
		least := line.least(hash)
		if least == 255 {
			continue
		}
		for row := range countRows {
			if i := place(hash, row); line[i] == least {
				line[i]++
				raised = append(raised, at+i)
			}
		}
	}
	return raised
}

// touch reads a counter of each of some things, so that all their lines are on
// their way to the processor's cache at once. It returns something because else
// nothing would need to be read.
//
//go:noinline
func (c countMin) touch(hashes []uint64) (sum byte) {
	for _, hash := range hashes {
		sum += c[c.at(hash)]
	}
	return sum
}

func (c countMin) count(hash uint64) int {
	if c == nil {
		return 0
	}
	return int((*counters)(c[c.at(hash):]).least(hash))
}

// counters are a line of a countMin.
type counters [countLine]byte

// at returns where the line of a thing begins.
func (c countMin) at(hash uint64) uint32 {
	return uint32(hash) & uint32(len(c)/countLine-1) * countLine
}

// place returns where in its line a thing's counter of a row is.
func place(hash uint64, row int) uint32 {
	const width = countLine / countRows
	return uint32(row)*width + uint32(hash>>(32+8*row))%width
}

func (l *counters) least(hash uint64) byte {
	return min(l[place(hash, 0)], l[place(hash, 1)], l[place(hash, 2)], l[place(hash, 3)])
}

func (c countMin) halve() {
	for i := range c {
		c[i] /= 2
	}
}
