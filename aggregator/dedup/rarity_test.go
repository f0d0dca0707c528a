package dedup_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"newsfeed/aggregator/dedup"
)

func rarityBytes(t testing.TB, r *dedup.Rarity) []byte {
	t.Helper()
	b, err := r.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// boilerplate is a text that entries of many stories have in common.
const boilerplate = "<p>You have reached the limit of free articles. Sign in or take out a subscription to go on reading this article and all others of today</p>"

func TestWhatManyStoriesSayCountsForLittle(t *testing.T) {
	var r dedup.Rarity
	compare := func() (dedup.Likeness, bool) {
		a, b := dedup.NewSketch("Ferry service resumes", boilerplate), dedup.NewSketch("Ferry captain retires", boilerplate)
		return dedup.Compare(&a, &b, &r, false)
	}
	before, _ := compare()
	for i := range 8 {
		r.Add(dedup.NewSketch(fmt.Sprint("Story ", i), boilerplate))
	}
	after, ok := compare()
	if before.Text < 0.99 || after.Text > 0.8 || ok && after.Text > 0.99 {
		t.Errorf("likeness of the texts went from %.2f to %.2f", before.Text, after.Text)
	}
	for range 64 {
		r.Add(dedup.NewSketch("Another", boilerplate))
	}
	if l, ok := compare(); ok {
		t.Errorf("two stories were linked by what 72 have: %+v", l)
	}
}

func TestHalvingForgets(t *testing.T) {
	var r dedup.Rarity
	for range 80 {
		r.Add(dedup.NewSketch("Another", boilerplate))
	}
	a, b := dedup.NewSketch("Ferry service resumes", boilerplate), dedup.NewSketch("Ferry service stops", boilerplate)
	many, _ := dedup.Compare(&a, &b, &r, false)
	for range 7 {
		r.Halve()
	}
	none, _ := dedup.Compare(&a, &b, &r, false)
	if many.Text >= none.Text || none.Text < 0.99 {
		t.Errorf("likeness of the texts went from %.2f to %.2f", many.Text, none.Text)
	}
}

func TestARarityStaysTheSameInAStore(t *testing.T) {
	var was, is dedup.Rarity
	p := newPress(8)
	for range 200 {
		r := p.report()
		was.Add(dedup.NewSketch(r.title, r.html()))
	}
	if err := is.UnmarshalBinary(rarityBytes(t, &was)); err != nil {
		t.Fatal(err)
	}
	next := p.report()
	for _, r := range []*dedup.Rarity{&was, &is} {
		r.Add(dedup.NewSketch(next.title, next.html()))
		r.Halve()
	}
	if !bytes.Equal(rarityBytes(t, &was), rarityBytes(t, &is)) {
		t.Error("they went apart")
	}
}

func TestARarityOfNothingIsSmall(t *testing.T) {
	var r dedup.Rarity
	r.Halve()
	b := rarityBytes(t, &r)
	if len(b) > 16 {
		t.Errorf("takes %d bytes", len(b))
	}
	if err := r.UnmarshalBinary(b); err != nil {
		t.Error(err)
	}
	if err := r.UnmarshalBinary(nil); err != nil {
		t.Error(err)
	}
}

func TestBytesThatAreNoRarityAreRefused(t *testing.T) {
	var full dedup.Rarity
	full.Add(dedup.NewSketch("Another", boilerplate))
	good := rarityBytes(t, &full)
	for name, b := range map[string][]byte{
		"version only":             {1},
		"another version":          append([]byte{9}, good[1:]...),
		"too short":                good[:len(good)-1],
		"too long":                 append(bytes.Clone(good), 0),
		"stories without counters": {1, 0, 0, 0, 7},
		"too many stories":         append([]byte{1, 255, 255, 255, 255}, good[5:]...),
	} {
		t.Run(name, func(t *testing.T) {
			var r dedup.Rarity
			if err := r.UnmarshalBinary(b); err == nil {
				t.Error("want an error")
			}
		})
	}
}

func TestManyStoriesDoNotWearItOut(t *testing.T) {
	alone(t)
	if testing.Short() {
		t.Skip("counts 25,000 stories")
	}
	var r dedup.Rarity
	p := newPress(10)
	sketch := func() dedup.Sketch {
		var text strings.Builder
		for range 120 {
			fmt.Fprintf(&text, "%x ", p.Uint32()%100_000)
		}
		return dedup.NewSketch(text.String()[:40], text.String())
	}
	for range 25_000 {
		r.Add(sketch())
	}
	a := sketch()
	alone, _ := dedup.Compare(&a, &a, &dedup.Rarity{}, false)
	after, ok := dedup.Compare(&a, &a, &r, false)
	if !ok || after.Text != alone.Text {
		t.Errorf("an entry is like itself by %.3f, want %.3f as at first", after.Text, alone.Text)
	}
	for range 200 {
		r.Add(dedup.NewSketch("Another", boilerplate))
	}
	b, c := dedup.NewSketch("Ferry service resumes", boilerplate), dedup.NewSketch("Ferry service stops", boilerplate)
	if l, ok := dedup.Compare(&b, &c, &r, false); ok {
		t.Errorf("what 200 stories have still links two: %+v", l)
	}
}
