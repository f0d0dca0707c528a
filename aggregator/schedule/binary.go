package schedule

import (
	"encoding/binary"
	"errors"
	"math"
)

// habitVersion is the first byte of a habit's binary form.
const habitVersion = 1

// quietest is the weight of a bin that is as good as empty.
const quietest = 1e-3

var errHabit = errors.New("schedule: habit is in no known form")

// AppendBinary appends the habit's binary form, for a store: at most 600
// bytes, and far less for a source that publishes little.
func (h *Habit) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, habitVersion)
	for _, x := range h.times() {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(*x))
	}
	for _, x := range h.scalars() {
		b = appendFloat(b, *x)
	}
	return appendBins(b, h.bins()), nil
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
	for _, x := range h.times() {
		if len(b) < 8 {
			return errHabit
		}
		*x, b = math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:]
	}
	for _, x := range h.scalars() {
		if len(b) < 4 {
			return errHabit
		}
		*x, b = float(b), b[4:]
	}
	if !readBins(b, h.bins()) || !h.sound() {
		*h = Habit{}
		return errHabit
	}
	return nil
}

// sound reports whether the numbers are such as Learn makes.
func (h *Habit) sound() bool {
	for _, list := range [][]*float64{h.times(), h.scalars(), h.bins()} {
		for _, x := range list {
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
	for _, x := range h.bins() {
		if *x < 0 {
			return false
		}
	}
	return h.polled >= 0 && h.size >= 0 && h.branching >= 0 && h.branching < 0.9 && h.seen >= 0
}

func (h *Habit) times() []*float64 { return []*float64{&h.polled, &h.last} }

func (h *Habit) scalars() []*float64 {
	list := []*float64{&h.size, &h.phase, &h.branching, &h.seen}
	for i := range h.levels {
		list = append(list, &h.levels[i].batches, &h.levels[i].exposure, &h.levels[i].score)
	}
	for _, group := range []*[3]float64{&h.sharpness, &h.excited, &h.fit} {
		list = append(list, &group[0], &group[1], &group[2])
	}
	return list
}

func (h *Habit) bins() []*float64 {
	var list []*float64
	for _, group := range [][]float64{h.hours[:], h.minutes[:], h.weekdays[:]} {
		for i := range group {
			list = append(list, &group[i])
		}
	}
	return list
}

// appendBins appends a bit for each bin that is not empty, and those bins.
func appendBins(b []byte, bins []*float64) []byte {
	mask := make([]byte, (len(bins)+7)/8)
	for i, x := range bins {
		if *x >= quietest {
			mask[i/8] |= 1 << (i % 8)
		}
	}
	b = append(b, mask...)
	for i, x := range bins {
		if mask[i/8]&(1<<(i%8)) != 0 {
			b = appendFloat(b, *x)
		}
	}
	return b
}

func readBins(b []byte, bins []*float64) bool {
	size := (len(bins) + 7) / 8
	if len(b) < size {
		return false
	}
	mask, b := b[:size], b[size:]
	for i, x := range bins {
		if mask[i/8]&(1<<(i%8)) == 0 {
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
