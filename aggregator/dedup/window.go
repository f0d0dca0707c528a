package dedup

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// How far back a Window sees, and how much it keeps.
const (
	windowAge   = 72 * time.Hour
	windowLimit = 1 << 18 // entries
	titleAge    = 48 * time.Hour

	// recurringAge is how far apart two entries of one source are at least that
	// have one title because they are of a series: of a daily briefing, say.
	recurringAge = 18 * time.Hour

	// keysPerEntry are the smallest shingles and the title. An entry that has
	// one in common with another is compared with it, if it is one of the
	// newest so many that have it.
	shinglesPerEntry = 16
	keysPerEntry     = shinglesPerEntry + 1
	entriesPerKey    = 64

	// storiesPerKey is in how many stories a shingle may be to lead to an
	// entry. Those in more weigh little.
	storiesPerKey = 8
)

// Member is an entry in a Window.
type Member struct {
	ID     string
	Source string
	Story  string
	Time   time.Time // by which feeds are ordered
	Seen   time.Time // of the record that brought it
}

// Match is an entry in a Window that is like another.
type Match struct {
	Member
	Likeness
	length uint32 // of its text
}

// Window is an index of the entries of the last 72 hours, by what they tell.
// The zero value is empty. What it answers depends only on which entries it was
// given, not on the order of those with equal Seen. What was done to it is final
// with Keep, and until then can be undone. It is not safe for concurrent use,
// and not to be copied once it was used.
type Window struct {
	pages  [][]slot
	used   []uint32 // slots, in the order in which they were taken
	free   []uint32 // slots
	heads  []node   // of chains, by key; their number is a power of two
	newest int64    // seen, of all entries
	done   []change // since the last Keep

	texts     strings.Builder // of the members added last; those of a builder are forgotten together
	candidate Sketch          // memory that one comparison after the other uses
	packed    []byte          // memory in which one member after the other is put together
	found     []uint32        // and candidates
}

// slot is an entry in the window. Its nodes are in the chains of its keys: a
// chain has all nodes of some keys, and those of one key stand in order, the
// newest first.
type slot struct {
	member     string // sketch, ID, story and source, one after the other
	ends       [3]uint32
	keyed      uint32
	seen, time int64 // seconds
	keys       [keysPerEntry]uint32
	next       [keysPerEntry]node
}

// node names a key of a slot; 0 is none.
type node uint32

const (
	pageSize  = 1024
	textsSize = 64 << 10
)

func (w *Window) slot(i uint32) *slot { return &w.pages[i/pageSize][i%pageSize] }

func nodeOf(slot, key uint32) node { return node(slot*keysPerEntry+key) + 1 }

func (n node) slot() uint32 { return uint32(n-1) / keysPerEntry }

func (w *Window) key(n node) uint32 { return w.slot(n.slot()).keys[uint32(n-1)%keysPerEntry] }

func (w *Window) next(n node) *node { return &w.slot(n.slot()).next[uint32(n-1)%keysPerEntry] }

func (w *Window) head(key uint32) *node { return &w.heads[key&uint32(len(w.heads)-1)] }

// Len returns how many entries are in the window.
func (w *Window) Len() int { return len(w.used) }

// change is something that was done to a window: a slot that was taken, a node
// that had to leave its chain, or a slot as it was before its story's name
// changed.
type change struct {
	taken   uint32
	left    node
	renamed *slot
}

// Add puts an entry into the window. Entries are to be added in the order of
// Seen, each once.
func (w *Window) Add(m Member, s *Sketch) {
	if (len(w.used)+1)*keysPerEntry > 2*len(w.heads) {
		w.grow()
	}
	i := w.take()
	*w.slot(i) = w.newSlot(m, s)
	for k := range w.slot(i).keyed {
		if left := w.link(nodeOf(i, k)); left != 0 {
			w.done = append(w.done, change{left: left})
		}
	}
	w.done = append(w.done, change{taken: i})
	w.newest = max(w.newest, w.slot(i).seen)
}

// Rename gives the entries of a story to another one.
func (w *Window) Rename(from, into string) {
	for _, i := range w.used {
		p := w.slot(i)
		if p.story() != from {
			continue
		}
		was := *p
		w.done = append(w.done, change{taken: i, renamed: &was})
		p.pack(w, []byte(was.sketch()), was.id(), into, was.source())
	}
}

// Keep makes final what was done, and forgets what was seen 72 hours before
// the newest entry.
func (w *Window) Keep() {
	w.done = w.done[:0]
	for len(w.used) > 0 && (w.slot(w.used[0]).seen < w.newest-int64(windowAge/time.Second) || len(w.used) > windowLimit) {
		w.forget()
	}
}

// Undo takes back what was done since the last Keep.
func (w *Window) Undo() {
	for len(w.done) > 0 {
		last := w.done[len(w.done)-1]
		w.done = w.done[:len(w.done)-1]
		switch {
		case last.left != 0:
			w.link(last.left)
		case last.renamed != nil:
			p := w.slot(last.taken)
			p.member, p.ends = last.renamed.member, last.renamed.ends
		default:
			w.used = w.used[:len(w.used)-1]
			w.release(last.taken)
		}
	}
}

// newSlot packs an entry.
func (w *Window) newSlot(m Member, s *Sketch) slot {
	p := slot{seen: m.Seen.Unix(), time: m.Time.Unix()}
	w.packed, _ = s.AppendBinary(w.packed[:0])
	w.packed = p.pack(w, w.packed, m.ID, m.Story, m.Source)
	p.keyed = uint32(len(keysOf(s, p.keys[:0])))
	return p
}

// pack puts the texts of an entry into one string, behind its sketch, which it
// returns so.
func (p *slot) pack(w *Window, sketch []byte, id, story, source string) []byte {
	b := sketch
	p.ends[0] = uint32(len(b))
	b = append(b, id...)
	p.ends[1] = uint32(len(b))
	b = append(b, story...)
	p.ends[2] = uint32(len(b))
	b = append(b, source...)
	p.member = w.keep(b)
	return b
}

// keep returns b as a string that shares its memory with others.
func (w *Window) keep(b []byte) string {
	if w.texts.Cap()-w.texts.Len() < len(b) {
		w.texts = strings.Builder{}
		w.texts.Grow(max(textsSize, len(b)))
	}
	from := w.texts.Len()
	w.texts.Write(b)
	return w.texts.String()[from:]
}

// keysOf appends the keys by which an entry is found.
func keysOf(s *Sketch, keys []uint32) []uint32 {
	for _, h := range s.smallest() {
		keys = append(keys, shingleKey(h))
	}
	if len(s.title) > 0 {
		keys = append(keys, titleKey(s.heading))
	}
	return keys
}

// smallest returns the shingles by which an entry is found.
func (s *Sketch) smallest() []uint32 {
	if !s.hasText() {
		return nil
	}
	return s.shingles[:min(len(s.shingles), shinglesPerEntry)]
}

func shingleKey(shingle uint32) uint32 { return uint32(keyed(countedShingle, shingle)) }

func titleKey(heading uint32) uint32 { return uint32(keyed(countedHeading, heading)) }

func (p *slot) sketch() string { return p.member[:p.ends[0]] }

func (p *slot) id() string { return p.member[p.ends[0]:p.ends[1]] }

func (p *slot) story() string { return p.member[p.ends[1]:p.ends[2]] }

func (p *slot) source() string { return p.member[p.ends[2]:] }

// unpack returns the entry. It keeps nothing of the window in memory.
func (p *slot) unpack() Member {
	return Member{
		ID:     strings.Clone(p.id()),
		Story:  strings.Clone(p.story()),
		Source: strings.Clone(p.source()),
		Time:   time.Unix(p.time, 0).UTC(),
		Seen:   time.Unix(p.seen, 0).UTC(),
	}
}

// take returns a slot that is free.
func (w *Window) take() uint32 {
	if len(w.free) == 0 {
		for i := range uint32(pageSize) {
			w.free = append(w.free, uint32(len(w.pages)+1)*pageSize-1-i)
		}
		w.pages = append(w.pages, make([]slot, pageSize))
	}
	i := w.free[len(w.free)-1]
	w.free = w.free[:len(w.free)-1]
	w.used = append(w.used, i)
	return i
}

// forget frees the slot that was taken first.
func (w *Window) forget() {
	i := w.used[0]
	w.used = w.used[1:]
	w.release(i)
}

func (w *Window) release(i uint32) {
	p := w.slot(i)
	for k := range p.keyed {
		w.unlink(nodeOf(i, k))
	}
	*p = slot{}
	w.free = append(w.free, i)
}

// grow doubles the number of chains.
func (w *Window) grow() {
	w.heads = make([]node, max(64, 2*len(w.heads)))
	for _, i := range w.used {
		for k := range w.slot(i).keyed {
			w.link(nodeOf(i, k))
		}
	}
}

// link puts a node into the chain of its key. If they are too many of that key
// the oldest one leaves, and is returned.
func (w *Window) link(n node) (left node) {
	key := w.key(n)
	at, before := w.head(key), 0
	for *at != 0 && (w.key(*at) != key || w.slot(at.slot()).newer(w.slot(n.slot()))) {
		if w.key(*at) == key {
			before++
		}
		at = w.next(*at)
	}
	*w.next(n) = *at
	*at = n
	for ; *at != 0; at = w.next(*at) {
		if w.key(*at) != key {
			continue
		}
		if before++; before > entriesPerKey {
			left = *at
			*at = *w.next(left)
			return left
		}
	}
	return 0
}

// unlink takes a node out of its chain, if it is still in it.
func (w *Window) unlink(n node) {
	for at := w.head(w.key(n)); *at != 0; at = w.next(*at) {
		if *at == n {
			*at = *w.next(n)
			return
		}
	}
}

// newer orders slots: it is total.
func (p *slot) newer(than *slot) bool {
	return cmp.Or(
		cmp.Compare(p.seen, than.seen),
		cmp.Compare(p.time, than.time),
		strings.Compare(p.id(), than.id()),
	) > 0
}

// Matches returns the entries in the window that a rule finds like an entry
// that is not in it. Those that are of the same story come first, the most
// alike first of all; the others follow, with what speaks against it.
func (w *Window) Matches(m Member, s *Sketch, r *Rarity) []Match {
	var matches []Match
	for _, i := range w.candidates(m, s, r) {
		p := w.slot(i)
		if w.packed = append(w.packed[:0], p.sketch()...); w.candidate.unmarshal(w.packed) != nil {
			continue // never: the window wrote it
		}
		l, _ := Compare(s, &w.candidate, r, m.Source == p.source())
		if l.Rule == "" {
			continue
		}
		other := p.unpack()
		if other.ID == m.ID || l.Rule == RuleEqualTitle && apart(m.Time, other.Time) > titleAge {
			continue
		}
		if l.Near() && m.Source == other.Source && s.heading == w.candidate.heading && apart(m.Time, other.Time) >= recurringAge {
			l.Against = AgainstRecurring
		}
		matches = append(matches, Match{other, l, w.candidate.length})
	}
	slices.SortFunc(matches, func(a, b Match) int {
		if a.Near() != b.Near() {
			if a.Near() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Text, a.Text), earlier(a, b))
	})
	return matches
}

// earlier orders entries by who leads a story.
func earlier(a, b Match) int {
	return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(b.length, a.length), strings.Compare(a.ID, b.ID), strings.Compare(a.Source, b.Source))
}

func apart(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

// candidates returns the slots of entries that share a telling key with an
// entry and appeared at about the same time.
func (w *Window) candidates(m Member, s *Sketch, r *Rarity) []uint32 {
	found := w.found[:0]
	for _, h := range s.smallest() {
		if r.withShingle(h) <= storiesPerKey {
			found = w.find(found, shingleKey(h), m)
		}
	}
	if len(s.title) > 0 {
		found = w.find(found, titleKey(s.heading), m)
	}
	w.found = found
	slices.Sort(found)
	return slices.Compact(found)
}

// find appends the slots with a key that are about as old as an entry.
func (w *Window) find(found []uint32, key uint32, m Member) []uint32 {
	if len(w.heads) == 0 {
		return found
	}
	for n := *w.head(key); n != 0; n = *w.next(n) {
		p := w.slot(n.slot())
		if w.key(n) == key && p.seen >= m.Seen.Add(-windowAge).Unix() && apart(m.Time, time.Unix(p.time, 0)) <= windowAge {
			found = append(found, n.slot())
		}
	}
	return found
}
