package dedup

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"newsfeed/storage"
)

// The rules that compare no texts.
const (
	RuleURL    = "url"           // the two have one address
	RuleLinked = "linked by url" // an entry that came later, or changed, has addresses of both their stories
)

// What keeps a story from growing without end.
const (
	mostEntries = 256 // of a story
	mostFolds   = 16  // in one document
)

// AgainstSize says that a story has as many entries as a story may have.
const AgainstSize = "the story has as many entries as a story may have"

// join gives a new entry its story: that of its address, else that of what is
// nearly the same, else one of its own.
func (s *settlement) join(ctx context.Context, e storage.Entry) (storage.Entry, error) {
	s.recent.meet(e)
	why, story := s.match(&e)
	if why.Rule != "" && why.Against == "" {
		full, err := s.full(ctx, story, 1)
		if err != nil {
			return e, err
		}
		if full {
			why.Against = AgainstSize
		}
	}
	if why.Rule != "" && why.Against == "" {
		e.Joined, e.Story = why, story
	} else {
		e.Declined = why
		var err error
		if e.Story, err = s.found(ctx, e.ID); err != nil {
			return e, err
		}
	}
	s.grown[e.Story]++
	if err := s.foldAddresses(ctx, &e); err != nil {
		return e, err
	}
	e.Story = s.storyOf(e)
	s.recent.add(e, isFounder(e))
	return e, nil
}

// match returns why a new entry is of another's story, and which, or what came
// near to it and why not.
func (s *settlement) match(e *storage.Entry) (why storage.Decision, story string) {
	for _, k := range e.Keys {
		if owner, ok := s.addressOwner(e, k); ok {
			return storage.Decision{Rule: RuleURL, Other: owner.ID, Score: 1}, owner.Story
		}
	}
	if best, ok := s.recent.like(*e); ok {
		return storage.Decision{Rule: best.Rule, Other: best.ID, Score: best.score(), Against: best.Against}, best.Story
	}
	return storage.Decision{}, ""
}

// addressOwner returns the first entry that has an address of e. Where it is not
// the link of both, but an alias of one, they must not speak of different
// things.
func (s *settlement) addressOwner(e *storage.Entry, k storage.Key) (storage.Entry, bool) {
	if k[0] != kindStory || !s.owned(k) {
		return storage.Entry{}, false
	}
	owner, _ := s.owner(k)
	if owner.ID == e.ID {
		return storage.Entry{}, false
	}
	linked := address(e.CanonicalURL) == address(owner.CanonicalURL)
	return owner, linked || !s.contradict(*e, owner)
}

func (s *settlement) contradict(a, b storage.Entry) bool {
	x, y := sketchOf(a), sketchOf(b)
	return contradict(&x, &y, &s.recent.rarity)
}

// full reports whether a story has no room for so many more entries.
func (s *settlement) full(ctx context.Context, story string, more int) (bool, error) {
	n, err := s.store.StorySize(ctx, story)
	return n+s.grown[story]+more > mostEntries, err
}

// foldAddresses makes one story of that of e and those that have an address of
// e too. The one that began first goes on.
func (s *settlement) foldAddresses(ctx context.Context, e *storage.Entry) error {
	for _, k := range e.Keys {
		other, ok := s.addressOwner(e, k)
		if !ok || other.Story == s.storyOf(*e) || len(s.res.Poll.Folds) == mostFolds {
			continue
		}
		if err := s.fold(ctx, *e, other); err != nil {
			return err
		}
	}
	return nil
}

// fold makes one story of those of two entries, unless the entries that began
// them speak of different things.
func (s *settlement) fold(ctx context.Context, e, other storage.Entry) error {
	ours, err := s.founder(ctx, e)
	if err != nil {
		return err
	}
	theirs, err := s.founder(ctx, other)
	if err != nil {
		return err
	}
	f := storage.Fold{From: other.Story, Into: s.storyOf(e), Why: storage.Decision{Rule: RuleLinked, Other: e.ID, Score: 1}}
	if !theirs.FirstSeen.After(ours.FirstSeen) {
		f.From, f.Into, f.Why.Other = f.Into, f.From, other.ID
	}
	size, err := s.store.StorySize(ctx, f.From)
	if err != nil {
		return err
	}
	size += s.grown[f.From]
	if full, err := s.full(ctx, f.Into, size); err != nil || full || s.contradict(ours, theirs) {
		return err
	}
	s.grown[f.Into] += size
	s.res.Poll.Folds = append(s.res.Poll.Folds, f)
	for from, earlier := range s.folded {
		if earlier.Into == f.From {
			earlier.Into = f.Into
			s.folded[from] = earlier
		}
	}
	s.folded[f.From] = f
	s.recent.window.Rename(f.From, f.Into)
	return nil
}

// Readdress settles entries of one source that are in the store already and
// have got further aliases: the poll with their keys, and the stories that
// became one. An alias that another entry of the source has is none.
func (r *Resolver) Readdress(ctx context.Context, p storage.Poll) (storage.Poll, error) {
	s := settlement{Resolver: r, res: Resolution{Poll: p}}
	s.res.Poll.Entries = nil
	if err := s.recent.load(ctx, r.store); err != nil {
		return p, fmt.Errorf("resolve entries of source %s: %w", p.Source, err)
	}
	for _, e := range p.Entries {
		if err := s.readdress(ctx, e); err != nil {
			return p, fmt.Errorf("resolve entries of source %s: %w", p.Source, err)
		}
	}
	return s.res.Poll, nil
}

func (s *settlement) readdress(ctx context.Context, e storage.Entry) error {
	known := s.latest(e)
	e.Story, e.Joined = known.Story, known.Joined
	for _, a := range addresses(e, URLKey(e.CanonicalURL), s.res.Poll.State.SharedGUIDs) {
		keys := appendAddressKeys(nil, e.Source, a)
		var err error
		if s.known, err = s.find(ctx, keys); err != nil {
			return err
		}
		if owner, taken := s.owner(keys[0]); !taken || owner.ID == e.ID || keys[0][0] == kindStory {
			e.Keys = append(e.Keys, keys...)
			if err := s.foldAddresses(ctx, &e); err != nil {
				return err
			}
		}
	}
	e.Story = s.storyOf(e)
	s.known = nil
	s.add(e)
	return nil
}

// longestChain bounds how far the beginning of a story is looked for.
const longestChain = 100

// founder returns the entry that began the story of e, or the first that is
// left of those by which e came to be part of it.
func (s *settlement) founder(ctx context.Context, e storage.Entry) (storage.Entry, error) {
	for range longestChain {
		if e.Joined.Rule == "" {
			break
		}
		if before, ok := s.ids[e.Joined.Other]; ok {
			e = *before
			continue
		}
		before, err := s.store.Entry(ctx, e.Joined.Other)
		if errors.Is(err, storage.ErrNotFound) {
			break
		} else if err != nil {
			return e, err
		}
		e = before
	}
	return e, nil
}

// storyOf returns the story that an entry is of, by all that was resolved.
func (r *Resolver) storyOf(e storage.Entry) string {
	if f, ok := r.folded[e.Story]; ok {
		return f.Into
	}
	return e.Story
}

// found returns the id of the story that an entry founds, which no other has.
func (s *settlement) found(ctx context.Context, entry string) (string, error) {
	id := storyID(entry, 0)
	for n := 1; ; n++ {
		size, err := s.store.StorySize(ctx, id)
		if err != nil || size+s.grown[id] == 0 {
			return id, err
		}
		id = storyID(entry, n)
	}
}

// storyID makes the n-th id for a story of the id of the entry that founds it: 8
// bits of its site and 56 of its hash.
func storyID(entry string, n int) string {
	near, name := storage.Near(entry), entry
	if n > 0 {
		name = fmt.Sprintf("%s %d", entry, n)
	}
	sum := sha256.Sum256([]byte(name))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(append(near[:1:1], sum[:7]...)))
}
