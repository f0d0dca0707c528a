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

// join gives a new entry its story: that of its address, else that of what is
// nearly the same, else one of its own.
func (s *settlement) join(ctx context.Context, e storage.Entry) (storage.Entry, error) {
	e.Story = storyID(e.ID)
	if owner, ok := s.addressOwner(e); ok {
		e.Story, e.Joined = owner.Story, storage.Decision{Rule: RuleURL, Other: owner.ID, Score: 1}
		if err := s.foldAddresses(ctx, e); err != nil {
			return e, err
		}
		e.Story = s.storyOf(e)
		s.recent.add(e)
		return e, nil
	}
	return s.recent.join(e), nil
}

// addressOwner returns the first entry that has an address of e.
func (s *settlement) addressOwner(e storage.Entry) (storage.Entry, bool) {
	for _, k := range e.Keys {
		if k[0] == kindStory {
			if owner, ok := s.owner(k); ok && owner.ID != e.ID {
				return owner, true
			}
		}
	}
	return storage.Entry{}, false
}

// foldAddresses makes one story of that of e and those that have an address of
// e too. The one that began first goes on.
func (s *settlement) foldAddresses(ctx context.Context, e storage.Entry) error {
	for _, k := range e.Keys {
		if k[0] != kindStory {
			continue
		}
		other, ok := s.owner(k)
		if !ok || other.Story == s.storyOf(e) {
			continue
		}
		if err := s.fold(ctx, e, other); err != nil {
			return err
		}
	}
	return nil
}

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
	for _, a := range addresses(e, s.res.Poll.State.SharedGUIDs) {
		keys := addressKeys(e.Source, a)
		var err error
		if s.known, err = s.find(ctx, keys); err != nil {
			return err
		}
		if owner, taken := s.owner(keys[0]); !taken || owner.ID == e.ID || keys[0][0] == kindStory {
			e.Keys = append(e.Keys, keys...)
			if err := s.foldAddresses(ctx, e); err != nil {
				return err
			}
		}
	}
	e.Story = s.storyOf(e)
	s.known = nil
	s.remember(e)
	s.res.Poll.Entries = append(s.res.Poll.Entries, e)
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
		before, ok := s.ids[e.Joined.Other]
		if !ok {
			var err error
			if before, err = s.store.Entry(ctx, e.Joined.Other); errors.Is(err, storage.ErrNotFound) {
				break
			} else if err != nil {
				return e, err
			}
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

// storyID makes a story's id of the id of the entry that founded it: the first
// 64 bits of its hash.
func storyID(entry string) string {
	sum := sha256.Sum256([]byte(entry))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:8]))
}
