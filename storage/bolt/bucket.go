package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// bucket is one of bbolt's, which is opened when it is first used: most reads use
// one or two of them.
type bucket struct {
	tx   *bbolt.Tx
	name string
	fill float64 // of pages that are split
	open *bbolt.Bucket
}

// in returns the bucket of bbolt. It panics where there is none: that is damage
// since the store was opened.
func (b *bucket) in() *bbolt.Bucket {
	if b.open == nil {
		if b.open = b.tx.Bucket([]byte(b.name)); b.open == nil {
			panic(fmt.Errorf("no bucket %s", b.name))
		}
		b.open.FillPercent = b.fill
	}
	return b.open
}

func (b *bucket) Get(key []byte) []byte                          { return b.in().Get(key) }
func (b *bucket) Put(key, value []byte) error                    { return b.in().Put(key, value) }
func (b *bucket) Delete(key []byte) error                        { return b.in().Delete(key) }
func (b *bucket) Cursor() *bbolt.Cursor                          { return b.in().Cursor() }
func (b *bucket) ForEach(fn func(key, value []byte) error) error { return b.in().ForEach(fn) }
func (b *bucket) Sequence() uint64                               { return b.in().Sequence() }
func (b *bucket) NextSequence() (uint64, error)                  { return b.in().NextSequence() }
func (b *bucket) SetSequence(n uint64) error                     { return b.in().SetSequence(n) }
