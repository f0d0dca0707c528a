package dedup

import "math/bits"

// index is where the slots of a window are found by their keys. A node stands at
// the place of its key, or behind it with no free place between.
type index struct {
	nodes []node
	taken int // places that are not free
}

// node names a key of a slot: of more slots than windowLimit. Some bits of the key
// itself are beside that, so that most nodes that stand where another is looked for
// need no look at their slots.
type node uint32

const (
	free node = 0
	gone node = 1 // a node was here, and there may be others behind it

	tags = 1 << 8
)

func nodeOf(slot, number int, key uint32) node {
	return node(slot*keysPerEntry+number+1)*tags + node(key%tags)
}

func (n node) slot() uint32 { return uint32(n/tags-1) / keysPerEntry }

// number returns which of its slot's keys it is.
func (n node) number() uint32 { return uint32(n/tags-1) % keysPerEntry }

// mayBeOf reports whether it is likely a node of a key; if not, it is none.
func (n node) mayBeOf(key uint32) bool { return uint32(n)%tags == key%tags && n > gone }

// place returns where the nodes of a key begin: by its upper bits.
func (x *index) place(key uint32) int { return int(uint64(key) * uint64(len(x.nodes)) >> 32) }

// after returns the place behind another.
func (x *index) after(place int) int {
	if place++; place < len(x.nodes) {
		return place
	}
	return 0
}

// full reports whether there is no room for the keys of another slot: with more
// than four in five places taken, what is looked for is far from its place.
func (x *index) full() bool { return 5*(x.taken+keysPerEntry) > 4*len(x.nodes) }

// put puts a node at a place where none is.
func (x *index) put(place int, n node) {
	if x.nodes[place] == free {
		x.taken++
	}
	x.nodes[place] = n
}

// remove takes a node out, if it is in.
func (x *index) remove(n node, key uint32) {
	for i := x.place(key); x.nodes[i] != free; i = x.after(i) {
		switch {
		case x.nodes[i] != n:
		case x.nodes[x.after(i)] == free:
			x.nodes[i] = free
			x.taken--
			return
		default:
			x.nodes[i] = gone
			return
		}
	}
}

// room returns the place for another node of a key, and how many may be of the
// same.
func (x *index) room(key uint32) (place, alike int) {
	place = -1
	i := x.place(key)
	for ; x.nodes[i] != free; i = x.after(i) {
		switch {
		case x.nodes[i].mayBeOf(key):
			alike++
		case x.nodes[i] == gone && place < 0:
			place = i
		}
	}
	if place < 0 {
		place = i
	}
	return place, alike
}

func (w *Window) key(n node) uint32 { return w.slot(n.slot()).keys[n.number()] }

// reindex makes an index with room for a quarter as many nodes again.
func (w *Window) reindex() {
	nodes := keysPerEntry
	for _, i := range w.used {
		nodes += bits.OnesCount32(w.slot(i).indexed)
	}
	w.index = index{nodes: make([]node, max(64, nodes*25/16))}
	for _, i := range w.used {
		p := w.slot(i)
		for number, key := range p.keys {
			if p.indexed>>number%2 == 1 {
				place, _ := w.index.room(key)
				w.index.put(place, nodeOf(int(i), number, key))
			}
		}
	}
}

// link puts a node into the index. If they are too many of its key the oldest one
// has to leave, and is returned if it is another.
func (w *Window) link(n node) (left node) {
	key, p := w.key(n), w.slot(n.slot())
	place, alike := w.index.room(key)
	if alike >= entriesPerKey {
		if oldest, many := w.oldest(key); many >= entriesPerKey {
			left = w.index.nodes[oldest]
			was := w.slot(left.slot())
			if was.newer(p) {
				return free
			}
			was.indexed &^= 1 << left.number()
			place = oldest
		}
	}
	w.index.put(place, n)
	p.indexed |= 1 << n.number()
	return left
}

// oldest returns the place of the oldest node of a key, and how many there are.
func (w *Window) oldest(key uint32) (place, many int) {
	for i := w.index.place(key); w.index.nodes[i] != free; i = w.index.after(i) {
		n := w.index.nodes[i]
		if !n.mayBeOf(key) || w.key(n) != key {
			continue
		}
		if many++; many == 1 || w.slot(w.index.nodes[place].slot()).newer(w.slot(n.slot())) {
			place = i
		}
	}
	return place, many
}

// find appends the slots with a key that are of a time.
func (w *Window) find(found []uint32, key uint32, when around) []uint32 {
	if len(w.index.nodes) == 0 {
		return found
	}
	for i := w.index.place(key); w.index.nodes[i] != free; i = w.index.after(i) {
		n := w.index.nodes[i]
		if !n.mayBeOf(key) {
			continue
		}
		if p := w.slot(n.slot()); p.keys[n.number()] == key && when.has(p) {
			found = append(found, n.slot())
		}
	}
	return found
}
