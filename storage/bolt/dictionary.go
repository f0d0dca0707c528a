package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/klauspost/compress/dict"
)

// A store learns from its own first entries what they have in common, and
// compresses those that follow with that dictionary: the words of its languages,
// the addresses and the markup of its sources. Rows are short, and zstd has hardly
// begun to know them when they end. A dictionary is kept as long as the store.
const (
	minLearn      = 1000     // entries that a store has before it learns
	sampled       = 8        // of the last so many of them, one is a sample
	maxSample     = 4 << 10  // bytes of it
	maxDictionary = 32 << 10 // bytes

	// firstDictionary is the zstd id of the first dictionary; those below are
	// registered for others.
	firstDictionary = 1 << 16
)

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
	err = s.run(context.Background(), s.db.Update, func(t *tx) error {
		t.put(t.learned, binary.BigEndian.AppendUint32(nil, 1), seal(plain, append(make([]byte, prefix), dictionary...)))
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
			row, err := t.open(v)
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
	c := t.learned.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		dictionary, err := t.open(v)
		if err != nil {
			return fmt.Errorf("%w: dictionary %x: %w", ErrDamaged, k, err)
		}
		all = append(all, slices.Clone(dictionary))
	}
	if len(all) == 0 {
		return nil
	}
	if err := t.use(all); err != nil {
		return fmt.Errorf("%w: dictionary: %w", ErrDamaged, err)
	}
	return nil
}
