package schedule

import (
	"encoding/binary"
	"errors"
	"iter"
	"math"
)

// habitVersion is the first byte of a habit's binary form.
const habitVersion = 2

// quietest is the weight of a bin that is as good as empty.
const quietest = 1e-3

var errHabit = errors.New("schedule: habit is in no known form")

// AppendBinary appends the habit's binary form, for a store: at most 600
// bytes, and far less for a source that publishes little.
func (h *Habit) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, habitVersion)
	for x := range h.times() {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(*x))
	}
	for x := range h.scalars() {
		b = appendFloat(b, *x)
	}
	return h.appendBins(b), nil
}

// UnmarshalBinary reads what AppendBinary wrote. Without bytes, the habit
// knows nothing.
func (h *Habit) UnmarshalBinary(b []byte) error {
	*h = Habit{}
	if len(b) == 0 {
		return nil
	}
	if b[0] != habitVersion {
		return errHabit
	}
	b = b[1:]
	for x := range h.times() {
		if len(b) < 8 {
			return errHabit
		}
		*x, b = math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:]
	}
	for x := range h.scalars() {
		if len(b) < 4 {
			return errHabit
		}
		*x, b = float(b), b[4:]
	}
	if !h.readBins(b) || !h.sound() {
		*h = Habit{}
		return errHabit
	}
	return nil
}

// sound reports whether the numbers are such as Learn makes.
func (h *Habit) sound() bool {
	for _, list := range []iter.Seq[*float64]{h.times(), h.scalars(), h.bins()} {
		for x := range list {
			if math.IsNaN(*x) || math.IsInf(*x, 0) {
				return false
			}
		}
	}
	for _, l := range h.levels {
		if l.batches < 0 || l.exposure < 0 {
			return false
		}
	}
	for x := range h.bins() {
		if *x < 0 {
			return false
		}
	}
	return h.polled >= 0 && h.size >= 0 && h.gap >= 0 && h.lull >= 0 && h.branching >= 0 && h.branching < 0.9 && h.seen >= 0
}

func (h *Habit) times() iter.Seq[*float64] {
	return func(yield func(*float64) bool) { _ = yield(&h.polled) && yield(&h.last) }
}

func (h *Habit) scalars() iter.Seq[*float64] {
	return func(yield func(*float64) bool) {
		if !yield(&h.size) || !yield(&h.gap) || !yield(&h.lull) || !yield(&h.phase) || !yield(&h.branching) || !yield(&h.seen) {
			return
		}
		for i := range h.levels {
			if l := &h.levels[i]; !yield(&l.batches) || !yield(&l.exposure) || !yield(&l.score) {
				return
			}
		}
		_ = each(h.sharpness[:], yield) && each(h.excited[:], yield) && each(h.fit[:], yield)
	}
}

func (h *Habit) bins() iter.Seq[*float64] {
	return func(yield func(*float64) bool) {
		_ = each(h.hours[:], yield) && each(h.minutes[:], yield) && each(h.weekdays[:], yield)
	}
}

func each(list []float64, yield func(*float64) bool) bool {
	for i := range list {
		if !yield(&list[i]) {
			return false
		}
	}
	return true
}

// mask has a bit for each bin.
type mask [(quarters + fives + 7 + 7) / 8]byte

// appendBins appends a bit for each bin that is not empty, and those bins.
func (h *Habit) appendBins(b []byte) []byte {
	var filled mask
	i := 0
	for x := range h.bins() {
		if *x >= quietest {
			filled[i/8] |= 1 << (i % 8)
		}
		i++
	}
	b = append(b, filled[:]...)
	for x := range h.bins() {
		if *x >= quietest {
			b = appendFloat(b, *x)
		}
	}
	return b
}

func (h *Habit) readBins(b []byte) bool {
	var filled mask
	if len(b) < len(filled) {
		return false
	}
	b = b[copy(filled[:], b):]
	i := -1
	for x := range h.bins() {
		if i++; filled[i/8]&(1<<(i%8)) == 0 {
			continue
		}
		if len(b) < 4 {
			return false
		}
		*x, b = float(b), b[4:]
	}
	return len(b) == 0
}

func appendFloat(b []byte, x float64) []byte {
	return binary.BigEndian.AppendUint32(b, math.Float32bits(float32(x)))
}

func float(b []byte) float64 { return float64(math.Float32frombits(binary.BigEndian.Uint32(b))) }
