package bolt

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"newsfeed/storage"
)

// late are the entries of a transaction that are to be written when it ends, or
// when one of them is read. Making their rows takes as long as much else in it, so
// that goes on beside it, on all processors.
type late struct {
	rows    map[uint64]*lateRow // by sequence number
	todo    chan *lateRow
	packing errgroup.Group // of those who take from todo until it is closed
}

type lateRow struct {
	entry storage.Entry
	value []byte
}

func newLate() *late {
	l := &late{rows: map[uint64]*lateRow{}, todo: make(chan *lateRow, 64)}
	l.packing.SetLimit(runtime.GOMAXPROCS(0))
	return l
}

// putEntry writes an entry, late.
func (t *tx) putEntry(seq uint64, e storage.Entry) {
	if t.late == nil {
		t.late = newLate()
	}
	l, row := t.late, &lateRow{entry: e}
	l.rows[seq] = row
	l.packing.TryGo(func() error { return l.pack(t.packer) })
	l.todo <- row
}

// pack makes rows until there are no more. It takes them all, also after one that
// it could not make: somebody may wait to hand over the next.
func (l *late) pack(p *packer) (err error) {
	for row := range l.todo {
		err = cmp.Or(err, row.pack(p))
	}
	return err
}

// wait ends the packing.
func (l *late) wait() error {
	close(l.todo)
	return l.packing.Wait()
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
		_ = t.late.wait() // the transaction has failed already
		t.late = nil
	}
}

// writeLate writes all that is late.
func (t *tx) writeLate() error {
	if t.late == nil {
		return nil
	}
	l := t.late
	t.late = nil
	if err := l.wait(); err != nil {
		return err
	}
	for _, seq := range slices.Sorted(maps.Keys(l.rows)) {
		t.put(&t.entries, seqKey(seq), l.rows[seq].value)
	}
	return nil
}
