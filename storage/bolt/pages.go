package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// pages reads a bbolt file page by page, without bbolt: of what bbolt takes on
// trust, and panics over or follows in circles, it says what is wrong. What
// it reads is the file as of one commit, for as long as nobody writes to the
// pages of that commit.
//
// A page begins with its number (8), its kind (2), the number of its elements
// (2) and that of the pages behind it that it takes up too (4). An element of a
// branch is the distance to its key (4), the length of that (4) and the page
// below (8); of a leaf, flags (4), the distance to its key (4), and the lengths
// of key (4) and value (4), which stand together. Numbers are in the byte order
// of the machine.
type pages struct {
	file  io.ReaderAt
	meta  meta
	metas int // that can be read, of two
}

// meta is what a meta page says. There are two, of which the one with the
// later transaction holds.
type meta struct {
	Magic    uint32
	Version  uint32
	PageSize uint32
	Flags    uint32
	Root     uint64 // page of the bucket of buckets
	Sequence uint64
	Freelist uint64 // page
	Pages    uint64 // after the last one in use
	Tx       uint64
}

const (
	kindBranch   = 1
	kindLeaf     = 2
	kindMeta     = 4
	kindFreelist = 16

	isBucket = 1 // flag of an element

	pageHeader    = 16
	elementSize   = 16
	bucketHeader  = 16
	metaSize      = 56
	noFreelist    = 1<<64 - 1
	manyFree      = 1<<16 - 1 // as the number of elements of the list of free pages: it follows
	maxPage       = 1 << 16   // bytes of one
	maxRun        = 2 * maxRow
	maxDepth      = 32
	magic         = 0xED0CDAED
	formatVersion = 2
)

var native = binary.NativeEndian

// readPages reads where a file begins. The error is ErrDamaged when neither
// meta page can be read.
func readPages(file io.ReaderAt) (*pages, error) {
	p := &pages{file: file}
	for at := int64(0); at <= maxPage; at = max(512, 2*at) {
		m, err := readMeta(file, at)
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		// The second stands where the second page begins.
		if err != nil || at != 0 && at != int64(m.PageSize) {
			continue
		}
		if p.metas++; p.metas == 1 || m.Tx > p.meta.Tx {
			p.meta = m
		}
	}
	if p.metas == 0 {
		return nil, fmt.Errorf("%w: neither meta page can be read", ErrDamaged)
	}
	return p, nil
}

func readMeta(file io.ReaderAt, at int64) (meta, error) {
	var m meta
	b := make([]byte, metaSize+8)
	if _, err := file.ReadAt(b, at+pageHeader); err != nil {
		return m, err
	}
	if _, err := binary.Decode(b, native, &m); err != nil {
		return m, err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSize])
	size := m.PageSize
	if m.Magic != magic || m.Version != formatVersion || sum.Sum64() != native.Uint64(b[metaSize:]) ||
		size < 512 || size > maxPage || size&(size-1) != 0 {
		return m, fmt.Errorf("%w: no meta page", ErrDamaged)
	}
	return m, nil
}

// size returns the length of the file as far as it is in use.
func (p *pages) size() int64 { return int64(p.meta.Pages) * int64(p.meta.PageSize) }

// rawPage is a page with those behind it that it takes up too, or what of a
// bucket stands in the place of one.
type rawPage struct {
	kind   uint16
	count  int
	run    uint64 // pages
	inline bool   // in the value that names the bucket
	bytes  []byte
}

// inlinePage returns what stands in the place of a page behind the header of a
// bucket that has none.
func inlinePage(bucket []byte) (rawPage, bool) {
	if len(bucket) < bucketHeader+pageHeader || native.Uint64(bucket) != 0 {
		return rawPage{}, false
	}
	b := bucket[bucketHeader:]
	r := rawPage{kind: native.Uint16(b[8:]), count: int(native.Uint16(b[10:])), inline: true, bytes: b}
	return r, r.kind == kindLeaf
}

// page reads a page. The error is ErrDamaged when there is none of that number.
func (p *pages) page(id uint64) (rawPage, error) {
	size := uint64(p.meta.PageSize)
	if id < 2 || id >= p.meta.Pages {
		return rawPage{}, fmt.Errorf("%w: there is no page %d of %d", ErrDamaged, id, p.meta.Pages)
	}
	b := make([]byte, size)
	if err := p.read(b, id); err != nil {
		return rawPage{}, err
	}
	r := rawPage{kind: native.Uint16(b[8:]), count: int(native.Uint16(b[10:])), run: 1 + uint64(native.Uint32(b[12:])), bytes: b}
	if got := native.Uint64(b); got != id {
		return rawPage{}, fmt.Errorf("%w: page %d says it is page %d", ErrDamaged, id, got)
	}
	if r.run > p.meta.Pages-id || r.kind != kindFreelist && r.run*size > maxRun {
		return rawPage{}, fmt.Errorf("%w: page %d says it is %d pages long", ErrDamaged, id, r.run)
	}
	if r.run > 1 {
		r.bytes = make([]byte, r.run*size)
		if err := p.read(r.bytes, id); err != nil {
			return rawPage{}, err
		}
	}
	return r, nil
}

func (p *pages) read(b []byte, id uint64) error {
	_, err := p.file.ReadAt(b, int64(id)*int64(p.meta.PageSize))
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the file ends before page %d does", ErrDamaged, id)
	}
	if err != nil {
		return fmt.Errorf("read page %d: %w", id, err)
	}
	return nil
}

// branch returns an element of a branch: the page below, and the key from which
// on it has them.
func (r rawPage) branch(i int) (key []byte, below uint64, err error) {
	e, err := r.element(i)
	if err != nil {
		return nil, 0, err
	}
	key, err = cut(e, native.Uint32(e), native.Uint32(e[4:]))
	return key, native.Uint64(e[8:]), err
}

// leaf returns an element of a leaf.
func (r rawPage) leaf(i int) (flags uint32, key, value []byte, err error) {
	e, err := r.element(i)
	if err != nil {
		return 0, nil, nil, err
	}
	at, n := native.Uint32(e[4:]), native.Uint32(e[8:])
	if key, err = cut(e, at, n); err == nil {
		value, err = cut(e[at:], n, native.Uint32(e[12:]))
	}
	return native.Uint32(e), key, value, err
}

// element returns the page from an element on.
func (r rawPage) element(i int) ([]byte, error) {
	at := pageHeader + i*elementSize
	if i >= r.count || at+elementSize > len(r.bytes) {
		return nil, fmt.Errorf("%w: element %d is beyond the page", ErrDamaged, i)
	}
	return r.bytes[at:], nil
}

func cut(b []byte, at, n uint32) ([]byte, error) {
	if uint64(at)+uint64(n) > uint64(len(b)) {
		return nil, fmt.Errorf("%w: a key or value reaches beyond the page", ErrDamaged)
	}
	return b[at:][:n:n], nil
}

// free calls fn with the number of each free page.
func (p *pages) free(fn func(id uint64)) error {
	if p.meta.Freelist == noFreelist {
		return fmt.Errorf("%w: there is no list of free pages", ErrDamaged)
	}
	r, err := p.page(p.meta.Freelist)
	if err != nil {
		return fmt.Errorf("list of free pages: %w", err)
	}
	if r.kind != kindFreelist {
		return fmt.Errorf("list of free pages: %w: page %d is of kind %d", ErrDamaged, p.meta.Freelist, r.kind)
	}
	ids, n := r.bytes[pageHeader:], uint64(r.count)
	if r.count == manyFree {
		ids, n = ids[8:], native.Uint64(ids)
	}
	if n > uint64(len(ids))/8 {
		return fmt.Errorf("list of free pages: %w: %d are more than fit", ErrDamaged, n)
	}
	for i := range n {
		fn(native.Uint64(ids[8*i:]))
	}
	return nil
}

// bitmap is a set of pages.
type bitmap []byte

func newBitmap(pages uint64) bitmap { return make(bitmap, pages/8+1) }

func (b bitmap) has(id uint64) bool { return b[id/8]&(1<<(id%8)) != 0 }
func (b bitmap) add(id uint64)      { b[id/8] |= 1 << (id % 8) }

// walk visits trees of pages, no page twice.
type walk struct {
	*pages
	used  bitmap
	found func(fault error)

	// tell, if not nil, is told of each page that can be read, and its depth
	// in the tree of its bucket.
	tell func(r rawPage, depth int)
}

func newWalk(p *pages, found func(error)) *walk {
	return &walk{pages: p, used: newBitmap(p.meta.Pages), found: found}
}

// span are the keys that a page may have: from the first, to below the second
// if that is not nil.
type span struct{ from, to []byte }

func (s span) has(key []byte) bool {
	return bytes.Compare(key, s.from) >= 0 && (s.to == nil || bytes.Compare(key, s.to) < 0)
}

// tree visits the elements of the leaves of a tree in order, without what is
// below a page that cannot be read.
func (w *walk) tree(root uint64, visit func(flags uint32, key, value []byte)) {
	w.below(root, 1, span{}, visit)
}

func (w *walk) below(id uint64, depth int, keys span, visit func(uint32, []byte, []byte)) {
	r, err := w.once(id, depth)
	if err != nil {
		w.found(err)
		return
	}
	if w.tell != nil {
		w.tell(r, depth)
	}
	if r.kind == kindLeaf {
		w.leaves(r, fmt.Sprint("page ", id), keys, visit)
		return
	}
	for i := range r.count {
		key, below, err := r.branch(i)
		next := span{key, keys.to}
		if err == nil && i+1 < r.count {
			next.to, _, err = r.branch(i + 1)
		}
		if err == nil && (!keys.has(key) || next.to != nil && bytes.Compare(key, next.to) >= 0) {
			err = fmt.Errorf("%w: key %.64x is out of order", ErrDamaged, key)
		}
		if err != nil {
			w.found(fmt.Errorf("page %d: %w", id, err))
			continue
		}
		w.below(below, depth+1, next, visit)
	}
}

// once reads a page of a tree that was not read before.
func (w *walk) once(id uint64, depth int) (rawPage, error) {
	r, err := w.pages.page(id)
	if err != nil {
		return r, err
	}
	switch {
	case r.kind != kindBranch && r.kind != kindLeaf:
		return r, fmt.Errorf("%w: page %d is of kind %d", ErrDamaged, id, r.kind)
	case depth > maxDepth:
		return r, fmt.Errorf("%w: page %d is below %d others", ErrDamaged, id, depth)
	case r.kind == kindBranch && r.count == 0:
		return r, fmt.Errorf("%w: page %d leads nowhere", ErrDamaged, id)
	}
	return r, w.use(id, r.run)
}

// use notes that pages are in use.
func (w *walk) use(id, run uint64) error {
	for i := id; i < id+run; i++ {
		if w.used.has(i) {
			return fmt.Errorf("%w: page %d is in use twice", ErrDamaged, i)
		}
		w.used.add(i)
	}
	return nil
}

// leaves visits the elements of a leaf.
func (w *walk) leaves(r rawPage, name string, keys span, visit func(uint32, []byte, []byte)) {
	var last []byte
	for i := range r.count {
		flags, key, value, err := r.leaf(i)
		if err == nil && (!keys.has(key) || i > 0 && bytes.Compare(key, last) <= 0) {
			err = fmt.Errorf("%w: key %.64x is out of order", ErrDamaged, key)
		}
		if err != nil {
			w.found(fmt.Errorf("%s: %w", name, err))
			continue
		}
		last = key
		visit(flags, key, value)
	}
}

// buckets returns the values under which the root names the buckets.
func (w *walk) buckets() map[string][]byte {
	all := map[string][]byte{}
	w.tree(w.meta.Root, func(flags uint32, key, value []byte) {
		if flags&isBucket == 0 || len(value) < bucketHeader {
			w.found(fmt.Errorf("%w: %.64q is no bucket", ErrDamaged, key))
			return
		}
		all[string(key)] = value
	})
	return all
}

// bucket visits the elements of a bucket, of which the root says value.
func (w *walk) bucket(name string, value []byte, visit func(key, value []byte)) {
	each := func(flags uint32, k, v []byte) {
		if flags != 0 {
			w.found(fmt.Errorf("%w: bucket %s has a bucket %.64q", ErrDamaged, name, k))
			return
		}
		visit(k, v)
	}
	if root := native.Uint64(value); root != 0 {
		w.tree(root, each)
		return
	}
	r, ok := inlinePage(value)
	if !ok {
		w.found(fmt.Errorf("%w: bucket %s has no page", ErrDamaged, name))
		return
	}
	if w.tell != nil {
		w.tell(r, 0)
	}
	w.leaves(r, "bucket "+name, span{}, each)
}

// checkPages finds what is wrong with the pages of a file: each must be in use
// once, or free.
func checkPages(p *pages, length int64, found func(error)) {
	if p.metas < 2 {
		found(fmt.Errorf("%w: of the two meta pages one cannot be read: the last commit may be lost", ErrDamaged))
	}
	if length < p.size() {
		found(fmt.Errorf("%w: the file has %d bytes of %d", ErrDamaged, length, p.size()))
	}
	w := newWalk(p, found)
	for name, value := range w.buckets() {
		w.bucket(name, value, func([]byte, []byte) {})
	}
	if r, err := p.page(p.meta.Freelist); err == nil {
		if err := w.use(p.meta.Freelist, r.run); err != nil {
			found(err)
		}
	}
	err := p.free(func(id uint64) {
		switch {
		case id < 2 || id >= p.meta.Pages:
			found(fmt.Errorf("%w: there is no free page %d", ErrDamaged, id))
		case w.used.has(id):
			found(fmt.Errorf("%w: page %d is free, and in use or free again", ErrDamaged, id))
		default:
			w.used.add(id)
		}
	})
	if err != nil {
		found(err)
		return
	}
	for id := uint64(2); id < p.meta.Pages; id++ {
		if !w.used.has(id) {
			found(fmt.Errorf("%w: page %d is neither in use nor free", ErrDamaged, id))
		}
	}
}

// lengthOf returns the length of a file.
func lengthOf(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
