package normalize

import "sync"

// memory is used by one entry after the other.
type memory struct {
	cleaner  cleaner
	digested []byte
}

var memories = sync.Pool{New: func() any { return new(memory) }}

// maxKept is how much of each kind of memory is kept for the next document, in
// elements.
const maxKept = 64 << 10

// giveBack keeps memory for another document. It holds on to nothing of this
// one.
func (m *memory) giveBack() {
	c := &m.cleaner
	*c = cleaner{
		tidy:  c.tidy.emptied(),
		model: contentModel{stack: kept(c.model.stack)},
		text:  textWriter{b: kept(c.text.b)},
		out:   kept(c.out),
	}
	m.digested = kept(m.digested)
	memories.Put(m)
}

// kept returns the memory of a slice, or nil where that is too much to keep.
func kept[E any](s []E) []E {
	if cap(s) > maxKept {
		return nil
	}
	return s[:0]
}
