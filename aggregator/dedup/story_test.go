package dedup_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

// written is an entry with a text, published now.
func (d *desk) written(guid, url, title, html string) storage.Entry {
	at := d.now.Add(time.Hour)
	return storage.Entry{GUID: guid, URL: url, Title: title, Content: html, Published: at, Effective: at}
}

func TestNearDuplicatesOfSeveralSourcesAreOneStory(t *testing.T) {
	r := newPress(1).report()
	for _, similarity := range []bool{true, false} {
		d := newDesk(t, "a", "b", "c")
		d.Similarity = similarity
		a := d.poll("a", d.written("1", "https://a.example/1", r.title, r.html()))[0]
		b := d.poll("b", d.written("1", "https://b.example/1", r.other, r.html()))[0]
		c := d.poll("c", d.written("1", "https://c.example/1", "Library opens on Sundays from now on", "<p>The library opens on Sundays from now on.</p>"))[0]
		if a.Joined != (storage.Decision{}) || c.Joined != (storage.Decision{}) || c.Story == a.Story {
			t.Errorf("a joined %+v and c %+v, want neither", a.Joined, c.Joined)
		}
		if !similarity {
			if b.Story == a.Story {
				t.Error("texts were compared although they are not to be")
			}
			continue
		}
		if b.Story != a.Story || b.Joined.Rule != dedup.RuleNearText || b.Joined.Other != a.ID || b.Joined.Score < 0.9 {
			t.Errorf("b is of story %s by %+v, want that of %s", b.Story, b.Joined, a.ID)
		}
	}
}

func TestWhyTwoEntriesAreNotOneStoryIsKept(t *testing.T) {
	d := newDesk(t, "a", "b")
	d.Similarity = true
	p := newPress(2)
	r := p.report()
	a := d.poll("a", d.written("1", "https://a.example/1", r.title+" 17", r.html()))[0]
	b := d.poll("b", d.written("1", "https://b.example/1", r.title+" 23", r.html()))[0]
	want := storage.Decision{Rule: dedup.RuleNearText, Other: a.ID, Score: 1, Against: dedup.AgainstTitleFigures}
	if diff := gocmp.Diff(want, b.Declined); diff != "" || b.Story == a.Story {
		t.Errorf("declined (-want +got)\n%s", diff)
	}
}

// TestASeriesIsNotOneStory lets a source publish under one title every day.
func TestASeriesIsNotOneStory(t *testing.T) {
	d := newDesk(t, "a")
	d.Similarity = true
	briefing := func(day int) storage.Entry {
		return d.written(fmt.Sprint(day), fmt.Sprintf("https://a.example/%d", day), "The morning briefing for busy people", boilerplate)
	}
	first := briefing(1)
	d.poll("a", first)
	d.now = d.now.Add(23 * time.Hour)
	second := d.poll("a", briefing(2), first)
	if len(second) != 1 || second[0].Declined.Against != dedup.AgainstRecurring {
		t.Fatalf("stored %+v, want the second briefing as a story of its own", second)
	}
	d.now = d.now.Add(23 * time.Hour)
	if third := d.poll("a", briefing(3)); len(third) != 1 || third[0].Revision != 1 || d.new != 1 {
		t.Errorf("stored %+v, want the third briefing as a new entry although the others are gone", third)
	}
}

// TestGroupingByAddressesDoesNotDependOnArrival gives entries of many sources
// some addresses out of few and commits them in many orders: a story is what
// hangs together by addresses.
func TestGroupingByAddressesDoesNotDependOnArrival(t *testing.T) {
	for seed := range uint64(15) {
		random := rand.New(rand.NewPCG(seed, 2))
		var sources []string
		documents := map[string]storage.Entry{}
		for i := range 14 {
			source := fmt.Sprintf("s%02d", i)
			e := storage.Entry{Title: source, URL: fmt.Sprintf("https://x.example/%d", random.IntN(16))}
			for range random.IntN(3) {
				e.Aliases = append(e.Aliases, fmt.Sprintf("https://www.x.example/%d/", random.IntN(16)))
			}
			sources, documents[source] = append(sources, source), e
		}
		want := components(documents)
		for range 3 {
			random.Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
			d := newDesk(t, sources...)
			ids := map[string]string{}
			for _, source := range sources {
				ids[source] = d.poll(source, documents[source])[0].ID
			}
			if diff := gocmp.Diff(want, d.grouping()); diff != "" {
				t.Fatalf("seed %d, order %v (-want +got)\n%s", seed, sources, diff)
			}
			for source, id := range ids {
				if e, err := d.store.Entry(t.Context(), id); err != nil || e.Title != source {
					t.Fatalf("seed %d: entry %s is lost: %v", seed, id, err)
				}
			}
		}
	}
}

// components returns for each title all that hang together with it by
// addresses.
func components(documents map[string]storage.Entry) map[string]string {
	group := map[string]string{} // by address
	of := map[string]string{}
	for again := true; again; {
		again = false
		for source, e := range documents {
			least := source
			addresses := []string{dedup.URLKey(e.URL)}
			for _, a := range e.Aliases {
				addresses = append(addresses, dedup.URLKey(a))
			}
			for _, a := range addresses {
				if g, ok := group[a]; ok && g < least {
					least = g
				}
			}
			for _, a := range addresses {
				if group[a] != least {
					group[a], again = least, true
				}
			}
			if of[source] != least {
				of[source], again = least, true
			}
		}
	}
	members := map[string][]string{}
	for source, g := range of {
		members[g] = append(members[g], source)
	}
	out := map[string]string{}
	for _, list := range members {
		slices.Sort(list)
		for _, source := range list {
			out[source] = strings.Join(list, " ")
		}
	}
	return out
}

// grouping returns for each title those of its story.
func (d *desk) grouping() map[string]string {
	d.t.Helper()
	page, err := d.store.Stories(d.t.Context(), storage.Query{Limit: storage.MaxPage})
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string]string{}
	for _, s := range page.Items {
		var titles []string
		for _, e := range s.Entries {
			titles = append(titles, e.Title)
		}
		slices.Sort(titles)
		for _, title := range titles {
			out[title] = strings.Join(titles, " ")
		}
	}
	return out
}

func TestTheOlderStoryGoesOn(t *testing.T) {
	d := newDesk(t, "a", "b", "c")
	a := d.poll("a", storage.Entry{URL: "https://x.example/1", Title: "A"})[0]
	b := d.poll("b", storage.Entry{URL: "https://x.example/2", Title: "B"})[0]
	before, err := d.store.Story(t.Context(), a.Story)
	if err != nil {
		t.Fatal(err)
	}
	d.poll("c", storage.Entry{URL: "https://x.example/2", Aliases: []string{"https://x.example/1"}, Title: "C"})
	for _, id := range []string{a.Story, b.Story} {
		s, err := d.store.Story(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if s.ID != before.ID || s.Public != before.Public || len(s.Entries) != 3 {
			t.Errorf("%s leads to story %s, published as %s, of %d entries; want %s, %s, 3", id, s.ID, s.Public, len(s.Entries), before.ID, before.Public)
		}
	}
	if b, err = d.store.Entry(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if want := (storage.Decision{Rule: dedup.RuleLinked, Other: a.ID, Score: 1}); b.Joined != want {
		t.Errorf("b joined by %+v, want %+v", b.Joined, want)
	}
}

// TestAnEditedAddressMakesOneStoryOfTwo lets an entry take on the address that
// another source's entry has.
func TestAnEditedAddressMakesOneStoryOfTwo(t *testing.T) {
	d := newDesk(t, "a", "b")
	d.poll("a", storage.Entry{GUID: "1", URL: "https://x.example/1", Title: "A"})
	d.poll("b", storage.Entry{GUID: "1", URL: "https://b.example/1", Title: "B"})
	d.poll("b", storage.Entry{GUID: "1", URL: "https://x.example/1", Title: "B"})
	if diff := gocmp.Diff(map[string]int{"A": 2}, d.stories()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheAddressOfAPageMakesOneStoryOfTwo(t *testing.T) {
	d := newDesk(t, "a", "b")
	d.poll("a", storage.Entry{URL: "https://x.example/1", Title: "A"})
	b := d.poll("b", storage.Entry{URL: "https://b.example/1", Title: "B"}, storage.Entry{URL: "https://b.example/2", Title: "B2"})
	for i := range b {
		b[i].Aliases = []string{"https://x.example/1"}
	}
	state, err := d.store.Source(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	r := dedup.NewResolver(d.store, d.Options)
	p, err := r.Readdress(t.Context(), storage.Poll{Source: "b", State: state.State, Entries: b})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.Commit(t.Context(), storage.Record{Time: d.now, Poll: &p}); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(map[string]int{"A": 2, "B2": 1}, d.stories()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// run polls a random press of five sources for some days, and calls between
// after each commit.
func (d *desk) run(seed uint64, polls int, between func(*dedup.Resolver) *dedup.Resolver) {
	d.t.Helper()
	p := newPress(seed)
	r := dedup.NewResolver(d.store, d.Options)
	var reports []report
	documents := map[string][]storage.Entry{}
	for n := range polls {
		d.now = d.now.Add(time.Duration(p.IntN(90)) * time.Minute)
		if len(reports) < 3 || p.IntN(3) == 0 {
			reports = append(reports, p.report())
		}
		about := reports[max(0, len(reports)-1-p.IntN(6))]
		title := []string{about.title, about.other}[p.IntN(2)]
		url := fmt.Sprintf("https://x.example/%d", n-p.IntN(3))
		source := fmt.Sprint("s", n%5)
		documents[source] = append(documents[source], d.written(fmt.Sprint(n), url, title, p.edited(about, 0.1*p.Float64())))
		res, err := r.Resolve(d.t.Context(), d.identified(source, documents[source]), d.now, d.now)
		if err != nil {
			d.t.Fatal(err)
		}
		records := []storage.Record{{Time: d.now, Poll: &res.Poll}}
		if point, due := r.Checkpoint(d.now); due {
			records = append(records, storage.Record{Time: d.now, Checkpoint: &point})
		}
		if err := d.store.Commit(d.t.Context(), records...); err != nil {
			d.t.Fatal(err)
		}
		r.Committed()
		r = between(r)
	}
}

// arrivals returns all entries in order of first commit, less what is not of
// identity.
func (d *desk) arrivals() []storage.Entry {
	d.t.Helper()
	var list []storage.Entry
	before := uint64(0)
	for {
		page, err := d.store.Arrivals(context.Background(), before, 100)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, a := range page {
			list, before = append(list, a.Entry), a.Number
		}
		if len(page) < 100 {
			slices.Reverse(list)
			return list
		}
	}
}

// TestARestartChangesNoDecision runs the same press with a resolver that lives,
// and with one that is made anew from the store time and again.
func TestARestartChangesNoDecision(t *testing.T) {
	alone(t)
	sources := []string{"s0", "s1", "s2", "s3", "s4"}
	living, restarted := newDesk(t, sources...), newDesk(t, sources...)
	n := 0
	living.Similarity, restarted.Similarity = true, true
	living.run(4, 300, func(r *dedup.Resolver) *dedup.Resolver { return r })
	restarted.run(4, 300, func(r *dedup.Resolver) *dedup.Resolver {
		if n++; n%7 != 0 {
			return r
		}
		return dedup.NewResolver(restarted.store, restarted.Options)
	})
	if diff := gocmp.Diff(living.arrivals(), restarted.arrivals()); diff != "" {
		t.Errorf("(-living +restarted)\n%s", diff)
	}
}

// TestWhatWasDiscardedLeavesNoTrace fails every other commit once.
func TestWhatWasDiscardedLeavesNoTrace(t *testing.T) {
	alone(t)
	d := newDesk(t, "s0", "s1", "s2", "s3", "s4")
	d.Similarity = true
	plain := newDesk(t, "s0", "s1", "s2", "s3", "s4")
	plain.Similarity = true
	plain.run(5, 200, func(r *dedup.Resolver) *dedup.Resolver { return r })
	p := newPress(6)
	d.run(5, 200, func(r *dedup.Resolver) *dedup.Resolver {
		lost := p.report()
		for i := range 3 {
			doc := d.identified(fmt.Sprint("s", i), []storage.Entry{d.written("lost", "https://x.example/lost", lost.title, lost.html())})
			if _, err := r.Resolve(t.Context(), doc, d.now, d.now); err != nil {
				t.Fatal(err)
			}
		}
		r.Discarded()
		return r
	})
	if diff := gocmp.Diff(plain.arrivals(), d.arrivals()); diff != "" {
		t.Errorf("(-plain +discarded)\n%s", diff)
	}
}

// TestEveryDecisionFollowsFromTheStore recomputes why each stored entry is of
// its story, from nothing but the stored entries in their order.
func TestEveryDecisionFollowsFromTheStore(t *testing.T) {
	alone(t)
	d := newDesk(t, "s0", "s1", "s2", "s3", "s4")
	d.Similarity = true
	d.run(8, 300, func(r *dedup.Resolver) *dedup.Resolver { return r })
	var rarity dedup.Rarity
	var window dedup.Window
	owners := map[storage.Key]storage.Entry{}
	rules := map[string]int{}
	for _, e := range d.arrivals() {
		var s dedup.Sketch
		if err := s.UnmarshalBinary(e.Sketch); err != nil {
			t.Fatal(err)
		}
		var want, declined storage.Decision
		for _, k := range e.Keys {
			if owner, taken := owners[k]; taken && dedup.Kind(k) == "story url" && want.Rule == "" {
				want = storage.Decision{Rule: dedup.RuleURL, Other: owner.ID, Score: 1}
			}
		}
		m := dedup.Member{ID: e.ID, Source: e.Source, Story: e.Story, Time: e.Effective, Seen: e.FirstSeen}
		if want.Rule == "" {
			matches := window.Matches(m, &s, &rarity)
			switch {
			case len(matches) > 0 && matches[0].Near():
				want = storage.Decision{Rule: matches[0].Rule, Other: matches[0].ID, Score: matches[0].Text}
			case len(matches) > 0:
				declined = storage.Decision{Rule: matches[0].Rule, Other: matches[0].ID, Score: matches[0].Text, Against: matches[0].Against}
				fallthrough
			default:
				rarity.Add(s)
			}
		}
		if e.Joined != want && (e.Joined.Rule != dedup.RuleLinked || want.Rule != "") || e.Declined != declined {
			t.Fatalf("%s joined by %+v, recomputed %+v, declined %+v, recomputed %+v", e.ID, e.Joined, want, e.Declined, declined)
		}
		rules[e.Joined.Rule]++
		rules[e.Declined.Against]++
		window.Add(m, &s)
		for _, k := range e.Keys {
			if _, taken := owners[k]; !taken {
				owners[k] = e
			}
		}
	}
	t.Log(rules)
	if len(rules) < 4 {
		t.Errorf("the run had only these decisions: %v", rules)
	}
}

// TestAnUpdateAfterAFoldKeepsWhy resolves a fold and an update of the entry that
// began the folded story in one batch.
func TestAnUpdateAfterAFoldKeepsWhy(t *testing.T) {
	d := newDesk(t, "a", "b", "c")
	a := d.poll("a", storage.Entry{URL: "https://x.example/1", Title: "A"})[0]
	b := d.poll("b", storage.Entry{URL: "https://x.example/2", Title: "B"})[0]
	d.now = d.now.Add(time.Hour)
	r := dedup.NewResolver(d.store, d.Options)
	var records []storage.Record
	for _, doc := range []dedup.Document{
		d.identified("c", []storage.Entry{{URL: "https://x.example/2", Aliases: []string{"https://x.example/1"}, Title: "C"}}),
		d.identified("b", []storage.Entry{{URL: "https://x.example/2", Title: "B, changed"}}),
	} {
		res, err := r.Resolve(t.Context(), doc, d.now, d.now)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, storage.Record{Time: d.now, Poll: &res.Poll})
	}
	if err := d.store.Commit(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	got, err := d.store.Entry(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := (storage.Decision{Rule: dedup.RuleLinked, Other: a.ID, Score: 1}); got.Joined != want || got.Story != a.Story || got.Title != "B, changed" {
		t.Errorf("%q of story %s joined by %+v, want %+v and story %s", got.Title, got.Story, got.Joined, want, a.Story)
	}
}

// TestAnEntryThatMovesOnGathersNoStories has a source of one item, which is where
// another source's is at each poll.
func TestAnEntryThatMovesOnGathersNoStories(t *testing.T) {
	d := newDesk(t, "a", "now")
	var all []storage.Entry
	for n := range 20 {
		all = append(all, storage.Entry{GUID: fmt.Sprint(n), URL: fmt.Sprintf("https://a.example/%d", n), Title: fmt.Sprint("A", n)})
	}
	d.poll("a", all...)
	for n := range 20 {
		d.poll("now", storage.Entry{GUID: "now", URL: fmt.Sprintf("https://a.example/%d", n), Title: "Now"})
	}
	if n := len(d.stories()); n < 17 {
		t.Errorf("%d stories are left of 20", n)
	}
}

// TestOneEntryMakesNoStoryOfTwoThatDiffer links to one report under the guid of
// another.
func TestOneEntryMakesNoStoryOfTwoThatDiffer(t *testing.T) {
	p := newPress(11)
	war, cake := p.report(), p.report()
	linked := func(d *desk, text report) storage.Entry {
		e := d.written("https://b.example/cake", "https://a.example/war", text.title, text.html())
		e.Aliases = []string{"https://b.example/cake"}
		return e
	}
	for name, text := range map[string]report{"as the one": war, "as the other": cake} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a", "b", "c")
			d.Similarity = true
			a := d.poll("a", d.written("1", "https://a.example/war", war.title, war.html()))[0]
			b := d.poll("b", d.written("1", "https://b.example/cake", cake.title, cake.html()))[0]
			d.poll("c", linked(d, text))
			for _, was := range []storage.Entry{a, b} {
				if e, err := d.store.Entry(t.Context(), was.ID); err != nil || e.Story != was.Story {
					t.Errorf("%q is of story %s, was of %s: %v", e.Title, e.Story, was.Story, err)
				}
			}
		})
	}
}

func TestAStoryIsBounded(t *testing.T) {
	d := newDesk(t, "a", "b")
	d.Similarity = true
	r := newPress(12).report()
	var all []storage.Entry
	for n := range 400 {
		all = append(all, d.written(fmt.Sprint(n), fmt.Sprintf("https://a.example/%d", n), r.title, r.html()))
	}
	d.poll("a", all...)
	most := 0
	for _, n := range d.stories() {
		most = max(most, n)
	}
	page, err := d.store.Stories(t.Context(), storage.Query{Limit: storage.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	entries := 0
	for _, s := range page.Items {
		entries += len(s.Entries)
		most = max(most, len(s.Entries))
	}
	if most != 256 || entries != 400 {
		t.Errorf("%d entries in stories of up to %d, want 400 and 256", entries, most)
	}
}

// TestFoldsInADocumentAreBounded has every item link two stories of others.
func TestFoldsInADocumentAreBounded(t *testing.T) {
	d := newDesk(t, "a", "b")
	var first, second []storage.Entry
	for n := range 300 {
		first = append(first, storage.Entry{GUID: fmt.Sprint(n), URL: fmt.Sprintf("https://a.example/%d", n), Title: fmt.Sprint(n)})
		second = append(second, storage.Entry{URL: fmt.Sprintf("https://a.example/%d", 2*n), Aliases: []string{fmt.Sprintf("https://a.example/%d", 2*n+1)}, Title: fmt.Sprint("B", n)})
	}
	d.poll("a", first...)
	began := cpuTime(t)
	d.poll("b", second[:150]...)
	if took := cpuTime(t) - began; took > 5*time.Second { // some hundredths are usual
		t.Errorf("took %v", took)
	}
	if n := len(d.stories()); n != 300-16 {
		t.Errorf("%d stories, want %d", n, 300-16)
	}
}

// An entry that is of no other's story gets one of its own also where another
// story has the id that was to be its.
func TestAnEntryThatFoundsAStoryIsOfNoOther(t *testing.T) {
	item := storage.Entry{GUID: "1", URL: "https://a.example/1", Title: "A"}
	first := newDesk(t, "a").poll("a", item)[0]

	d := newDesk(t, "a", "b")
	other := storage.Entry{ID: "urn:other", Source: "b", Story: first.Story, Title: "B"}
	if err := d.store.Commit(t.Context(), storage.Record{Poll: &storage.Poll{Source: "b", Entries: []storage.Entry{other}}}); err != nil {
		t.Fatal(err)
	}
	e := d.poll("a", item)[0]
	if e.ID != first.ID || e.Story == first.Story {
		t.Errorf("entry %s is of story %s, which another has", e.ID, e.Story)
	}
	for _, id := range []string{e.Story, first.Story} {
		if n, err := d.store.StorySize(t.Context(), id); n != 1 || err != nil {
			t.Errorf("story %s has %d entries, error %v, want 1", id, n, err)
		}
	}
}
