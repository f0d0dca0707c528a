package dedup

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"
	"strings"

	"newsfeed/storage"
)

// What of an entry goes into its sketch.
const (
	titleLength  = 32  // tokens
	leadLength   = 120 // tokens of the text
	figureLength = 80  // tokens of the text in which figures count

	// minShingles is how many shingles a text has at least. What has fewer
	// is a label, not a report.
	minShingles = 8
)

// How many bits are kept of hashes. Fewer would let the text of one entry meet
// that of another by chance.
const (
	shingleBits = 24
	wordBits    = 20
)

// Sketch is what is kept of an entry's title and text to compare it with
// others: of the beginning of the text, all three words that follow each other,
// and of title and text the words and figures. It is made once, and never
// changes.
type Sketch struct {
	shingles []uint32 // all sets ascend
	title    []uint32 // telling words of the title
	words    []uint32 // those of the text that are not in the title
	figures  []uint32 // of the title
	numbers  []uint32 // of the text that are not in the title
	heading  uint32   // of the title, word after word
	length   uint32   // of the text, in bytes
	author   uint32   // 0: not known
	file     uint32   // the first to hear, see or fetch beside the text; 0: none
}

// SketchOf returns the sketch of an entry: of its content and, as far as that
// is short, its summary, and of whose and what it is beside them.
func SketchOf(e storage.Entry) Sketch {
	s := NewSketch(e.Title, e.Content, e.Summary)
	if len(e.Authors) > 0 {
		s.author = nameOf(strings.ToLower(cmp.Or(e.Authors[0].Name, e.Authors[0].Email)))
	}
	for _, m := range e.Media {
		if m.Medium != storage.Image {
			s.file = nameOf(m.URL)
			break
		}
	}
	return s
}

// nameOf returns the hash of a name, and 0 of none.
func nameOf(name string) uint32 {
	if name == "" {
		return 0
	}
	return max(1, uint32(hashOf([]byte(name))>>32))
}

// NewSketch returns the sketch of a title, in plain text, and of texts in safe
// HTML, of which the first that are long enough count. It takes time in
// proportion to their length.
func NewSketch(title string, texts ...string) Sketch {
	head, lead := titleTokens(title, titleLength), bodyTokens(texts, leadLength)
	s := Sketch{shingles: shinglesOf(lead), heading: headingOf(head)}
	for _, text := range texts {
		s.length = uint32(min(uint64(s.length)+uint64(len(text)), math.MaxUint32))
	}
	for _, t := range head {
		switch {
		case t.number != 0:
			s.figures = append(s.figures, word(t.number))
		case t.sense == telling:
			s.title = append(s.title, word(t.stem))
		}
	}
	s.figures, s.title = set(s.figures), set(s.title)
	for i, t := range lead {
		switch {
		case t.number != 0 && i < figureLength:
			s.numbers = append(s.numbers, word(t.number))
		case t.number == 0 && t.sense != common:
			s.words = append(s.words, word(t.stem))
		}
	}
	s.numbers, s.words = without(set(s.numbers), s.figures), without(set(s.words), s.title)
	return s
}

func word(hash uint64) uint32 { return uint32(hash >> (64 - wordBits)) }

func shinglesOf(tokens []token) []uint32 {
	shingles := make([]uint32, 0, leadLength)
	for i := 2; i < len(tokens); i++ {
		h := inOrder(tokens[i-2].hash, tokens[i-1].hash, tokens[i].hash)
		shingles = append(shingles, uint32(h>>(64-shingleBits)))
	}
	return set(shingles)
}

func headingOf(tokens []token) uint32 {
	h := uint64(0)
	for _, t := range tokens {
		if t.sense != label {
			h = inOrder(h, t.hash, 0)
		}
	}
	return uint32(h >> 32)
}

// set sorts hashes and leaves each once.
func set(hashes []uint32) []uint32 {
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// without returns the hashes of a that are not in b.
func without(a, b []uint32) []uint32 {
	return slices.DeleteFunc(a, func(h uint32) bool { return has(b, h) })
}

func has(hashes []uint32, h uint32) bool {
	_, ok := slices.BinarySearch(hashes, h)
	return ok
}

// hasText reports whether the text is long enough to be compared.
func (s *Sketch) hasText() bool { return len(s.shingles) >= minShingles }

// mentions reports whether a word stands in title or text.
func (s *Sketch) mentions(word uint32) bool { return has(s.title, word) || has(s.words, word) }

// sketchVersion is the first byte of a sketch's binary form.
const sketchVersion = 1

var errSketch = errors.New("dedup: sketch is in no known form")

// hashSet is one of the sets of a sketch.
type hashSet struct {
	hashes *[]uint32
	width  int // of a hash, in bits
	most   int // hashes
}

func (s *Sketch) sets() [5]hashSet {
	return [...]hashSet{
		{&s.shingles, shingleBits, leadLength},
		{&s.title, wordBits, titleLength},
		{&s.words, wordBits, leadLength},
		{&s.figures, wordBits, titleLength},
		{&s.numbers, wordBits, figureLength},
	}
}

// AppendBinary appends the sketch's binary form, for a store: at most 600
// bytes. Sets are sorted, so the difference from each hash to the next is
// written, by a Golomb-Rice code.
func (s *Sketch) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, sketchVersion)
	for _, h := range []uint32{s.heading, s.author, s.file} {
		b = binary.BigEndian.AppendUint32(b, h)
	}
	b = binary.AppendUvarint(b, uint64(s.length))
	for _, set := range s.sets() {
		b = append(b, byte(len(*set.hashes)))
	}
	w := bitWriter{b: b}
	for _, set := range s.sets() {
		low := lowBits(set.width, len(*set.hashes))
		next := uint32(0)
		for _, h := range *set.hashes {
			w.write(h-next, low)
			next = h + 1
		}
	}
	return w.b, nil
}

// UnmarshalBinary reads what AppendBinary wrote. Without bytes, it is the
// sketch of an entry without title and text.
func (s *Sketch) UnmarshalBinary(b []byte) error {
	*s = Sketch{}
	var read Sketch
	if err := read.unmarshal(b); err != nil {
		return err
	}
	*s = read
	return nil
}

// unmarshal reads a binary form into the memory that the sketch has. After an
// error, anything may be in it.
func (s *Sketch) unmarshal(b []byte) error {
	if len(b) == 0 {
		*s = Sketch{}
		return nil
	}
	if len(b) < 1+3*4 || b[0] != sketchVersion {
		return errSketch
	}
	s.heading, s.author, s.file = binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:]), binary.BigEndian.Uint32(b[9:])
	length, n := binary.Uvarint(b[13:])
	sizes := b[13+max(n, 0):]
	sets := s.sets()
	if n <= 0 || length > math.MaxUint32 || len(sizes) < len(sets) {
		return errSketch
	}
	s.length = uint32(length)
	r := bitReader{b: sizes[len(sets):]}
	for i, set := range sets {
		size := int(sizes[i])
		if size > set.most {
			return errSketch
		}
		low := lowBits(set.width, size)
		hashes := (*set.hashes)[:0]
		next := uint64(0)
		for range size {
			d, ok := r.read(low)
			if !ok || d >= 1<<set.width-next {
				return errSketch
			}
			hashes = append(hashes, uint32(next+d))
			next += d + 1
		}
		*set.hashes = hashes
	}
	if !r.done() {
		return errSketch
	}
	return nil
}

// lowBits returns how many bits of a difference are written as they are: what
// is above them is less than two bits on average, written one by one.
func lowBits(width, size int) int { return max(0, width-bits.Len(uint(size))) }

// bitWriter appends bits to bytes, the lowest first.
type bitWriter struct {
	b    []byte
	free int // bits of the last byte
}

// write writes x: what is above its low bits as so many ones and a zero, then
// the low bits.
func (w *bitWriter) write(x uint32, low int) {
	for range x >> low {
		w.bits(1, 1)
	}
	w.bits(0, 1)
	w.bits(x&(1<<low-1), low)
}

func (w *bitWriter) bits(x uint32, n int) {
	for n > 0 {
		if w.free == 0 {
			w.b, w.free = append(w.b, 0), 8
		}
		k := min(n, w.free)
		w.b[len(w.b)-1] |= byte(x&(1<<k-1)) << (8 - w.free)
		x, n, w.free = x>>k, n-k, w.free-k
	}
}

// bitReader reads what a bitWriter wrote.
type bitReader struct {
	b    []byte
	rest uint64 // bits read ahead
	n    int    // how many
}

func (r *bitReader) fill() {
	if r.n <= 56 && len(r.b) >= 8 {
		r.rest |= binary.LittleEndian.Uint64(r.b) << r.n
		whole := (63 - r.n) / 8
		r.b, r.n = r.b[whole:], r.n+8*whole
		r.rest &= 1<<r.n - 1
		return
	}
	for r.n <= 56 && len(r.b) > 0 {
		r.rest |= uint64(r.b[0]) << r.n
		r.b, r.n = r.b[1:], r.n+8
	}
}

func (r *bitReader) drop(n int) { r.rest, r.n = r.rest>>n, r.n-n }

// read reads one number. There is none when the bits have come to an end.
func (r *bitReader) read(low int) (x uint64, ok bool) {
	r.fill()
	high := 0
	for {
		ones := bits.TrailingZeros64(^r.rest)
		high += ones
		if ones < r.n {
			r.drop(ones + 1)
			break
		}
		if r.drop(ones); len(r.b) == 0 {
			return 0, false
		}
		r.fill()
	}
	r.fill()
	if r.n < low {
		return 0, false
	}
	x = uint64(high)<<low | r.rest&(1<<low-1)
	r.drop(low)
	return x, true
}

// done reports whether nothing but the rest of a last byte is left.
func (r *bitReader) done() bool { return len(r.b) == 0 && r.n < 8 && r.rest == 0 }
