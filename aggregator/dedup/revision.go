package dedup

import (
	"time"

	"newsfeed/storage"
)

// historyLength is how many earlier revisions of an entry are kept.
const historyLength = 4

// revise returns the next revision of an entry: the content of e under what is
// fixed of the old one.
func revise(old, e storage.Entry, now, visible time.Time) storage.Entry {
	said := e.Updated
	e = replace(old, e, visible)
	if e.Updated = said; !said.After(old.Updated) || !said.After(old.Effective) || said.After(now) {
		e.Updated = now
	}
	e.Revision = old.Revision + 1
	was := storage.Revision{Number: old.Revision, Changed: old.Changed, Title: old.Title, Digest: old.Digest}
	e.History = append([]storage.Revision{was}, old.History...)
	e.History = e.History[:min(len(e.History), historyLength)]
	return e
}

// replace returns an entry with the content of e, which is no other revision:
// the source has only moved it.
func replace(old, e storage.Entry, visible time.Time) storage.Entry {
	e.ID, e.Story, e.Joined, e.Declined = old.ID, old.Story, old.Joined, old.Declined
	e.FirstSeen, e.Effective = old.FirstSeen, old.Effective
	e.Sketch, e.History = old.Sketch, old.History
	e.Revision, e.Updated, e.Changed = old.Revision, old.Updated, visible
	if !old.Published.IsZero() {
		e.Published = old.Published
	}
	if old.FullText && len(e.Content) < len(old.Content) {
		e.Content, e.FullText, e.ReadingTime = old.Content, true, old.ReadingTime
	}
	return e
}

// A change is material if the title says something else, or the lead does in
// more than these places, or in more than this part of it. Each word that
// changed is in three shingles.
const (
	tolerated     = 6
	toleratedPart = 10 // one in ten
)

// A source is frozen that changed its entries in nothing of importance at most
// polls: then its entries change so once a day at most.
const (
	flapsToFreeze = 6
	mostFlaps     = 12
	frozenFor     = 24 * time.Hour
)

// material reports whether an entry that changed tells its readers something
// new: in its title or its lead.
func material(old, e storage.Entry) bool {
	a, b := SketchOf(old), SketchOf(e)
	if a.heading != b.heading {
		return true
	}
	both := inBoth(a.shingles, b.shingles)
	gone, came := len(a.shingles)-both, len(b.shingles)-both
	return max(gone, came) > max(tolerated, max(len(a.shingles), len(b.shingles))/toleratedPart)
}

// Flaps counts a poll in State.Flaps: whether it found that the source changed
// entries in nothing of importance.
func Flaps(before int, flapped bool) int {
	if flapped {
		return min(before+1, mostFlaps)
	}
	return max(before-1, 0)
}

// Frozen reports whether changes of a source in nothing of importance are left
// out, because it made some at most polls.
func Frozen(s storage.State) bool { return s.Flaps >= flapsToFreeze }
