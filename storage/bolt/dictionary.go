package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/klauspost/compress/dict"
)

// A store learns from its own first entries what they have in common, and
// compresses those that follow with that dictionary: the words of its languages,
// the addresses and the markup of its sources. Rows are short, and zstd has hardly
// begun to know them when they end. A dictionary is kept as long as the store, and
// twice: without it the rows that it made could not be read.
const (
	minLearn      = 1000     // entries that a store has before it learns
	sampled       = 8        // of the last so many of them, one is a sample
	maxSample     = 4 << 10  // bytes of it
	maxDictionary = 32 << 10 // bytes

	// firstDictionary is the zstd id of the first dictionary; those below are
	// registered for others.
	firstDictionary = 1 << 16

	copies = 2 // of each dictionary
)

// dictionaryMagic is how a zstd dictionary begins: RFC 8878, section 5.
var dictionaryMagic = []byte{0x37, 0xa4, 0x30, 0xec}

// learn makes a dictionary, unless there is one. Where that fails rows are
// compressed without.
func (s *Store) learn() {
	if len(s.packer.codec.Load().dictionaries) > 0 {
		return
	}
	samples, err := s.samples()
	if err != nil {
		return
	}
	dictionary, err := train(samples)
	if err != nil {
		return
	}
	next := newPacker()
	if next.use([][]byte{dictionary}) != nil {
		return
	}
	// Nothing is compressed with a dictionary that is not durable.
	s.commit.Lock()
	defer s.commit.Unlock()
	err = s.update(context.Background(), func(t *tx) error {
		value := seal(plain, append(make([]byte, prefix), dictionary...))
		for n := range copies {
			t.put(&t.learned, append(binary.BigEndian.AppendUint32(nil, 1), byte(n)), value)
		}
		return t.err
	})
	if err == nil {
		s.packer.codec.Store(next.codec.Load())
	}
}

// samples returns the beginnings of some of the last rows of entries.
func (s *Store) samples() ([][]byte, error) {
	var samples [][]byte
	err := s.view(context.Background(), func(t *tx) error {
		c := t.entries.Cursor()
		n := 0
		for k, v := c.Last(); k != nil && n < minLearn; k, v = c.Prev() {
			if n++; n%sampled != 0 {
				continue
			}
			row, err := t.bodyOf(v)
			if err != nil {
				return err
			}
			samples = append(samples, slices.Clone(row[:min(len(row), maxSample)]))
		}
		return nil
	})
	return samples, err
}

// train makes a dictionary of samples. The library panics where it cannot.
func train(samples [][]byte) (dictionary []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("train a dictionary: %v", p)
		}
	}()
	return dict.BuildZstdDict(samples, dict.Options{
		MaxDictSize: maxDictionary, HashBytes: 6, ZstdDictID: firstDictionary, ZstdLevel: level,
	})
}

// recall makes the packer know the dictionaries of the store.
func (t *tx) recall() error {
	var all [][]byte
	numbers, good := map[string]bool{}, map[string]bool{}
	c := t.learned.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		number := string(k[:min(len(k), 4)])
		numbers[number] = true
		if dictionary := t.dictionary(v); dictionary != nil && !good[number] {
			good[number] = true
			all = append(all, dictionary)
		}
	}
	if len(good) < len(numbers) {
		return fmt.Errorf("%w: no copy of a dictionary can be read", ErrDamaged)
	}
	if len(all) == 0 {
		return nil
	}
	if err := t.use(all); err != nil {
		return fmt.Errorf("%w: dictionary: %w", ErrDamaged, err)
	}
	return nil
}

// dictionary returns a copy of the dictionary that a value holds, or nil.
func (p *packer) dictionary(value []byte) []byte {
	d, err := p.open(value)
	if err != nil || !bytes.HasPrefix(d, dictionaryMagic) {
		return nil
	}
	return bytes.Clone(d)
}
