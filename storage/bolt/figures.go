package bolt

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// Figures implements storage.Measurer.
func (s *Store) Figures(ctx context.Context) (out storage.Figures, err error) {
	err = s.snapshot(ctx, func(b *bbolt.Tx, p *pages) (err error) {
		if out.File, err = lengthOf(s.file()); err != nil {
			return err
		}
		out.Page = int(p.meta.PageSize)
		out.Schema = int(binary.BigEndian.Uint64(b.Bucket([]byte("meta")).Get([]byte("schema"))))
		out.Free = max(0, out.File-p.size())
		if err := p.free(func(uint64) { out.Free += int64(out.Page) }); err != nil {
			return err
		}
		var faults []error
		w := newWalk(p, func(err error) { faults = append(faults, err) })
		for name, value := range w.buckets() {
			out.Buckets = append(out.Buckets, w.measure(name, value))
			if err := cmp.Or(ctx.Err(), errors.Join(faults...)); err != nil {
				return err
			}
		}
		slices.SortFunc(out.Buckets, func(a, b storage.Bucket) int { return cmp.Compare(a.Name, b.Name) })
		return nil
	})
	if err != nil {
		return storage.Figures{}, fmt.Errorf("measure store: %w", err)
	}
	return out, nil
}

// measure counts what is in a bucket. A page in part in use counts with what
// its elements take up of it.
func (w *walk) measure(name string, value []byte) storage.Bucket {
	b := storage.Bucket{Name: name}
	w.tell = func(r rawPage, depth int) {
		b.Depth = max(b.Depth, depth)
		b.Pages += int64(r.run) * int64(w.meta.PageSize)
		b.Bytes += pageHeader + int64(r.count)*elementSize
		for i := range r.count {
			if r.kind != kindBranch {
				break
			}
			key, _, _ := r.branch(i)
			b.Bytes += int64(len(key))
		}
	}
	w.bucket(name, value, func(key, value []byte) {
		b.Keys++
		b.Bytes += int64(len(key) + len(value))
	})
	return b
}
