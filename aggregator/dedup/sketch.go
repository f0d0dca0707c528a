package dedup

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"

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
func SketchOf(e storage.Entry) Sketch { return *new(sketcher).sketchOf(e) }

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
func NewSketch(title string, texts ...string) Sketch { return *new(sketcher).newSketch(title, texts) }

func word(hash uint64) uint32 { return uint32(hash >> (64 - wordBits)) }

func headingOf(tokens []token) uint32 {
	h := uint64(0)
	for _, t := range tokens {
		if t.sense != label {
			h = inOrder(h, t.hash, 0)
		}
	}
	return uint32(h >> 32)
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
	return w.bytes(), nil
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
func (s *Sketch) unmarshal(b []byte) error { return s.unmarshalSets(b, len(s.sets())) }

// setsOfLikeness are the sets that likeness needs: the first ones.
const setsOfLikeness = 2

// unmarshalSets is unmarshal as far as the first few sets. In the others anything
// may be.
func (s *Sketch) unmarshalSets(b []byte, few int) error {
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
	for i, set := range sets[:few] {
		size := int(sizes[i])
		if size > set.most {
			return errSketch
		}
		low := lowBits(set.width, size)
		hashes := slices.Grow((*set.hashes)[:0], size)[:size]
		next := uint64(0)
		for i := range hashes {
			d, ok := r.read(low)
			if !ok || d >= 1<<set.width-next {
				return errSketch
			}
			hashes[i] = uint32(next + d)
			next += d + 1
		}
		*set.hashes = hashes
	}
	if few == len(sets) && !r.done() {
		return errSketch
	}
	return nil
}

// lowBits returns how many bits of a difference are written as they are: what
// is above them is less than two bits on average, written one by one.
func lowBits(width, size int) uint { return uint(max(0, width-bits.Len(uint(size)))) }

// longestOnes is how many ones are written or read at a time: with them, the zero
// and the low bits of a hash a number takes at most 56 bits, which are in eight
// bytes wherever it begins.
const longestOnes = 32

// bitWriter appends bits to bytes, the lowest first.
type bitWriter struct {
	b    []byte
	rest uint64 // bits of the byte that is not full yet
	n    uint   // how many
}

// write writes x: what is above its low bits as so many ones and a zero, then
// the low bits.
func (w *bitWriter) write(x uint32, low uint) {
	ones := uint(x) >> low
	for ; ones > longestOnes; ones -= longestOnes {
		w.bits(1<<longestOnes-1, longestOnes)
	}
	w.bits(1<<(ones%64)-1|uint64(x&(1<<low-1))<<((ones+1)%64), ones+1+low)
}

func (w *bitWriter) bits(x uint64, n uint) {
	w.rest |= x << (w.n % 64)
	w.n += n
	whole := w.n / 8
	w.b = binary.LittleEndian.AppendUint64(w.b, w.rest)[:uint(len(w.b))+whole]
	w.rest, w.n = w.rest>>(8*whole%64), w.n%8
}

// bytes returns what was appended to, with the last byte filled up.
func (w *bitWriter) bytes() []byte {
	if w.n == 0 {
		return w.b
	}
	return append(w.b, byte(w.rest))
}

// bitReader reads what a bitWriter wrote.
type bitReader struct {
	b  []byte
	at uint // bits read
}

// ahead returns the bits that come next, 57 at least. Behind the last one are
// zeros.
func (r *bitReader) ahead() uint64 {
	i := r.at / 8
	if i+8 <= uint(len(r.b)) {
		return binary.LittleEndian.Uint64(r.b[i:]) >> (r.at % 8)
	}
	return r.last()
}

func (r *bitReader) last() uint64 {
	var last [8]byte
	copy(last[:], r.b[min(r.at/8, uint(len(r.b))):])
	return binary.LittleEndian.Uint64(last[:]) >> (r.at % 8)
}

// read reads one number. There is none when the bits have come to an end.
func (r *bitReader) read(low uint) (x uint64, ok bool) {
	next, high := r.ahead(), uint(0)
	ones := uint(bits.TrailingZeros64(^next))
	for ones > longestOnes {
		high += longestOnes
		r.at += longestOnes
		next = r.ahead()
		ones = uint(bits.TrailingZeros64(^next))
	}
	r.at += ones + 1 + low
	return uint64(high+ones)<<(low%64) | next>>((ones+1)%64)&(1<<(low%64)-1), r.at <= 8*uint(len(r.b))
}

// done reports whether nothing but the rest of a last byte is left.
func (r *bitReader) done() bool { return 8*uint(len(r.b))-r.at < 8 && r.ahead() == 0 }
