package dedup

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsfeed/storage"
)

// Reader is what the Resolver asks a store.
type Reader interface {
	storage.Index
	Entry(ctx context.Context, id string) (storage.Entry, error)
}

// Resolver resolves polls in the order in which they will be committed. What
// it resolved and the store does not have yet it remembers itself, so that two
// polls of one batch cannot both be first. It is not safe for concurrent use:
// the one committer owns it.
type Resolver struct {
	store   Reader
	pending map[storage.Key]storage.Entry // first entry by key
	ids     map[string]storage.Entry
}

// NewResolver returns a resolver over what store holds.
func NewResolver(store Reader) *Resolver {
	r := &Resolver{store: store}
	r.Committed()
	return r
}

// Committed says that all that was resolved is in the store, or never will be.
func (r *Resolver) Committed() {
	r.pending = map[storage.Key]storage.Entry{}
	r.ids = map[string]storage.Entry{}
}

// Resolution is what a poll came to: the poll with its entries settled, and
// how many of them are new or have new content.
type Resolution struct {
	Poll         storage.Poll
	New, Updated int

	// Published are the times of publication of the new entries, as their
	// source says; zero where it does not.
	Published []time.Time
}

// Resolve settles the identified entries of one poll: it leaves those that are
// new or changed, with ID, Story, times and Revision final. items are the
// digests of the items that the entries were made of, one each. now is when
// the poll was decided, visible the second in which its changes show.
func (r *Resolver) Resolve(ctx context.Context, p storage.Poll, items []storage.Digest, now, visible time.Time) (Resolution, error) {
	entries := newest(p.Entries, items)
	known, err := r.lookup(ctx, entries)
	if err != nil {
		return Resolution{}, fmt.Errorf("resolve entries of source %s: %w", p.Source, err)
	}
	kept := keptKeys(p.State.Seen, items)
	res := Resolution{Poll: p}
	res.Poll.Entries = nil
	for _, c := range entries {
		old, ok, rekeyed := r.same(&c.Entry, known, kept)
		if rekeyed {
			res.Poll.State.SharedGUIDs = res.Poll.State.SharedGUIDs || c.GUID != ""
			resight(res.Poll.State.Seen, c.item, c.Keys[0])
		}
		e := c.Entry
		switch {
		case !ok:
			e.Changed, e.Revision = visible, 1
			if e, err = r.first(ctx, e, known); err != nil {
				return Resolution{}, fmt.Errorf("resolve entries of source %s: %w", p.Source, err)
			}
			res.New++
			res.Published = append(res.Published, e.Published)
		case e.Digest != old.Digest:
			e = revise(old, e, now, visible)
			e.Keys = r.ownKeys(e, known)
			res.Updated++
		default:
			keys := r.ownKeys(storage.Entry{ID: old.ID, Keys: e.Keys}, known)
			if !slices.ContainsFunc(keys, func(k storage.Key) bool { return !slices.Contains(old.Keys, k) }) {
				continue
			}
			old.GUID, old.Keys = e.GUID, keys
			e = old
		}
		r.remember(e, known)
		res.Poll.Entries = append(res.Poll.Entries, e)
	}
	return res, nil
}

// candidate is an entry and the item that it was made of.
type candidate struct {
	storage.Entry
	item storage.Digest
}

// keptKeys returns the keys of the items that the document had before and
// still has as they were.
func keptKeys(seen []storage.Sighting, items []storage.Digest) map[storage.Key]bool {
	kept := map[storage.Key]bool{}
	for _, s := range seen {
		if !slices.Contains(items, s.Item) {
			kept[s.Key] = true
		}
	}
	return kept
}

// resight corrects the key under which an item was seen.
func resight(seen []storage.Sighting, item storage.Digest, key storage.Key) {
	for i := range seen {
		if seen[i].Item == item {
			seen[i].Key = key
		}
	}
}

// newest leaves one entry for each strongest key: of repeats in a document the
// one updated last, else the first.
func newest(entries []storage.Entry, items []storage.Digest) []candidate {
	at := map[storage.Key]int{}
	var kept []candidate
	for n, e := range entries {
		i, ok := at[e.Keys[0]]
		switch {
		case !ok:
			at[e.Keys[0]] = len(kept)
			kept = append(kept, candidate{e, items[n]})
		case e.Updated.After(kept[i].Updated):
			kept[i] = candidate{e, items[n]}
		}
	}
	return kept
}

// lookup finds in the store the first entry of every key that entries have.
func (r *Resolver) lookup(ctx context.Context, entries []candidate) (map[storage.Key]storage.Entry, error) {
	var keys []storage.Key
	for _, e := range entries {
		keys = append(keys, e.Keys...)
	}
	found, err := r.store.Find(ctx, keys)
	if err != nil {
		return nil, err
	}
	known := make(map[storage.Key]storage.Entry, len(keys))
	for i, k := range keys {
		if found[i].ID != "" {
			known[k] = found[i]
		}
	}
	return known, nil
}

// owner returns the first entry that has the key, in its latest revision.
func (r *Resolver) owner(k storage.Key, known map[storage.Key]storage.Entry) (storage.Entry, bool) {
	e, ok := known[k]
	if !ok {
		e, ok = r.pending[k]
	}
	if latest, fresh := r.ids[e.ID]; ok && fresh {
		e = latest
	}
	return e, ok
}

// same finds the entry of the same source that e is.
//
// An entry whose item still stands in the document beside e is another one
// when e has its address but not its guid or title, or its guid but neither
// its address nor its title. Then the key that misled is no name for e: e is
// given another, and rekeyed says so.
func (r *Resolver) same(e *storage.Entry, known map[storage.Key]storage.Entry, kept map[storage.Key]bool) (old storage.Entry, ok, rekeyed bool) {
	for _, k := range e.Keys {
		if k[0] == kindStory || k[0] == kindMember {
			continue
		}
		old, ok := r.owner(k, known)
		if !ok {
			continue
		}
		stands := slices.ContainsFunc(old.Keys, func(k storage.Key) bool { return kept[k] })
		here, there := URLKey(e.CanonicalURL), URLKey(old.CanonicalURL)
		switch {
		case stands && k[0] == kindURL && (e.GUID != old.GUID || e.GUID == "" && title(*e) != title(old)):
			e.Keys = slices.DeleteFunc(slices.Clone(e.Keys), func(k storage.Key) bool { return k[0] == kindURL || k[0] == kindStory })
			rekeyed = len(e.Keys) == 0
			if rekeyed {
				e.Keys = []storage.Key{lastResort(*e)}
			}
			continue
		case stands && k[0] == kindGUID && here != "" && there != "" && here != there && title(*e) != title(old):
			e.Keys = append([]storage.Key{sharedGUID(*e, here)}, e.Keys[1:]...)
			rekeyed = true
			continue
		}
		return old, true, false
	}
	if rekeyed {
		old, ok = r.owner(e.Keys[0], known)
	}
	return old, ok, rekeyed
}

// revise returns the next revision of an entry: the content of e under what is
// fixed of the old one.
func revise(old, e storage.Entry, now, visible time.Time) storage.Entry {
	e.ID, e.Story, e.Joined = old.ID, old.Story, old.Joined
	e.FirstSeen, e.Effective = old.FirstSeen, old.Effective
	if !old.Published.IsZero() {
		e.Published = old.Published
	}
	if !e.Updated.After(old.Updated) || !e.Updated.After(old.Effective) || e.Updated.After(now) {
		e.Updated = now
	}
	if old.FullText && len(e.Content) < len(old.Content) {
		e.Content, e.FullText, e.ReadingTime = old.Content, true, old.ReadingTime
	}
	e.Revision = old.Revision + 1
	e.Changed = visible
	return e
}

// ownKeys returns those keys of a known entry that are not another's. The
// store adds those that the entry had before.
func (r *Resolver) ownKeys(e storage.Entry, known map[storage.Key]storage.Entry) []storage.Key {
	var keys []storage.Key
	for _, k := range e.Keys {
		if owner, taken := r.owner(k, known); !taken || owner.ID == e.ID {
			keys = append(keys, k)
		}
	}
	return keys
}

// first gives a new entry its id and its story.
func (r *Resolver) first(ctx context.Context, e storage.Entry, known map[storage.Key]storage.Entry) (storage.Entry, error) {
	id, err := r.mint(ctx, e)
	if err != nil {
		return e, err
	}
	e.ID = id
	e.Story = storyID(id)
	key, ok := keyOf(e, kindStory)
	if !ok {
		return e, nil
	}
	lead, ok := r.owner(key, known)
	if !ok || lead.Source == e.Source {
		return e, nil
	}
	member := newKey(kindMember, e.Source, lead.Story)
	if taken, err := r.has(ctx, member); err != nil || taken {
		return e, err
	}
	e.Story, e.Joined = lead.Story, storage.Decision{Rule: RuleURL, Other: lead.ID, Score: 1}
	e.Keys = append(slices.Clone(e.Keys), member)
	return e, nil
}

func (r *Resolver) has(ctx context.Context, k storage.Key) (bool, error) {
	if _, ok := r.pending[k]; ok {
		return true, nil
	}
	found, err := r.store.Find(ctx, []storage.Key{k})
	return err == nil && found[0].ID != "", err
}

// mint chooses the public id of a new entry: the source's own, where that is
// an absolute IRI that nobody has published yet, else one made of the source
// and the strongest key.
func (r *Resolver) mint(ctx context.Context, e storage.Entry) (string, error) {
	id := PublicID(e)
	for n := 0; ; n++ {
		free, err := r.free(ctx, id)
		if err != nil || free {
			return id, err
		}
		id = minted(e, n)
	}
}

// PublicID returns the id that an identified entry is published under unless
// another has it already.
func PublicID(e storage.Entry) string {
	if isIRI(e.GUID) {
		return e.GUID
	}
	return minted(e, 0)
}

// minted returns the n-th id made for an entry.
func minted(e storage.Entry, n int) string {
	return uuid(fmt.Sprintf("%s %x %d", e.Source, e.Keys[0], n))
}

func (r *Resolver) free(ctx context.Context, id string) (bool, error) {
	if _, ok := r.ids[id]; ok {
		return false, nil
	}
	_, err := r.store.Entry(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// remember makes a resolved entry known to what is resolved after it. A key
// stays with the entry that had it first.
func (r *Resolver) remember(e storage.Entry, known map[storage.Key]storage.Entry) {
	r.ids[e.ID] = e
	for _, k := range e.Keys {
		if _, taken := r.owner(k, known); !taken {
			r.pending[k] = e
		}
	}
}

// isIRI reports whether a guid can be an atom:id: an absolute IRI without
// characters that RFC 3987 forbids, of reasonable length.
func isIRI(s string) bool {
	if len(s) > 1000 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"{}|\\^`", r) || r == 0xFFFD }) {
		return false
	}
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || len(scheme) < 2 || rest == "" {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return false
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return u.Host != ""
	}
	return true
}

// namespace is the UUID under which the ids of this program are made.
var namespace = [16]byte{0x2b, 0x5e, 0x0c, 0x1a, 0x7d, 0x34, 0x4f, 0x0b, 0x9a, 0x41, 0x63, 0xf2, 0x88, 0x1d, 0x5c, 0x90}

// uuid returns the name-based UUID of name (RFC 9562 section 5.5) as a URN.
func uuid(name string) string {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write([]byte(name))
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0F | 0x50
	u[8] = u[8]&0x3F | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// storyID makes a story's id of the id of the entry that founded it: the first
// 64 bits of its hash.
func storyID(entry string) string {
	sum := sha256.Sum256([]byte(entry))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:8]))
}
