package dedup_test

import (
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newsfeed/aggregator/dedup"
)

// TestAnEntryOlderThanAllOfItsKeysIsUndone takes back an entry whose own keys were
// those that had to leave: a slot that is free again must not be found by them.
func TestAnEntryOlderThanAllOfItsKeysIsUndone(t *testing.T) {
	p := newPress(11)
	full, other := p.report(), p.report()
	var plain, undone dedup.Window
	var rarity dedup.Rarity
	add := func(id string, at time.Time, r report, windows ...*dedup.Window) {
		s := dedup.NewSketch(r.title, r.html())
		for _, w := range windows {
			m := memberAt(id, start)
			m.Time = at
			w.Add(m, &s)
		}
	}
	for i := range 64 {
		add(fmt.Sprint("full", i), start, full, &plain, &undone)
	}
	plain.Keep()
	undone.Keep()
	add("old", start.Add(-time.Hour), full, &undone)
	undone.Undo()
	for i := range 3 {
		add(fmt.Sprint("other", i), start, other, &plain, &undone)
	}
	for _, r := range []report{full, other} {
		s := dedup.NewSketch(r.title, r.html())
		want, got := plain.Matches(memberAt("asker", start), &s, &rarity), undone.Matches(memberAt("asker", start), &s, &rarity)
		if diff := gocmp.Diff(want, got, cmpopts.IgnoreUnexported(dedup.Match{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
