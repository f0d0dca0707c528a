package dedup

import (
	"context"
	"maps"
	"slices"
	"strings"

	"newsfeed/storage"
)

// recognise finds the entry that the source brought before and c is.
//
// An entry whose item still stands in the document beside c is another one
// when c has its address but not its guid or title, or its guid but neither
// its address nor its title. Then the key that misled is no name for c: c is
// given another, under which the item is noted too.
func (s *settlement) recognise(ctx context.Context, c *candidate, kept map[storage.Key]bool) error {
	rekeyed := false
	for _, k := range c.Keys {
		if k[0] == kindStory {
			continue
		}
		old, ok := s.owner(k)
		if !ok {
			continue
		}
		stands := slices.ContainsFunc(old.Keys, func(k storage.Key) bool { return kept[k] })
		here, there := URLKey(c.CanonicalURL), URLKey(old.CanonicalURL)
		switch {
		case stands && k[0] == kindURL && (c.GUID != old.GUID || c.GUID == "" && title(c.Entry) != title(old)):
			c.Keys = slices.DeleteFunc(slices.Clone(c.Keys), func(k storage.Key) bool { return k[0] == kindURL || k[0] == kindStory })
			if len(c.Keys) == 0 {
				c.Keys = []storage.Key{lastResort(c.Entry)}
				rekeyed = true
			}
			continue
		case stands && k[0] == kindGUID && here != "" && there != "" && here != there && title(c.Entry) != title(old):
			c.Keys = append([]storage.Key{sharedGUID(c.Entry, here)}, c.Keys[1:]...)
			rekeyed = true
			continue
		}
		c.old = old
		return nil
	}
	if !rekeyed {
		return nil
	}
	found, err := s.find(ctx, c.Keys[:1])
	maps.Copy(s.known, found)
	c.old, _ = s.owner(c.Keys[0])
	s.res.Poll.State.SharedGUIDs = s.res.Poll.State.SharedGUIDs || c.GUID != ""
	resight(s.res.Poll.State.Seen, c.item, c.Keys[0])
	return err
}

// resight corrects the key under which an item was seen.
func resight(seen []storage.Sighting, item storage.Digest, key storage.Key) {
	for i := range seen {
		if seen[i].Item == item {
			seen[i].Key = key
		}
	}
}

// A document is relaunched if so many of its items, and so large a part of
// them, are new by their keys while their titles are those of items that are
// gone from it.
const (
	relaunchedItems = 5
	relaunchedPart  = 0.8
)

// maxPairs bounds the pairs of texts that are compared in one document.
const maxPairs = 10_000

// recogniseRenamed finds the entries that the source has given another guid
// and another address: of those gone from the document, the one published
// under the same title at the same time, or one that says the same. Where most of the
// document came anew at once, the title is enough.
func (s *settlement) recogniseRenamed(ctx context.Context, entries []candidate, gone []storage.Key, kept map[storage.Key]bool) error {
	var unknown []*candidate
	for i := range entries {
		if entries[i].old.ID == "" {
			unknown = append(unknown, &entries[i])
		}
	}
	if len(unknown) == 0 || len(gone) == 0 {
		return nil
	}
	left, err := s.leftBehind(ctx, entries, gone, kept)
	if err != nil || len(left) == 0 {
		return err
	}
	titled := map[string][]int{} // places in left
	for i, old := range left {
		titled[title(old)] = append(titled[title(old)], i)
	}
	relaunched := isRelaunch(unknown, titled, len(s.res.Poll.State.Seen))
	taken := make([]bool, len(left))
	for _, c := range unknown {
		same := func(i int) bool { return !taken[i] && (relaunched || samePublication(c.Entry, left[i])) }
		at := -1
		if places := titled[title(c.Entry)]; c.Title != "" {
			if n := slices.IndexFunc(places, same); n >= 0 {
				at = places[n]
			}
		}
		if at < 0 && len(unknown)*len(left) <= maxPairs {
			at = s.retold(c.Entry, left, taken)
		}
		if at >= 0 {
			taken[at] = true
			c.old, c.renamed = left[at], true
		}
	}
	return nil
}

// leftBehind returns the entries of the items that are gone from the document,
// less those that it has as something else.
func (s *settlement) leftBehind(ctx context.Context, entries []candidate, gone []storage.Key, kept map[storage.Key]bool) ([]storage.Entry, error) {
	had := map[string]bool{}
	for _, c := range entries {
		had[c.old.ID] = true
	}
	found, err := s.store.Find(ctx, gone)
	if err != nil {
		return nil, err
	}
	var left []storage.Entry
	for _, e := range found {
		stands := slices.ContainsFunc(e.Keys, func(k storage.Key) bool { return kept[k] })
		if e.ID == "" || had[e.ID] || stands {
			continue
		}
		had[e.ID] = true
		left = append(left, s.latest(e))
	}
	return left, nil
}

func isRelaunch(unknown []*candidate, titled map[string][]int, items int) bool {
	known := 0
	for _, c := range unknown {
		if c.Title != "" && len(titled[title(c.Entry)]) > 0 {
			known++
		}
	}
	n := float64(len(unknown))
	return len(unknown) >= relaunchedItems && n >= relaunchedPart*float64(items) && float64(known) >= relaunchedPart*n
}

// samePublication reports whether two entries of one title were published at
// one time, as their source says.
func samePublication(a, b storage.Entry) bool {
	return !a.Published.IsZero() && a.Published.Equal(b.Published)
}

// retold returns the place of the entry that e says nearly word for word, or
// -1.
func (s *settlement) retold(e storage.Entry, left []storage.Entry, taken []bool) int {
	sketch, best, at := sketchOf(e), 0.0, -1
	for i, old := range left {
		if taken[i] || title(e) == title(old) && apart(e.Effective, old.Effective) >= recurringAge {
			continue
		}
		was := sketchOf(old)
		if l, near := Compare(&sketch, &was, &s.recent.rarity, true); near && l.Text >= retoldText && l.Text > best {
			best, at = l.Text, i
		}
	}
	return at
}

// retoldText is how alike the texts of one entry are that lost its guid and
// its address.
const retoldText = 0.85

// withoutPruned leaves out what was removed from the store for good and has
// not been published again since.
func (s *settlement) withoutPruned(ctx context.Context, entries []candidate) ([]candidate, error) {
	var keys []storage.Key
	for _, c := range entries {
		if c.old.ID == "" {
			keys = append(keys, Identity(c.Keys)...)
		}
	}
	if len(keys) == 0 {
		return entries, nil
	}
	pruned, err := s.store.Pruned(ctx, keys)
	if err != nil {
		return nil, err
	}
	at := 0
	return slices.DeleteFunc(entries, func(c candidate) bool {
		if c.old.ID != "" {
			return false
		}
		own := pruned[at : at+len(Identity(c.Keys))]
		at += len(own)
		for _, when := range own {
			if !when.IsZero() && !c.Published.After(when) {
				return true
			}
		}
		return false
	}), nil
}

// Identity returns the keys by which a source would bring an entry again: all
// but those that it shares with other sources.
func Identity(keys []storage.Key) []storage.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k storage.Key) bool { return k[0] == kindStory })
}

func title(e storage.Entry) string { return strings.ToLower(e.Title) }
