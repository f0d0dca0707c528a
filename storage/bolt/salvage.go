package bolt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"newsfeed/storage"
)

// Salvaged says what Salvage has saved.
type Salvaged struct {
	storage.Stats
	Expected int  // entries that the damaged store had; -1: it is not known
	Faults   int  // of pages
	Rows     int  // that could not be read
	Searched bool // the whole file, for entries that no index leads to
}

// Lost reports whether something was lost, or may have been.
func (s Salvaged) Lost() bool { return s.Faults > 0 || s.Rows > 0 || s.Entries != s.Expected }

// Salvage reads what can be read of the store at from, which it does not
// change, into a new store at to. Indexes are made anew of the entries. The
// numbers of entries are given anew, in order, and the checkpoint of the
// resolver is left out: it is made of the entries. If anything is lost, all
// sources are to be read anew, as if they had never answered.
func Salvage(ctx context.Context, from, to string) (Salvaged, error) {
	out, err := salvageFile(ctx, from, to)
	if err != nil {
		return Salvaged{}, fmt.Errorf("salvage store %s: %w", from, err)
	}
	return out, nil
}

func salvageFile(ctx context.Context, from, to string) (out Salvaged, err error) {
	f, err := os.Open(from)
	if err != nil {
		return out, err
	}
	defer f.Close()
	if err := lock(f, true); err != nil {
		return out, err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return out, fmt.Errorf("%s: %w", to, cmp.Or(err, fs.ErrExist))
	}
	p, err := readAnyPages(f)
	if err != nil {
		return out, err
	}
	d, err := newDraft(to, f)
	if err != nil {
		return out, err
	}
	if err = layOut(d.file.Name()); err == nil {
		out, err = salvagePages(ctx, p, d.file.Name())
	}
	if err == nil {
		err = tighten(d.file)
	}
	if err == nil {
		out.Stats, err = verifyAt(ctx, d.file.Name(), Options{ReadOnly: true})
	}
	return out, d.finish(err, d.place)
}

// readAnyPages is readPages, and for a file without a meta page all its pages,
// of which nothing is known.
func readAnyPages(f *os.File) (*pages, error) {
	length, err := lengthOf(f)
	if err != nil {
		return nil, err
	}
	p, err := readPages(f)
	if errors.Is(err, ErrDamaged) {
		p, err = &pages{file: f, meta: meta{PageSize: uint32(os.Getpagesize()), Pages: 1 << 62, Freelist: noFreelist}}, nil
	}
	if err == nil {
		p.meta.Pages = min(p.meta.Pages, uint64(length)/uint64(p.meta.PageSize))
	}
	return p, err
}

func salvagePages(ctx context.Context, p *pages, to string) (Salvaged, error) {
	s, err := Open(to, Options{MustExist: true})
	if err != nil {
		return Salvaged{}, err
	}
	s.db().NoSync = true // until the draft is finished it is nothing yet
	v := &salvage{ctx: ctx, packer: newPacker(), store: s, sources: map[string]*source{}, batched: map[string]bool{}}
	v.Expected = -1
	v.walk = newWalk(p, func(error) { v.Faults++ })
	v.run()
	return v.Salvaged, errors.Join(v.err, s.Close())
}

// salvage is one reading of a damaged store into a new one. After an error of
// the new one, which is kept, it does nothing more.
type salvage struct {
	*walk
	Salvaged
	ctx    context.Context
	packer *packer // of the damaged store
	store  *Store
	err    error

	lost     bool   // the tree, altogether
	schema   uint64 // of the damaged store; 0: it is not known
	migrates bool   // it was on its way to that schema
	settings storage.Settings
	sources  map[string]*source // as they were, by id

	batch   []storage.Record // of entries
	batched map[string]bool  // by id
	size    int              // of their rows
}

func (v *salvage) run() {
	buckets := v.buckets()
	v.lost = len(buckets) == 0
	read := func(name string, visit func(key, value []byte)) (whole bool) {
		faults, value := v.Faults, buckets[name]
		if value != nil {
			v.bucket(name, value, visit)
		}
		return value != nil && v.Faults == faults
	}
	v.dictionaries(read)
	read("meta", v.meta)
	whole := read("sources", v.source)
	if whole = read("states", v.state) && whole; !whole {
		v.search(v.straySource)
		v.search(v.strayState)
	}
	v.configure(true)
	if whole := read("entries", v.entry); !whole {
		v.Searched = true
		v.search(v.strayEntry)
	}
	v.flush()
	v.stories(read)
	v.events(read)
	v.remembered(read)
	v.editions(read)
	v.states()
	v.configure(false)
}

// dictionaries finds those with which rows were compressed.
func (v *salvage) dictionaries(read func(string, func(k, v []byte)) bool) {
	known := map[uint32][]byte{}
	take := func(_, value []byte) {
		if d := v.packer.dictionary(value); len(d) >= 8 {
			known[binary.LittleEndian.Uint32(d[4:])] = d
		}
	}
	read("learned", take)
	if len(known) == 0 {
		v.search(take)
	}
	var all [][]byte
	for _, id := range slices.Sorted(maps.Keys(known)) {
		all = append(all, known[id])
	}
	// Rows of one that cannot be used are counted as lost when they are met.
	_ = v.packer.use(all)
}

// row decodes a row and counts one that cannot be.
func row[T any](v *salvage, value []byte, fields []field[T], to *T) bool {
	if err := decode(v.packer, value, fields, to); err != nil {
		v.Rows++
		return false
	}
	return true
}

// commit commits to the new store.
func (v *salvage) commit(records ...storage.Record) {
	if v.err == nil {
		v.err = v.store.Commit(v.ctx, records...)
	}
}

// update changes the new store below its records.
func (v *salvage) update(fn func(*tx) error) {
	if v.err == nil {
		v.err = v.store.update(v.ctx, func(t *tx) error { return errors.Join(fn(t), t.finish()) })
	}
}

// search visits the elements of all leaves that were not read already, also of
// those that a leaf holds as buckets. Free pages, on which there is what was
// removed or replaced, are left out, unless nothing else is to be had.
func (v *salvage) search(visit func(key, value []byte)) {
	free := newBitmap(v.pages.meta.Pages)
	if !v.lost {
		_ = v.free(func(id uint64) { // of a damaged list, as far as it can be read
			if id < v.pages.meta.Pages {
				free.add(id)
			}
		})
	}
	for id := uint64(2); id < v.pages.meta.Pages && v.err == nil; id++ {
		if v.used.has(id) || free.has(id) {
			continue
		}
		v.err = v.ctx.Err()
		if r, err := v.page(id); err == nil && r.kind == kindLeaf {
			searchLeaf(r, visit)
		}
	}
}

func searchLeaf(r rawPage, visit func(key, value []byte)) {
	for i := range r.count {
		flags, key, value, err := r.leaf(i)
		switch {
		case err != nil:
		case flags == 0:
			visit(key, value)
		case flags == isBucket && !r.inline:
			if inner, ok := inlinePage(value); ok {
				searchLeaf(inner, visit)
			}
		}
	}
}

func (v *salvage) meta(key, value []byte) {
	var c counts
	switch string(key) {
	case "schema":
		if len(value) == 8 {
			v.schema = binary.BigEndian.Uint64(value)
		}
	case "migration":
		v.migrates = true
	case "settings":
		row(v, value, settingsFields, &v.settings)
	case "counts":
		if row(v, value, countsFields, &c) {
			v.Expected = c.entries
		}
	}
}

func (v *salvage) source(id, value []byte) {
	src := &source{}
	if row(v, value, sourceFields, src) {
		src.ID = string(id)
		v.sources[src.ID] = src
	}
}

func (v *salvage) state(id, value []byte) {
	if src := v.sources[string(id)]; src != nil {
		row(v, value, stateFields, src)
	}
}

// straySource takes what is the row of a source that is not known.
func (v *salvage) straySource(id, value []byte) {
	src := &source{}
	if decode(v.packer, value, sourceFields, src) == nil && src.number > 0 && src.URL != "" && v.sources[string(id)] == nil {
		src.ID = string(id)
		v.sources[src.ID] = src
	}
}

// strayState takes what is the row of the state of a source that has none.
func (v *salvage) strayState(id, value []byte) {
	known, found := v.sources[string(id)], source{}
	if known != nil && known.State.Polls == 0 && decode(v.packer, value, stateFields, &found) == nil {
		known.State = found.State
	}
}

// configure makes the sources those that are configured, or all that there
// were, whose entries can be added only then.
func (v *salvage) configure(all bool) {
	s := v.settings
	for _, id := range slices.Sorted(maps.Keys(v.sources)) {
		if src := v.sources[id]; all || !src.Removed {
			s.Sources = append(s.Sources, src.SourceSettings)
		}
	}
	v.commit(storage.Record{Settings: &s})
}

func (v *salvage) entry(_, value []byte) {
	var e storage.Entry
	if unpackEntry(v.packer, value, &e) != nil {
		v.Rows++
		return
	}
	v.add(e, len(value))
}

// strayEntry takes what is the row of an entry.
func (v *salvage) strayEntry(key, value []byte) {
	var e storage.Entry
	if len(key) == 8 && unpackEntry(v.packer, value, &e) == nil {
		v.add(e, len(value))
	}
}

// add adds an entry, unless there is one with its id that is as new.
func (v *salvage) add(e storage.Entry, size int) {
	if e.ID == "" || e.Story == "" || e.Source == "" || v.err != nil {
		return
	}
	e.Keys = v.keysOf(&e)
	if v.batched[e.ID] {
		v.flush()
	}
	have, err := v.store.Entry(v.ctx, e.ID)
	switch {
	case err == nil && !have.Changed.Before(e.Changed):
		return
	case err != nil && !errors.Is(err, storage.ErrNotFound):
		v.err = err
		return
	}
	if v.sources[e.Source] == nil {
		v.sources[e.Source] = &source{Source: storage.Source{SourceSettings: storage.SourceSettings{ID: e.Source}, Removed: true}}
		v.configure(true)
	}
	if n := len(v.batch); n == 0 || v.batch[n-1].Poll.Source != e.Source {
		v.batch = append(v.batch, storage.Record{Poll: &storage.Poll{Source: e.Source}})
	}
	p := v.batch[len(v.batch)-1].Poll
	p.Entries = append(p.Entries, e)
	v.batched[e.ID] = true
	const atOnce = 4 << 20 // bytes of rows
	if v.size += size; v.size > atOnce {
		v.flush()
	}
}

// keysOf returns the keys of an entry in the present form. Of a store that may
// have had it already all that may be the right ones: a key of an address that
// the entry has no longer would become that of another site.
func (v *salvage) keysOf(e *storage.Entry) []storage.Key {
	switch {
	case v.schema == 0:
		return mergeKeys(relocate(e), e.Keys)
	case v.schema < 3 || v.migrates:
		return relocate(e)
	}
	return e.Keys
}

// flush commits the entries that wait for it.
func (v *salvage) flush() {
	v.commit(v.batch...)
	v.batch, v.size = nil, 0
	clear(v.batched)
}

// stories gives the stories that were made of the entries what their rows knew
// beside these: the id under which they are published, and those that lead to
// them.
func (v *salvage) stories(read func(string, func(k, v []byte)) bool) {
	ids := map[uint32]string{} // of sources, by number
	for id, src := range v.sources {
		ids[src.number] = id
	}
	var list []story
	put := func() {
		v.update(func(t *tx) error {
			for i := range list {
				if err := t.knowing(&list[i], ids); err != nil {
					return err
				}
			}
			return nil
		})
		list = nil
	}
	read("stories", func(id, value []byte) {
		s := story{id: string(id)}
		if !row(v, value, oldStoryFields, &s) || s.into != "" {
			return
		}
		if list = append(list, s); len(list) == atOnce {
			put()
		}
	})
	put()
}

// knowing gives a story what was known of it.
func (t *tx) knowing(was *story, ids map[uint32]string) error {
	s, err := t.storyRow(was.id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && s.into != "" { // it leads to one that has its entries
		return nil
	}
	if err == nil && was.public != "" {
		err = t.complete(&s)
	}
	if err != nil {
		return err
	}
	s.changed = later(s.changed, was.changed)
	if s.public != was.public && was.public != "" {
		s.public = was.public
		// Older layouts do not say of which source it is.
		if src, err := t.source(ids[was.source], stateFields); err == nil {
			s.source = src.number
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	var folded []string
	for _, id := range was.folded {
		if t.stories.Get([]byte(id)) == nil {
			folded = append(folded, id)
		}
	}
	t.lead(folded, &s)
	t.putStory(&s)
	return nil
}

// events are copied with their numbers, by which readers know them.
func (v *salvage) events(read func(string, func(k, v []byte)) bool) {
	var keys, rows [][]byte
	read("events", func(key, value []byte) {
		if len(key) == 8 && row(v, value, eventFields, &storage.Event{}) {
			keys, rows = append(keys, bytes.Clone(key)), append(rows, bytes.Clone(value))
		}
	})
	v.update(func(t *tx) error {
		for i := range keys {
			t.put(&t.events, keys[i], rows[i])
		}
		if len(keys) == 0 {
			return nil
		}
		return t.events.SetSequence(binary.BigEndian.Uint64(keys[len(keys)-1]))
	})
}

// remembered remembers keys in their order.
func (v *salvage) remembered(read func(string, func(k, v []byte)) bool) {
	type one struct {
		turn, second uint64
		key          storage.Key
	}
	var list []one
	read("pruned", func(key, value []byte) {
		if len(key) != 9 || len(value) != 16 {
			v.Rows++
			return
		}
		k := one{turn: binary.BigEndian.Uint64(value), second: binary.BigEndian.Uint64(value[8:]), key: lengthen(key)}
		list = append(list, k)
	})
	slices.SortFunc(list, func(a, b one) int { return cmp.Compare(a.turn, b.turn) })
	const atOnce = 1000
	for chunk := range slices.Chunk(list, atOnce) {
		var records []storage.Record
		for _, k := range chunk {
			now := time.Unix(int64(k.second), 0)
			if n := len(records); n == 0 || !records[n-1].Time.Equal(now) {
				records = append(records, storage.Record{Time: now, Prune: &storage.Prune{}})
			}
			p := records[len(records)-1].Prune
			p.Remember = append(p.Remember, k.key)
		}
		v.commit(records...)
	}
}

// editions records editions in their order.
func (v *salvage) editions(read func(string, func(k, v []byte)) bool) {
	type one struct {
		turn    uint64
		edition storage.Edition
	}
	var list []one
	read("editions", func(path, value []byte) {
		e := one{edition: storage.Edition{Path: string(path)}}
		if len(value) < 8 || !row(v, value[8:], editionFields, &e.edition) {
			return
		}
		e.turn = binary.BigEndian.Uint64(value)
		list = append(list, e)
	})
	slices.SortFunc(list, func(a, b one) int { return cmp.Compare(a.turn, b.turn) })
	const atOnce = 1000
	for chunk := range slices.Chunk(list, atOnce) {
		var r storage.Record
		for _, e := range chunk {
			r.Editions = append(r.Editions, e.edition)
		}
		v.commit(r)
	}
}

// states gives the sources their states.
func (v *salvage) states() {
	stats, err := v.store.Stats(v.ctx)
	v.Stats, v.err = stats, errors.Join(v.err, err)
	for id, src := range v.sources {
		state := src.State
		relocateSeen(&state, id)
		if v.Lost() {
			forget(&state)
		}
		v.commit(storage.Record{Poll: &storage.Poll{Source: id, State: state}})
	}
}

// forget takes from a state what would keep a source from being read whole.
func forget(s *storage.State) {
	s.Validators, s.Body, s.Seen = storage.Validators{}, storage.Digest{}, nil
	for i := range s.Parts {
		s.Parts[i].Validators, s.Parts[i].Pending = storage.Validators{}, true
	}
}
