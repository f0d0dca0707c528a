package powerloss

import (
	"maps"
	"math/rand/v2"
	"sync"
	"syscall"
)

// The units in which a write may be lost: pages reach the disk in any order, and
// of a page that was on its way some sectors.
const (
	page   = 4096
	sector = 512
)

// Kind is what an operation does to the disk.
type Kind string

// The kinds of operations.
const (
	Open     Kind = "open" // or create
	Read     Kind = "read"
	Write    Kind = "write"
	Truncate Kind = "truncate"
	Sync     Kind = "sync"
	Name     Kind = "name" // link, rename or remove
)

// Disk is one folder of files. It is safe for concurrent use.
type Disk struct {
	mu     sync.Mutex // guards the fields below and all files
	names  map[string]*file
	synced map[string]*file   // the names that survive for certain
	later  []map[string]*file // those after each change since
	before func(Kind) syscall.Errno
	off    bool
	cut    chan struct{} // closed when the power is off
}

// file is the contents of a file, whatever its names are.
type file struct {
	data   []byte
	synced []byte
	later  []change // since data was synced, in order
}

// change is a write, or a truncation to a size.
type change struct {
	at   int64
	data []byte // nil: truncate at
}

// NewDisk returns an empty disk.
func NewDisk() *Disk {
	return &Disk{names: map[string]*file{}, synced: map[string]*file{}, cut: make(chan struct{})}
}

// Before has fn called before each operation, one at a time. An operation for
// which it returns an error is not done.
func (d *Disk) Before(fn func(Kind) syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before = fn
}

// Cut is the error by which the function given to Before cuts the power: no
// operation is done from then on.
const Cut = syscall.ENODEV

// Off returns a channel that is closed when the power is cut.
func (d *Disk) Off() <-chan struct{} { return d.cut }

// PowerOff cuts the power, if it is not cut yet.
func (d *Disk) PowerOff() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.powerOff()
}

func (d *Disk) powerOff() {
	if !d.off {
		d.off = true
		close(d.cut)
	}
}

// do does an operation, if it may be done.
func (d *Disk) do(k Kind, operation func() syscall.Errno) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return syscall.EIO
	}
	if d.before != nil {
		switch err := d.before(k); err {
		case 0:
		case Cut:
			d.powerOff()
			return syscall.EIO
		default:
			return err
		}
	}
	return operation()
}

// rename changes the names by fn, which gets a copy of them.
func (d *Disk) rename(fn func(names map[string]*file) syscall.Errno) syscall.Errno {
	names := maps.Clone(d.names)
	if err := fn(names); err != 0 {
		return err
	}
	d.names = names
	d.later = append(d.later, names)
	return 0
}

// syncNames makes the names durable.
func (d *Disk) syncNames() {
	d.synced, d.later = d.names, nil
}

func (f *file) write(at int64, data []byte) {
	c := change{at, append([]byte{}, data...)}
	f.data = c.apply(f.data)
	f.later = append(f.later, c)
}

func (f *file) truncate(size int64) {
	c := change{at: size}
	f.data = c.apply(f.data)
	f.later = append(f.later, c)
}

// sync makes the contents durable.
func (f *file) sync() {
	for _, c := range f.later {
		f.synced = c.apply(f.synced)
	}
	f.later = nil
}

// forsake gives up what was written to a file since it was synced: programs
// still see it, but it is lost with the power. That the power is off already
// changes nothing.
func (d *Disk) forsake(f *file) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.off {
		f.later = nil
	}
}

// apply returns what a change makes of contents. What lies between their end
// and a write is zero.
func (c change) apply(b []byte) []byte {
	if c.data == nil {
		return resize(b, c.at)
	}
	b = resize(b, max(int64(len(b)), c.at+int64(len(c.data))))
	copy(b[c.at:], c.data)
	return b
}

func resize(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// split returns the parts of a write within each unit of that size.
func (c change) split(unit int64) (parts []change) {
	for at, data := c.at, c.data; len(data) > 0; {
		n := min(unit-at%unit, int64(len(data)))
		parts = append(parts, change{at, data[:n]})
		at, data = at+n, data[n:]
	}
	return parts
}

// Survivors returns a disk with what is left after the power was cut, by chance
// as far as it was not synced. d is as it was.
func (d *Disk) Survivors(r *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Now and then nothing that was not synced is left, or all of it.
	share := [...]float64{0, 1, 0.5, r.Float64()}[r.IntN(4)]
	names := d.synced
	if n := len(d.later); n > 0 && r.Float64() < share {
		names = d.later[r.IntN(n)]
	}
	left := NewDisk()
	was := map[*file]*file{} // a file may have two names
	for name, f := range names {
		if was[f] == nil {
			b := f.survivors(r, share)
			was[f] = &file{data: append([]byte{}, b...), synced: b}
		}
		left.names[name] = was[f]
	}
	left.synced = left.names
	return left
}

// survivors returns what is left of the contents when each change since they
// were synced has that chance to be kept, whole or in sectors.
func (f *file) survivors(r *rand.Rand, share float64) []byte {
	b := append([]byte{}, f.synced...)
	for _, c := range f.later {
		if c.data == nil {
			if r.Float64() < share {
				b = c.apply(b)
			}
			continue
		}
		for _, p := range c.split(page) {
			torn := r.IntN(3) == 0
			if !torn && r.Float64() < share {
				b = p.apply(b)
			}
			for _, s := range p.split(sector) {
				if torn && r.Float64() < share {
					b = s.apply(b)
				}
			}
		}
	}
	return b
}

// File returns a copy of the contents of a file as programs see them; ok is
// false when there is no such file.
func (d *Disk) File(name string) (data []byte, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.names[name]
	if !ok {
		return nil, false
	}
	return append([]byte{}, f.data...), true
}
