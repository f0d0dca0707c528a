package dedup

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"newsfeed/storage"
)

// sketcher makes one sketch after the other in the same memory.
type sketcher struct {
	head, lead tokenizer
	sketch     Sketch
}

// sketchOf is SketchOf. The sketch is good until the next one is made.
func (k *sketcher) sketchOf(e storage.Entry) *Sketch {
	s := k.newSketch(e.Title, []string{e.Content, e.Summary})
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

// newSketch is NewSketch. The sketch is good until the next one is made.
func (k *sketcher) newSketch(title string, texts []string) *Sketch {
	head, lead := k.head.title(title, titleLength), k.lead.body(texts, leadLength)
	s := &k.sketch
	*s = Sketch{
		shingles: shinglesOf(lead, s.shingles[:0]), heading: headingOf(head),
		title: s.title[:0], words: s.words[:0], figures: s.figures[:0], numbers: s.numbers[:0],
	}
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
	s.figures, s.title = set(s.figures, wordBits), set(s.title, wordBits)
	for i, t := range lead {
		switch {
		case t.number != 0 && i < figureLength:
			s.numbers = append(s.numbers, word(t.number))
		case t.number == 0 && t.sense != common:
			s.words = append(s.words, word(t.stem))
		}
	}
	s.numbers = without(set(s.numbers, wordBits), s.figures)
	s.words = without(set(s.words, wordBits), s.title)
	return s
}

// shinglesOf appends the shingles of tokens.
func shinglesOf(tokens []token, shingles []uint32) []uint32 {
	shingles = slices.Grow(shingles, leadLength)
	for i := 2; i < len(tokens); i++ {
		h := inOrder(tokens[i-2].hash, tokens[i-1].hash, tokens[i].hash)
		shingles = append(shingles, uint32(h>>(64-shingleBits)))
	}
	return set(shingles, shingleBits)
}

// set sorts hashes of so many bits and leaves each once.
func set(hashes []uint32, width int) []uint32 {
	sortHashes(hashes, width)
	return slices.Compact(hashes)
}

// sortHashes sorts the few or the many hashes of a sketch. They are spread
// evenly: in the order of their upper bits, few are not at their place.
func sortHashes(hashes []uint32, width int) {
	const few, upper = 12, 6
	if len(hashes) <= few || len(hashes) > leadLength {
		slices.Sort(hashes)
		return
	}
	var places [1<<upper + 1]uint8 // of the next hash by its upper bits
	for _, h := range hashes {
		places[h>>(width-upper)+1]++
	}
	for i := range places[1:] {
		places[i+1] += places[i]
	}
	var sorted [leadLength]uint32
	for _, h := range hashes {
		place := &places[h>>(width-upper)]
		sorted[*place] = h
		*place++
	}
	for i, h := range sorted[:len(hashes)] {
		for ; i > 0 && hashes[i-1] > h; i-- {
			hashes[i] = hashes[i-1]
		}
		hashes[i] = h
	}
}

// without returns the hashes of one set that are not in another.
func without(a, b []uint32) []uint32 {
	if len(b) == 0 {
		return a
	}
	return slices.DeleteFunc(a, func(h uint32) bool {
		for len(b) > 0 && b[0] < h {
			b = b[1:]
		}
		return len(b) > 0 && b[0] == h
	})
}
