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
	index  index    // of the keys of the slots
	newest int64    // seen, of all entries
	done   []change // since the last Keep

	texts     strings.Builder // of the members added last; those of a builder are forgotten together
	candidate Sketch          // memory that one comparison after the other uses
	packed    []byte          // memory in which one member after the other is put together
	found     []uint32        // and candidates
}

// slot is an entry in the window.
type slot struct {
	member     string // sketch, ID, story and source, one after the other
	ends       [3]uint32
	indexed    uint32 // which of its keys are in the index, a bit for each
	seen, time int64  // seconds
	keys       [keysPerEntry]uint32
}

const (
	pageSize  = 1024
	textsSize = 64 << 10
)

func (w *Window) slot(i uint32) *slot { return &w.pages[i/pageSize][i%pageSize] }

// Len returns how many entries are in the window.
func (w *Window) Len() int { return len(w.used) }

// change is something that was done to a window: a slot that was taken, a node
// that had to leave the index, or a slot as it was before its story's name
// changed.
type change struct {
	taken   uint32
	left    node
	renamed *slot
}

// Add puts an entry into the window. Entries are to be added in the order of
// Seen, each once.
func (w *Window) Add(m Member, s *Sketch) {
	if w.index.full() {
		w.reindex()
	}
	i := w.take()
	p := w.slot(i)
	p.seen, p.time = m.Seen.Unix(), m.Time.Unix()
	w.packed, _ = s.AppendBinary(w.packed[:0])
	w.packed = p.pack(w, w.packed, m.ID, m.Story, m.Source)
	for number, key := range keysOf(s, p.keys[:0]) {
		if left := w.link(nodeOf(int(i), number, key)); left != free {
			w.done = append(w.done, change{left: left})
		}
	}
	w.done = append(w.done, change{taken: i})
	w.newest = max(w.newest, p.seen)
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
		case last.left != free:
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
	for number, key := range p.keys {
		if p.indexed>>number%2 == 1 {
			w.index.remove(nodeOf(int(i), number, key), key)
		}
	}
	*p = slot{}
	w.free = append(w.free, i)
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
		if w.packed = append(w.packed[:0], p.sketch()...); w.candidate.unmarshalSets(w.packed, setsOfLikeness) != nil {
			continue // never: the window wrote it
		}
		l := likeness(s, &w.candidate, r, m.Source == p.source())
		if l.Rule == "" || w.candidate.unmarshal(w.packed) != nil {
			continue
		}
		l.Against = against(l, s, &w.candidate, r, m.Source == p.source())
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
	found, when := w.found[:0], aroundOf(m)
	for _, h := range s.smallest() {
		if r.withShingle(h) <= storiesPerKey {
			found = w.find(found, shingleKey(h), when)
		}
	}
	if len(s.title) > 0 {
		found = w.find(found, titleKey(s.heading), when)
	}
	w.found = found
	slices.Sort(found)
	return slices.Compact(found)
}

// around are the times, in seconds, of the entries that an entry is compared
// with: since when they were seen, and by what times they are ordered.
type around struct{ seen, from, to int64 }

func aroundOf(m Member) around {
	from := m.Time.Add(-windowAge)
	a := around{m.Seen.Add(-windowAge).Unix(), from.Unix(), m.Time.Add(windowAge).Unix()}
	if from.Nanosecond() > 0 {
		a.from++
	}
	return a
}

func (a around) has(p *slot) bool { return p.seen >= a.seen && p.time >= a.from && p.time <= a.to }
