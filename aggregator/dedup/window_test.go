package dedup_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newsfeed/aggregator/dedup"
)

func memberAt(id string, seen time.Time) dedup.Member {
	return dedup.Member{ID: id, Source: "source-" + id, Story: "story-" + id, Time: seen, Seen: seen}
}

func TestTheWindowSees72HoursBack(t *testing.T) {
	r := newPress(1).report()
	s := dedup.NewSketch(r.title, r.html())
	for _, test := range []struct {
		name                string
		seen, published     time.Duration // before the entry that asks
		want                bool
		wantByTitle, unread bool
	}{
		{"now", 0, 0, true, true, false},
		{"a day ago", 24 * time.Hour, 24 * time.Hour, true, true, false},
		{"50 hours ago", 50 * time.Hour, 50 * time.Hour, true, false, false},
		{"72 hours ago", 72 * time.Hour, 72 * time.Hour, true, false, false},
		{"longer ago", 72*time.Hour + time.Second, time.Hour, false, false, false},
		{"seen now and published long ago", 0, 73 * time.Hour, false, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			then := dedup.Member{ID: "old", Source: "a", Story: "s", Time: start.Add(-test.published), Seen: start.Add(-test.seen)}
			now := memberAt("new", start)
			var w, titles dedup.Window
			var rarity dedup.Rarity
			w.Add(then, &s)
			if _, ok := best(&w, now, &s, &rarity); ok != test.want {
				t.Errorf("found is %v, want %v", ok, test.want)
			}
			title := dedup.NewSketch("Seven ferries collide outside ancient harbour", "")
			titles.Add(then, &title)
			if _, ok := best(&titles, now, &title, &rarity); ok != test.wantByTitle {
				t.Errorf("found by title is %v, want %v", ok, test.wantByTitle)
			}
		})
	}
}

func TestWhatIsOldIsForgotten(t *testing.T) {
	var w dedup.Window
	p := newPress(2)
	for i := range 500 {
		r := p.report()
		s := dedup.NewSketch(r.title, r.html())
		w.Add(memberAt(fmt.Sprint(i), start.Add(time.Duration(i)*time.Hour)), &s)
	}
	w.Keep()
	if w.Len() != 73 {
		t.Errorf("%d entries are kept, want 73", w.Len())
	}
}

func TestTheMostAlikeMatchesFirst(t *testing.T) {
	p := newPress(3)
	r := p.report()
	var w dedup.Window
	var rarity dedup.Rarity
	add := func(id, story string, at time.Duration, html string) {
		m := memberAt(id, start)
		m.Story, m.Time = story, start.Add(at)
		s := dedup.NewSketch(r.title, html)
		w.Add(m, &s)
	}
	add("short", "one", -time.Hour, paragraphs(r.sentences[:6]))
	add("full", "one", -time.Hour, r.html())
	add("late", "one", 0, r.html())
	add("edited", "two", -2*time.Hour, p.edited(r, 0.15))
	s := dedup.NewSketch(r.title, r.html())
	match, ok := best(&w, memberAt("new", start), &s, &rarity)
	if !ok || match.Story != "one" || match.ID != "full" || match.Rule != dedup.RuleNearText || match.Text < 0.99 || match.Title < 0.99 {
		t.Errorf("got %+v", match)
	}
	if n := len(w.Matches(memberAt("new", start), &s, &rarity)); n != 4 {
		t.Errorf("%d entries match, want 4", n)
	}
}

func TestWhatSpeaksAgainstAMatchIsTold(t *testing.T) {
	w := newWire()
	text := func(score string) string {
		return "<p>The home side of Torvik won the final " + score + " after extra time in front of a full house, and the captain lifted the cup for the second year running while supporters sang until the lights went out at the ground.</p>"
	}
	id, _, _ := w.publish("a", "Torvik win final 3-1", text("3-1"))
	s := dedup.NewSketch("Torvik win final 5-2", text("5-2"))
	matches := w.window.Matches(w.member("b"), &s, &w.rarity)
	if len(matches) != 1 || matches[0].ID != id || matches[0].Against != dedup.AgainstTitleFigures || matches[0].Near() {
		t.Errorf("got %+v", matches)
	}
}

func TestOrderWithinASecondMakesNoDifference(t *testing.T) {
	alone(t)
	type entry struct {
		member dedup.Member
		sketch dedup.Sketch
	}
	p := newPress(4)
	var entries []entry
	for i := range 40 {
		r := p.report()
		for j := range 5 { // more than 64 entries share the first shingles
			html := boilerplate + r.html()
			if j > 0 {
				html = boilerplate + p.edited(r, 0.05)
			}
			m := memberAt(fmt.Sprint(i, "-", j), start)
			m.Time = start.Add(-time.Duration(p.IntN(5)) * time.Hour)
			entries = append(entries, entry{m, dedup.NewSketch(r.title, html)})
		}
	}
	var rarity dedup.Rarity
	answers := func() [][]dedup.Match {
		var w dedup.Window
		for _, e := range entries {
			w.Add(e.member, &e.sketch)
		}
		sorted := slices.SortedFunc(slices.Values(entries), func(a, b entry) int { return strings.Compare(a.member.ID, b.member.ID) })
		var all [][]dedup.Match
		for _, e := range sorted {
			all = append(all, w.Matches(e.member, &e.sketch, &rarity))
		}
		return all
	}
	want := answers()
	for range 2 {
		p.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		if diff := gocmp.Diff(want, answers(), cmpopts.IgnoreUnexported(dedup.Match{})); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestWhatIsUndoneLeavesNoTrace does the same to two windows, and to one of them
// now and then something more that is undone.
func TestWhatIsUndoneLeavesNoTrace(t *testing.T) {
	alone(t)
	p := newPress(9)
	var plain, undone wire
	reports := []report{}
	for range 12 {
		reports = append(reports, p.report())
	}
	n := 0
	add := func(wires ...*wire) {
		n++
		r := reports[p.IntN(len(reports))]
		s := dedup.NewSketch(r.title, p.edited(r, 0.05))
		m := dedup.Member{ID: fmt.Sprint(n), Source: fmt.Sprint("source", p.IntN(9)), Story: fmt.Sprint("story", n), Time: start, Seen: start.Add(time.Duration(n) * 5 * time.Minute)}
		for _, w := range wires {
			w.rarity.Add(s)
			w.window.Add(m, &s)
		}
	}
	halve := func(wires ...*wire) {
		for _, w := range wires {
			w.rarity.Halve()
		}
	}
	for round := range 60 {
		for range p.IntN(40) {
			add(&plain, &undone)
		}
		for _, w := range []*wire{&plain, &undone} {
			w.rarity.Keep()
			w.window.Keep()
		}
		for range p.IntN(80) {
			add(&undone)
			switch p.IntN(20) {
			case 0:
				halve(&undone)
			case 1:
				undone.window.Rename(fmt.Sprint("story", 1+p.IntN(n)), fmt.Sprint("story", 1+p.IntN(n)))
			}
		}
		undone.rarity.Undo()
		undone.window.Undo()
		asker := dedup.Member{ID: "asker", Source: "asker", Time: start, Seen: start.Add(time.Duration(n) * 5 * time.Minute)}
		for _, r := range reports {
			s := dedup.NewSketch(r.title, r.html())
			want, got := plain.window.Matches(asker, &s, &plain.rarity), undone.window.Matches(asker, &s, &undone.rarity)
			if diff := gocmp.Diff(want, got, cmpopts.IgnoreUnexported(dedup.Match{})); diff != "" {
				t.Fatalf("round %d (-want +got)\n%s", round, diff)
			}
		}
		if plain.window.Len() != undone.window.Len() || !bytes.Equal(rarityBytes(t, &plain.rarity), rarityBytes(t, &undone.rarity)) && n > 0 && plain.window.Len() > 0 {
			t.Fatalf("round %d: %d entries and %d differ, or what is rare in them", round, plain.window.Len(), undone.window.Len())
		}
	}
}

func TestTheSameEntriesGiveTheSameStories(t *testing.T) {
	alone(t)
	run := func(stored bool) []string {
		p, w := newPress(5), newWire()
		var stories []string
		for range 60 {
			r := p.report()
			for i, text := range [][2]string{{r.title, r.html()}, {r.other, p.edited(r, 0.1)}, {r.title, teaser(r, 40)}} {
				s := dedup.NewSketch(text[0], text[1])
				if stored {
					if err := s.UnmarshalBinary(binary(t, &s)); err != nil {
						t.Fatal(err)
					}
					if err := w.rarity.UnmarshalBinary(rarityBytes(t, &w.rarity)); err != nil {
						t.Fatal(err)
					}
				}
				m := w.member(fmt.Sprint("source", i))
				if match, ok := best(&w.window, m, &s, &w.rarity); ok {
					m.Story = match.Story + fmt.Sprintf(" %v", match.Likeness)
				} else {
					w.rarity.Add(s)
				}
				w.window.Add(m, &s)
				stories = append(stories, m.Story)
			}
		}
		return stories
	}
	want := run(false)
	for _, stored := range []bool{false, true} {
		if diff := gocmp.Diff(want, run(stored)); diff != "" {
			t.Errorf("stored %v: %s", stored, diff)
		}
	}
}

// filled returns a window with so many entries of the greatest usual size. One
// in ten has a text of its own.
func filled(entries int) *dedup.Window {
	var w dedup.Window
	p := newPress(6)
	var vocabulary []string
	for range 20_000 {
		vocabulary = append(vocabulary, p.name()+p.pick("a|e|i|o|u"))
	}
	var s dedup.Sketch
	var text strings.Builder
	for i := range entries {
		if i%10 == 0 {
			text.Reset()
			for range 45 {
				text.WriteString(vocabulary[p.IntN(len(vocabulary))] + " the " + vocabulary[p.IntN(len(vocabulary))] + " ")
			}
			s = dedup.NewSketch(text.String()[:60], text.String())
		}
		id := fmt.Sprintf("https://www.source-%d.example/news/2026/11/some-title-of-an-article-%d", i%300, i)
		w.Add(dedup.Member{ID: id, Source: fmt.Sprintf("source-%d-example", i%300), Story: fmt.Sprintf("%013d", i), Time: start, Seen: start}, &s)
		if i%100 == 0 {
			w.Keep()
		}
	}
	return &w
}

func TestAnEntryOfTheWindowTakes800Bytes(t *testing.T) {
	alone(t)
	if testing.Short() {
		t.Skip("fills a window")
	}
	const entries = 50_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := filled(entries)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := float64(after.HeapAlloc-before.HeapAlloc) / entries
	t.Logf("%.0f bytes an entry", each)
	if each > 800 {
		t.Errorf("an entry takes %.0f bytes, want at most 800", each)
	}
	runtime.KeepAlive(w)
}

// cpuTime returns what the process has used so far.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestManyAlikeStayCheap(t *testing.T) {
	alone(t)
	var w dedup.Window
	var rarity dedup.Rarity
	began := cpuTime(t)
	for i := range 1500 {
		s := dedup.NewSketch("Same title of too many entries", boilerplate)
		m := memberAt(fmt.Sprint(i), start)
		w.Matches(m, &s, &rarity)
		w.Add(m, &s)
	}
	if took := cpuTime(t) - began; took > 10*time.Second { // a third of a second is usual
		t.Errorf("1500 entries took %v", took)
	}
}

// BenchmarkStory is what an entry costs from its text to its story, in a
// window of as many entries as the benchmark has run.
func BenchmarkStory(b *testing.B) {
	p := newPress(7)
	var texts [][2]string
	for range 1000 {
		r := p.report()
		texts = append(texts, [2]string{r.title, r.html()}, [2]string{r.other, p.edited(r, 0.05)}, [2]string{p.report().title, p.report().html()})
	}
	w := newWire()
	i := 0
	for b.Loop() {
		text := texts[i%len(texts)]
		if i++; i%len(texts) == 0 {
			w = newWire()
		}
		w.publish(fmt.Sprint("source", i%300), text[0], text[1])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkSketch(b *testing.B) {
	r := newPress(8).report()
	title, html := r.title, r.html()
	b.ReportAllocs()
	for b.Loop() {
		dedup.NewSketch(title, html)
	}
}
