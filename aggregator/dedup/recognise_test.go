package dedup_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

// TestC42_ARelaunchBringsNothingNew gives all entries of a source another guid
// and another address.
func TestC42_ARelaunchBringsNothingNew(t *testing.T) {
	for name, change := range map[string]func(*storage.Entry){
		"guid and address":                  func(*storage.Entry) {},
		"guid, address and hour":            func(e *storage.Entry) { e.Published = e.Published.Add(time.Hour) },
		"guid and address, no date at all":  func(e *storage.Entry) { e.Published = time.Time{} },
		"guid and address, and some markup": func(e *storage.Entry) { e.Content = "<div>" + e.Content + "</div>" },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			p := newPress(1)
			var before, after []storage.Entry
			for i := range 50 {
				r := p.report()
				e := storage.Entry{GUID: fmt.Sprint(i), URL: fmt.Sprintf("http://old.example/%d", i), Title: r.title, Content: r.html(), Published: start.Add(time.Duration(i) * time.Minute)}
				if strings.Contains(name, "no date") {
					e.Published = time.Time{}
				}
				before = append(before, e)
				e.GUID, e.URL = fmt.Sprint("n", i), fmt.Sprintf("https://new.example/posts/%d", i)
				change(&e)
				after = append(after, e)
			}
			ids := map[string]storage.Entry{}
			for _, e := range d.poll("a", before...) {
				ids[e.Title] = e
			}
			for _, e := range d.poll("a", after...) {
				was := ids[e.Title]
				if e.ID != was.ID || e.Revision != was.Revision || !e.Updated.Equal(was.Updated) {
					t.Errorf("%q is %s, revision %d, updated %v; was %s, %d, %v", e.Title, e.ID, e.Revision, e.Updated, was.ID, was.Revision, was.Updated)
				}
				if !strings.HasPrefix(e.URL, "https://new.example/") {
					t.Errorf("%q is still at %s", e.Title, e.URL)
				}
			}
			if d.new != 0 {
				t.Errorf("%d new entries", d.new)
			}
			if out := d.poll("a", after...); len(out) != 0 {
				t.Errorf("the next poll stores %d entries", len(out))
			}
		})
	}
}

func TestAnItemUnderAnotherGUIDAndAddressIsTheSame(t *testing.T) {
	r, p := newPress(2).report(), newPress(3)
	at := start.Add(-time.Hour)
	old := storage.Entry{GUID: "1", URL: "https://a.example/ferry", Title: r.title, Content: r.html(), Published: at}
	other := storage.Entry{GUID: "2", URL: "https://a.example/other", Title: "Something else entirely happened here", Published: at}
	for _, test := range []struct {
		name   string
		second []storage.Entry
		added  int
	}{
		{"title and time of publication", []storage.Entry{{GUID: "1b", URL: "https://a.example/ferry-2", Title: r.title, Published: at}, other}, 0},
		{"title, and another time", []storage.Entry{{GUID: "1b", URL: "https://a.example/ferry-2", Title: r.title, Published: at.Add(time.Minute)}, other}, 1},
		{"another title above the text", []storage.Entry{{GUID: "1b", URL: "https://a.example/ferry-2", Title: r.other, Content: r.html(), Published: at.Add(time.Minute)}, other}, 0},
		{"the same text beside the old item", []storage.Entry{{GUID: "1b", URL: "https://a.example/ferry-2", Title: r.title, Content: r.html(), Published: at}, old, other}, 1},
		{"another report", []storage.Entry{{GUID: "1b", URL: "https://a.example/3", Title: p.report().title, Content: p.report().html(), Published: at}, other}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.poll("a", old, other)
			d.poll("a", test.second...)
			if d.new != test.added {
				t.Errorf("%d new, want %d", d.new, test.added)
			}
		})
	}
}

// TestWhatRecursUnderOneTitleIsNewEveryTime replaces all items of a document by
// others of the same titles.
func TestWhatRecursUnderOneTitleIsNewEveryTime(t *testing.T) {
	for name, published := range map[string]func(day int) time.Time{
		"every day":           func(day int) time.Time { return start.AddDate(0, 0, day) },
		"on one day at times": func(day int) time.Time { return start.Add(time.Duration(day) * time.Minute) },
		"dated by the day":    func(int) time.Time { return start },
		"undated":             func(int) time.Time { return time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			p := newPress(6)
			for day := range 4 {
				var document []storage.Entry
				for i, title := range []string{"Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo", "Libra", "Scorpio"} {
					guid := fmt.Sprint(day, "/", i)
					document = append(document, storage.Entry{GUID: guid, URL: "https://a.example/" + guid, Title: title, Content: p.report().html(), Published: published(day)})
				}
				if d.poll("a", document...); d.new != 8 {
					t.Errorf("day %d: %d new, want 8", day, d.new)
				}
			}
		})
	}
}

// TestAnItemThatTakesTheAddressOfAnotherIsNotIt has both change in one poll.
func TestAnItemThatTakesTheAddressOfAnotherIsNotIt(t *testing.T) {
	for _, newsFirst := range []bool{true, false} {
		d := newDesk(t, "a")
		monday := storage.Entry{GUID: "1", URL: "https://a.example/latest", Title: "Monday"}
		was := d.poll("a", monday)[0]
		monday.URL = "https://a.example/monday"
		tuesday := storage.Entry{GUID: "2", URL: "https://a.example/latest", Title: "Tuesday"}
		document := []storage.Entry{monday, tuesday}
		if newsFirst {
			document = []storage.Entry{tuesday, monday}
		}
		out := map[string]storage.Entry{}
		for _, e := range d.poll("a", document...) {
			out[e.Title] = e
		}
		if d.new != 1 || out["Monday"].ID != was.ID || out["Tuesday"].ID == was.ID || out["Tuesday"].ID == "" {
			t.Errorf("%d new: %+v", d.new, out)
		}
		if again := d.poll("a", document...); len(again) != 0 {
			t.Errorf("the next poll stores %d entries", len(again))
		}
	}
}

func TestWhyAnItemIsAnEntryIsKept(t *testing.T) {
	r := newPress(7).report()
	first := storage.Entry{GUID: "1", URL: "https://a.example/1", Title: r.title, Content: r.html(), Published: start}
	for name, test := range map[string]struct {
		second storage.Entry
		want   string
	}{
		"guid":           {storage.Entry{GUID: "1", URL: "https://a.example/2", Title: r.other, Published: start}, ""},
		"url":            {storage.Entry{GUID: "2", URL: "https://a.example/1", Title: r.other, Published: start}, dedup.RuleOwn},
		"title and time": {storage.Entry{GUID: "2", URL: "https://a.example/2", Title: r.title, Published: start}, dedup.RuleTitle},
		"text":           {storage.Entry{GUID: "2", URL: "https://a.example/2", Title: r.other, Content: r.html(), Published: start.Add(time.Hour)}, dedup.RuleText},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.poll("a", first)
			out := d.poll("a", test.second)
			if len(out) != 1 || d.new != 0 {
				t.Fatalf("stored %+v", out)
			}
			want := storage.Decision{Rule: test.want, Other: "1", Score: 1}
			if test.want == "" {
				want = storage.Decision{}
			}
			if diff := gocmp.Diff(want, out[0].Known); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestABulletinIsNewEveryHour has a document of one item, whose title is always
// the same.
func TestABulletinIsNewEveryHour(t *testing.T) {
	d := newDesk(t, "a")
	d.Similarity = true
	for hour := range 5 {
		d.poll("a", storage.Entry{GUID: fmt.Sprint(hour), URL: fmt.Sprintf("https://a.example/%d.mp3", hour), Title: "News bulletin", Published: start.Add(time.Duration(hour) * time.Hour)})
		if d.new != 1 {
			t.Errorf("hour %d: %d new, want 1", hour, d.new)
		}
	}
}

func TestWhatWasRemovedDoesNotComeBack(t *testing.T) {
	d := newDesk(t, "a", "b")
	item := storage.Entry{GUID: "1", URL: "https://a.example/1", Title: "A", Published: start}
	e := d.poll("a", item)[0]
	d.poll("a") // it is gone from the document
	prune := storage.Prune{Entries: []string{e.ID}, Remember: dedup.Identity(e.Keys)}
	removed := d.now.Add(time.Hour)
	if err := d.store.Commit(t.Context(), storage.Record{Time: removed, Prune: &prune}); err != nil {
		t.Fatal(err)
	}
	d.now = removed
	flipped := item
	flipped.GUID = "https://a.example/1"
	for name, again := range map[string]storage.Entry{"as it was": item, "under another guid": flipped} {
		if d.poll("a", again); d.new != 0 {
			t.Errorf("%s: %d new, want none", name, d.new)
		}
	}
	if d.poll("b", item); d.new != 1 {
		t.Error("another source may not bring it")
	}
	item.Published, item.Title = removed.Add(time.Minute), "A again"
	if d.poll("a", item); d.new != 1 {
		t.Error("what was published anew since is not new")
	}
}

// TestAFlappingSourceIsFrozen changes the last word of an entry at every poll,
// and then its title.
func TestAFlappingSourceIsFrozen(t *testing.T) {
	d := newDesk(t, "a")
	r := newPress(4).report()
	poll := func(title string, n int) []storage.Entry {
		d.now = d.now.Add(-45 * time.Minute) // poll adds an hour
		return d.poll("a", storage.Entry{GUID: "1", Title: title, Content: r.html() + fmt.Sprintf("<p>Read %d times</p>", n)})
	}
	stored := 0
	for n := range 60 {
		stored += len(poll(r.title, n))
	}
	if stored > 10 {
		t.Errorf("%d of 60 changes in 15 hours are stored, want a few", stored)
	}
	out := poll("Another title", 100)
	if len(out) != 1 || out[0].Title != "Another title" {
		t.Fatal("a material change is not stored")
	}
	if n := len(out[0].History); n != 4 || out[0].History[0].Title != r.title || out[0].History[0].Number != out[0].Revision-1 {
		t.Errorf("history %+v of revision %d", out[0].History, out[0].Revision)
	}
	d.now = d.now.Add(24 * time.Hour)
	if len(poll("Another title", 101)) != 1 {
		t.Error("after a day the change is not stored")
	}
	if len(poll("Another title", 102)) != 0 {
		t.Error("the change after it is")
	}
	for range 12 {
		poll("Another title", 102) // nothing changes
	}
	if len(poll("Another title", 103)) != 1 {
		t.Error("a source that has come to rest is still frozen")
	}
}

// TestIDsNeverChange edits, moves, republishes and restarts at random.
func TestIDsNeverChange(t *testing.T) {
	alone(t)
	for seed := range uint64(5) {
		p := newPress(seed)
		d := newDesk(t, "a", "b", "c")
		d.Similarity = true
		documents, written := map[string][]storage.Entry{}, map[string]int{}
		ids, stories := map[string]string{}, map[string]string{} // by title, which is never edited
		for n := range 120 {
			source := p.pick("a|b|c")
			doc := documents[source]
			switch {
			case len(doc) == 0 || p.IntN(2) == 0:
				r := p.report()
				title := fmt.Sprint(r.title, " ", n)
				written[source]++
				doc = append([]storage.Entry{d.written(fmt.Sprint(source, n), fmt.Sprintf("https://x.example/%d", written[source]), title, r.html())}, doc...)
			case p.IntN(3) == 0:
				e := &doc[p.IntN(len(doc))]
				e.Content += "<p>" + p.report().sentences[0] + "</p>"
			case p.IntN(2) == 0:
				e := &doc[p.IntN(len(doc))]
				e.URL = strings.Replace(e.URL, "https://", "http://www.", 1) + "/"
			default:
				e := &doc[p.IntN(len(doc))]
				e.GUID += "'"
			}
			documents[source] = doc[:min(len(doc), 12)]
			d.poll(source, documents[source]...)
			for _, e := range d.arrivals() {
				if was, known := ids[e.Title]; known && was != e.ID {
					t.Fatalf("seed %d: %q is %s, was %s", seed, e.Title, e.ID, was)
				}
				ids[e.Title] = e.ID
				if was := stories[e.Title]; was != "" && was != e.Story {
					if s, err := d.store.Story(t.Context(), was); err != nil || s.ID != e.Story {
						t.Fatalf("seed %d: story %s does not lead to %s: %v", seed, was, e.Story, err)
					}
				}
				stories[e.Title] = e.Story
			}
		}
	}
}

func TestLookupFindsByEveryAddress(t *testing.T) {
	d := newDesk(t, "a")
	e := d.poll("a", storage.Entry{GUID: "tag:a.example,2026:1", URL: "https://a.example/1", CanonicalURL: "https://a.example/1", Aliases: []string{"tag:a.example,2026:1", "https://a.example/?p=1"}, Title: "A"})[0]
	for _, name := range []string{"tag:a.example,2026:1", "https://a.example/1", "https://a.example/?p=1"} {
		found, err := d.store.Find(t.Context(), dedup.Lookup(name, name, []string{"a"}))
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, f := range found {
			ids[f.ID] = f.ID != ""
		}
		if diff := gocmp.Diff(true, ids[e.ID]); diff != "" {
			t.Errorf("%s finds %v, want %s", name, ids, e.ID)
		}
	}
}
