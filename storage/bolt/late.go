package bolt

import (
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"newsfeed/storage"
)

// late are the entries of a transaction that are to be written when it ends, or
// when one of them is read. Compressing their rows takes as long as all else in
// it, so that goes on beside it, on all processors.
type late struct {
	rows    map[uint64]*lateRow // by sequence number
	packing errgroup.Group
}

type lateRow struct {
	entry   storage.Entry
	started bool
	value   []byte
}

func newLate() *late {
	l := &late{rows: map[uint64]*lateRow{}}
	l.packing.SetLimit(runtime.GOMAXPROCS(0))
	return l
}

// putEntry writes an entry, late.
func (t *tx) putEntry(seq uint64, e storage.Entry) {
	if t.late == nil {
		t.late = newLate()
	}
	row := &lateRow{entry: e}
	t.late.rows[seq] = row
	row.started = t.late.packing.TryGo(func() error { return row.pack(t.packer) })
}

// pack is guarded: a panic beside the transaction would end the process.
func (r *lateRow) pack(p *packer) error {
	return guard(func() (err error) {
		if r.value, err = packEntry(p, &r.entry); err != nil {
			err = fmt.Errorf("entry %.200q: %w", r.entry.ID, err)
		}
		return err
	})
}

// drop forgets what is late, once nobody reads its entries any more.
func (t *tx) drop() {
	if t.late != nil {
		_ = t.late.packing.Wait() // the transaction has failed already
		t.late = nil
	}
}

// writeLate writes all that is late.
func (t *tx) writeLate() error {
	if t.late == nil {
		return nil
	}
	rows, packing := t.late.rows, &t.late.packing
	t.late = nil
	for _, r := range rows {
		if !r.started {
			packing.Go(func() error { return r.pack(t.packer) })
		}
	}
	if err := packing.Wait(); err != nil {
		return err
	}
	for _, seq := range slices.Sorted(maps.Keys(rows)) {
		t.put(&t.entries, seqKey(seq), rows[seq].value)
	}
	return nil
}
