package dedup

import (
	"context"
	"fmt"
	"slices"
	"time"

	"newsfeed/storage"
)

// Reader is what the Resolver asks a store.
type Reader interface {
	storage.Index
	Entry(ctx context.Context, id string) (storage.Entry, error)
}

// Options say how a Resolver works.
type Options struct {
	Similarity bool // find near-duplicates too
}

// Resolver resolves polls in the order in which they will be committed. What
// it resolved and the store does not have yet it remembers itself, so that two
// polls of one batch cannot both be first. It is not safe for concurrent use:
// the one committer owns it.
type Resolver struct {
	store Reader

	// What was resolved and is not committed yet.
	pending map[storage.Key]*storage.Entry // first entry by key
	ids     map[string]*storage.Entry
	folded  map[string]storage.Fold // stories, into which
	grown   map[string]int          // stories, by how many entries

	recent recent
}

// NewResolver returns a resolver over what store holds.
func NewResolver(store Reader, o Options) *Resolver {
	r := &Resolver{store: store, recent: recent{off: !o.Similarity}}
	r.forget()
	return r
}

// Committed says that all that was resolved is in the store.
func (r *Resolver) Committed() {
	r.recent.keep()
	r.forget()
}

// Discarded says that nothing of what was resolved since the last commit is in
// the store, or will be.
func (r *Resolver) Discarded() {
	r.recent.undo()
	r.forget()
}

func (r *Resolver) forget() {
	r.pending = map[storage.Key]*storage.Entry{}
	r.ids = map[string]*storage.Entry{}
	r.folded = map[string]storage.Fold{}
	r.grown = map[string]int{}
}

// Document is what a poll brought, identified.
type Document struct {
	Poll  storage.Poll
	Items []storage.Digest // that Poll.Entries were made of, one each

	Gone    []storage.Key    // see Left
	Waiting []storage.Digest // see Left
}

// Resolution is what a poll came to: the poll with its entries settled, and
// how many of them are new or have new content.
type Resolution struct {
	Poll         storage.Poll
	New, Updated int

	// Flapped reports whether the source changed an entry in nothing of
	// importance.
	Flapped bool

	// Published are the times of publication of the new entries, as their
	// source says; zero where it does not.
	Published []time.Time
}

// Resolve settles the identified entries of one poll: it leaves those that are
// new or changed, with ID, Story, times and Revision final. now is when the
// poll was decided, visible the second in which its changes show.
func (r *Resolver) Resolve(ctx context.Context, d Document, now, visible time.Time) (Resolution, error) {
	s := settlement{Resolver: r, now: now, visible: visible, waiting: d.Waiting, res: Resolution{Poll: d.Poll}}
	s.res.Poll.Entries = nil
	if len(d.Poll.Entries) == 0 {
		return s.res, nil
	}
	if err := s.settle(ctx, d); err != nil {
		return Resolution{}, fmt.Errorf("resolve entries of source %s: %w", d.Poll.Source, err)
	}
	return s.res, nil
}

// settlement is one poll as it is being resolved.
type settlement struct {
	*Resolver
	now, visible time.Time
	known        map[storage.Key]storage.Entry // in the store, the first by key
	waiting      []storage.Digest
	most         int // entries that may come into the resolution
	res          Resolution
}

// candidate is an entry, the item that it was made of, and which entry of its
// source it is.
type candidate struct {
	storage.Entry
	item storage.Digest
	old  storage.Entry // no ID: a new one
	rule string        // by which it is old; RuleGUID needs no telling
	like float64       // how alike they are by the rule, up to 1
}

// renamed reports whether it is old under another guid and another address.
func (c candidate) renamed() bool { return c.rule == RuleTitle || c.rule == RuleText }

func (s *settlement) settle(ctx context.Context, d Document) error {
	entries := newest(d.Poll.Entries, d.Items)
	err := s.recent.load(ctx, s.store)
	if err != nil {
		return err
	}
	if s.known, err = s.lookup(ctx, entries); err != nil {
		return err
	}
	kept := keptKeys(d.Poll.State.Seen, d.Items)
	if err := s.recogniseAll(ctx, entries, kept); err != nil {
		return err
	}
	if err := s.recogniseRenamed(ctx, entries, d.Gone, kept); err != nil {
		return err
	}
	if entries, err = s.withoutPruned(ctx, entries); err != nil {
		return err
	}
	s.most = len(entries)
	for _, c := range entries {
		if err := s.take(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// take puts a candidate into the resolution, if it changes anything.
func (s *settlement) take(ctx context.Context, c candidate) error {
	var e storage.Entry
	switch {
	case c.old.ID == "":
		return s.takeNew(ctx, c.Entry)
	case c.Digest == c.old.Digest:
		e = c.old
		e.GUID, e.Aliases, e.Known = c.GUID, c.Aliases, c.known()
		e.Keys = s.keysOf(c.Entry, c.old.ID)
		if !slices.ContainsFunc(e.Keys, func(k storage.Key) bool { return !slices.Contains(c.old.Keys, k) }) {
			return nil
		}
	case material(c.old, c.Entry):
		e = revise(c.old, c.Entry, s.now, s.visible)
		s.res.Updated++
	case c.renamed():
		e = replace(c.old, c.Entry, s.visible)
	case Frozen(s.res.Poll.State) && s.visible.Sub(c.old.Changed) < frozenFor:
		s.res.Flapped = s.res.Flapped || !slices.Contains(s.waiting, c.item)
		lookAgain(s.res.Poll.State.Seen, c.item)
		return nil
	default:
		e = revise(c.old, c.Entry, s.now, s.visible)
		s.res.Updated++
		s.res.Flapped = true
	}
	e.Keys, e.Known = s.keysOf(c.Entry, c.old.ID), c.known()
	return s.keep(ctx, e, c.old)
}

// known returns why the candidate is the entry that it is.
func (c candidate) known() storage.Decision {
	if c.rule == RuleGUID {
		return c.old.Known
	}
	return storage.Decision{Rule: c.rule, Other: c.old.GUID, Score: c.like}
}

func (s *settlement) takeNew(ctx context.Context, e storage.Entry) error {
	id, err := s.mint(ctx, e)
	if err != nil {
		return err
	}
	e.ID, e.Changed, e.Revision = id, s.visible, 1
	s.res.New++
	s.res.Published = append(s.res.Published, e.Published)
	if e, err = s.join(ctx, e); err != nil {
		return err
	}
	s.add(e)
	return nil
}

// mostAddresses is how many addresses an entry may have had that make stories
// one. What moves on and on would gather all that was ever where it was.
const mostAddresses = 4

// keep settles an entry that was known before, whose address may be another
// story's by now.
func (s *settlement) keep(ctx context.Context, e, old storage.Entry) error {
	e.Story = s.storyOf(e)
	folds := len(s.res.Poll.Folds)
	if had := countAddresses(slices.Concat(e.Keys, old.Keys)); had <= mostAddresses {
		if err := s.foldAddresses(ctx, &e); err != nil {
			return err
		}
	}
	if len(s.res.Poll.Folds) > folds {
		e.Changed = s.visible
	}
	s.add(e)
	return nil
}

// add puts a resolved entry into the resolution.
func (s *settlement) add(e storage.Entry) {
	s.remember(e)
	if s.res.Poll.Entries == nil {
		s.res.Poll.Entries = make([]storage.Entry, 0, s.most)
	}
	s.res.Poll.Entries = append(s.res.Poll.Entries, e)
}

// keptKeys returns the keys of the items that the document had before and
// still has as they were.
func keptKeys(seen []storage.Sighting, items []storage.Digest) map[storage.Key]bool {
	fresh := make(map[storage.Digest]bool, len(items))
	for _, d := range items {
		fresh[d] = true
	}
	kept := map[storage.Key]bool{}
	for _, s := range seen {
		if !fresh[s.Item] {
			kept[s.Key] = true
		}
	}
	return kept
}

// newest leaves one entry for each strongest key: of repeats in a document the
// one updated last, else the first.
func newest(entries []storage.Entry, items []storage.Digest) []candidate {
	at := make(map[storage.Key]int, len(entries))
	kept := make([]candidate, 0, len(entries))
	for n, e := range entries {
		c := candidate{Entry: e, item: items[n]}
		i, ok := at[e.Keys[0]]
		switch {
		case !ok:
			at[e.Keys[0]] = len(kept)
			kept = append(kept, c)
		case e.Updated.After(kept[i].Updated):
			kept[i] = c
		}
	}
	return kept
}

// lookup finds in the store the first entry of every key that entries have.
func (r *Resolver) lookup(ctx context.Context, entries []candidate) (map[storage.Key]storage.Entry, error) {
	many := 0
	for i := range entries {
		many += len(entries[i].Keys)
	}
	keys := make([]storage.Key, 0, many)
	for i := range entries {
		keys = append(keys, entries[i].Keys...)
	}
	return r.find(ctx, keys)
}

func (r *Resolver) find(ctx context.Context, keys []storage.Key) (map[storage.Key]storage.Entry, error) {
	found, err := r.store.Find(ctx, keys)
	if err != nil {
		return nil, err
	}
	known := map[storage.Key]storage.Entry{}
	for i, k := range keys {
		if found[i].ID != "" {
			known[k] = found[i]
		}
	}
	return known, nil
}

// owner returns the first entry that has the key, in its latest revision.
func (s *settlement) owner(k storage.Key) (storage.Entry, bool) {
	if e, ok := s.known[k]; ok {
		return s.latest(e), true
	}
	if e, ok := s.pending[k]; ok {
		return s.latest(*e), true
	}
	return storage.Entry{}, false
}

// owned reports whether an entry has the key.
func (s *settlement) owned(k storage.Key) bool {
	_, known := s.known[k]
	return known || s.pending[k] != nil
}

// latest returns an entry as it will be.
func (r *Resolver) latest(e storage.Entry) storage.Entry {
	if latest, fresh := r.ids[e.ID]; fresh {
		e = *latest
	}
	if f, ok := r.folded[e.Story]; ok && e.Joined.Rule == "" {
		e.Joined = f.Why
	}
	e.Story = r.storyOf(e)
	return e
}

// keysOf returns those keys of what a known entry is now that are not another
// entry's; an address it may share with other sources. The store adds those that
// the entry had before.
func (s *settlement) keysOf(e storage.Entry, id string) []storage.Key {
	var keys []storage.Key
	for _, k := range e.Keys {
		if owner, taken := s.owner(k); !taken || owner.ID == id || k[0] == kindStory {
			keys = append(keys, k)
		}
	}
	return keys
}

func countAddresses(keys []storage.Key) int {
	addresses := map[storage.Key]bool{}
	for _, k := range keys {
		if k[0] == kindStory {
			addresses[k] = true
		}
	}
	return len(addresses)
}

// remember makes a resolved entry known to what is resolved after it. A key
// stays with the entry that had it first.
func (s *settlement) remember(e storage.Entry) {
	s.ids[e.ID] = &e
	for _, k := range e.Keys {
		if !s.owned(k) {
			s.pending[k] = &e
		}
	}
}
