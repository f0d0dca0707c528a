package dedup

import (
	"context"
	"maps"
	"slices"
	"strings"

	"newsfeed/storage"
)

// The rules by which an item is an entry that its source brought before.
const (
	RuleGUID  = "guid"
	RuleOwn   = "url of its own source"
	RuleTitle = "title and time" // of publication, while the old item is gone
	RuleText  = "text"           // the old item is gone and said the same
)

// recogniseAll finds for each candidate the entry that its source brought before:
// first by guids, so that an item which has only taken another's address does
// not take its name.
func (s *settlement) recogniseAll(ctx context.Context, entries []candidate, kept map[storage.Key]bool) error {
	claimed := map[string]bool{} // entries
	for i := range entries {
		c := &entries[i]
		if old, ok := s.owner(c.Keys[0]); ok && c.Keys[0][0] == kindGUID && !stands(old, kept) {
			c.old, c.rule = old, RuleGUID
			claimed[old.ID] = true
		}
	}
	for i := range entries {
		c := &entries[i]
		if c.old.ID != "" {
			continue
		}
		if err := s.recognise(ctx, c, kept, claimed); err != nil {
			return err
		}
		claimed[c.old.ID] = true
	}
	return nil
}

// stands reports whether the item of an entry is in the document as it was.
func stands(e storage.Entry, kept map[storage.Key]bool) bool {
	return slices.ContainsFunc(e.Keys, func(k storage.Key) bool { return kept[k] })
}

// recognise finds the entry that c is.
//
// An entry whose item is in the document beside c is another one when c has its
// address but not its guid or title, or its guid but neither its address nor its
// title. Then the key that misled is no name for c: c is given another, under
// which the item is noted too.
func (s *settlement) recognise(ctx context.Context, c *candidate, kept map[storage.Key]bool, claimed map[string]bool) error {
	rekeyed := false
	for _, k := range c.Keys {
		if k[0] == kindStory {
			continue
		}
		old, ok := s.owner(k)
		if !ok {
			continue
		}
		beside := stands(old, kept) || claimed[old.ID]
		here, there := URLKey(c.CanonicalURL), URLKey(old.CanonicalURL)
		switch {
		case beside && k[0] == kindURL && (c.GUID != old.GUID || c.GUID == "" && title(c.Entry) != title(old)):
			c.Keys = slices.DeleteFunc(slices.Clone(c.Keys), func(k storage.Key) bool { return k[0] == kindURL || k[0] == kindStory })
			if len(c.Keys) == 0 {
				c.Keys = []storage.Key{lastResort(c.Entry)}
				rekeyed = true
			}
			continue
		case beside && k[0] == kindGUID && here != "" && there != "" && here != there && title(c.Entry) != title(old):
			c.Keys = append([]storage.Key{sharedGUID(c.Entry, here)}, c.Keys[1:]...)
			rekeyed = true
			continue
		}
		c.old, c.rule, c.like = old, ruleOf(k), 1
		return nil
	}
	if !rekeyed {
		return nil
	}
	found, err := s.find(ctx, c.Keys[:1])
	maps.Copy(s.known, found)
	c.old, _ = s.owner(c.Keys[0])
	c.rule = RuleGUID
	s.res.Poll.State.SharedGUIDs = s.res.Poll.State.SharedGUIDs || c.GUID != ""
	resight(s.res.Poll.State.Seen, c.item, c.Keys[0])
	return err
}

// ruleOf returns the rule by which a key tells. An item without guid is known
// by what it has instead.
func ruleOf(k storage.Key) string {
	if k[0] == kindURL {
		return RuleOwn
	}
	return RuleGUID
}

// resight corrects the key under which an item was seen.
func resight(seen []storage.Sighting, item storage.Digest, key storage.Key) {
	for i := range seen {
		if seen[i].Item == item {
			seen[i].Key = key
		}
	}
}

// lookAgain has an item read again although it may stay as it is: it counts as
// seen in another form.
func lookAgain(seen []storage.Sighting, item storage.Digest) {
	for i := range seen {
		if seen[i].Item == item {
			seen[i].Item = otherForm(item)
		}
	}
}

func otherForm(item storage.Digest) storage.Digest {
	item[0] ^= 0xFF
	return item
}

// Left compares the items that a source showed before with those it shows now:
// gone are the keys of those it shows no longer as they were, waiting the
// items that are as they were and whose change was not taken over then.
func Left(before, now []storage.Sighting) (gone []storage.Key, waiting []storage.Digest) {
	shown := make(map[storage.Digest]bool, len(now))
	for _, s := range now {
		shown[s.Item] = true
	}
	for _, s := range before {
		switch item := otherForm(s.Item); {
		case shown[item]:
			waiting = append(waiting, item)
		case !shown[s.Item]:
			gone = append(gone, s.Key)
		}
	}
	return gone, waiting
}

// maxPairs bounds the pairs of texts that are compared in one document.
const maxPairs = 10_000

// recogniseRenamed finds the entries that the source has given another guid
// and another address: of those gone from the document, the one published
// under the same title at the same time, if their texts do not speak against
// it, or one that says nearly the same.
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
	if err != nil {
		return err
	}
	titled := map[string][]*leftEntry{}
	for _, old := range left {
		titled[title(old.Entry)] = append(titled[title(old.Entry)], old)
	}
	for _, c := range unknown {
		sketch := sketchOf(c.Entry)
		for _, old := range titled[title(c.Entry)] {
			if c.Title != "" && !old.taken && samePublication(c.Entry, old.Entry) && s.maySay(&sketch, &old.sketch) {
				old.takenBy(c, RuleTitle, 1)
				break
			}
		}
		if c.old.ID == "" && len(unknown)*len(left) <= maxPairs {
			s.retold(c, &sketch, left)
		}
	}
	return nil
}

// leftEntry is an entry whose item is gone from the document.
type leftEntry struct {
	storage.Entry
	sketch Sketch
	taken  bool
}

func (l *leftEntry) takenBy(c *candidate, rule string, like float64) {
	l.taken = true
	c.old, c.rule, c.like = l.Entry, rule, like
}

// leftBehind returns the entries of the items that are gone from the document,
// less those that it has as something else.
func (s *settlement) leftBehind(ctx context.Context, entries []candidate, gone []storage.Key, kept map[storage.Key]bool) ([]*leftEntry, error) {
	had := map[string]bool{}
	for _, c := range entries {
		had[c.old.ID] = true
	}
	found, err := s.store.Find(ctx, gone)
	if err != nil {
		return nil, err
	}
	var left []*leftEntry
	for _, e := range found {
		if e.ID == "" || had[e.ID] || stands(e, kept) {
			continue
		}
		had[e.ID] = true
		left = append(left, &leftEntry{Entry: s.latest(e), sketch: sketchOf(e)})
	}
	return left, nil
}

// samePublication reports whether two entries of one title were published at
// one time, as their source says.
func samePublication(a, b storage.Entry) bool {
	return !a.Published.IsZero() && a.Published.Equal(b.Published)
}

// maySay reports whether two texts under one title may be one that was edited.
func (s *settlement) maySay(a, b *Sketch) bool {
	return !a.hasText() || !b.hasText() || textLikeness(a, b, &s.recent.rarity, editedText) >= editedText
}

// editedText is how alike two texts are at least that are one, but for edits.
const editedText = 0.40

// retoldText is how alike the texts of one entry are that lost its guid and
// its address.
const retoldText = 0.85

// retold finds the entry that c says nearly word for word. What has one title
// every day is a series.
func (s *settlement) retold(c *candidate, sketch *Sketch, left []*leftEntry) {
	var best *leftEntry
	like := retoldText
	for _, old := range left {
		if old.taken || title(c.Entry) == title(old.Entry) && apart(c.Effective, old.Effective) >= recurringAge {
			continue
		}
		if l, near := Compare(sketch, &old.sketch, &s.recent.rarity, true); near && l.Text >= like {
			best, like = old, l.Text
		}
	}
	if best != nil {
		best.takenBy(c, RuleText, like)
	}
}

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
