package dedup_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// desk polls into a real store.
type desk struct {
	t      *testing.T
	store  *bolt.Store
	now    time.Time
	shared map[string]bool
	dedup.Options
	resolver *dedup.Resolver

	new, updated int // in the last poll
}

func newDesk(t *testing.T, sources ...string) *desk {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	settings := storage.Settings{Feed: storage.Feed{Across: storage.Merge}}
	for _, id := range sources {
		settings.Sources = append(settings.Sources, storage.SourceSettings{ID: id, URL: "https://" + id + ".example/"})
	}
	if err := store.Commit(t.Context(), storage.Record{Time: start, Settings: &settings}); err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, store: store, now: start, shared: map[string]bool{}}
}

// poll resolves and commits a document of a source, and returns what was
// stored.
func (d *desk) poll(source string, entries ...storage.Entry) []storage.Entry {
	d.t.Helper()
	d.now = d.now.Add(time.Hour)
	if d.resolver == nil {
		d.resolver = dedup.NewResolver(d.store, d.Options)
	}
	res, err := d.resolver.Resolve(d.t.Context(), d.identified(source, entries), d.now, d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	d.shared[source] = res.Poll.State.SharedGUIDs
	res.Poll.State.Flaps = dedup.Flaps(res.Poll.State.Flaps, res.Flapped)
	if err := d.store.Commit(d.t.Context(), storage.Record{Time: d.now, Poll: &res.Poll}); err != nil {
		d.t.Fatal(err)
	}
	d.resolver.Committed()
	d.new, d.updated = res.New, res.Updated
	return res.Poll.Entries
}

// identified makes a poll of a document's entries, less those that the source
// showed before as they are, as the aggregator would.
func (d *desk) identified(source string, document []storage.Entry) dedup.Document {
	was, err := d.store.Source(d.t.Context(), source)
	if err != nil {
		d.t.Fatal(err)
	}
	seen := map[storage.Digest]storage.Key{}
	for _, s := range was.State.Seen {
		seen[s.Item] = s.Key
	}
	p := storage.Poll{Source: source, State: was.State}
	p.State.Seen = nil
	var items, all []storage.Digest
	for _, e := range document {
		e.Source, e.FirstSeen = source, d.now
		e.CanonicalURL = cmp.Or(e.CanonicalURL, e.URL)
		switch {
		case !e.Effective.IsZero():
		case !e.Published.IsZero():
			e.Effective = e.Published
		default:
			e.Effective = d.now
		}
		e.Digest = digestOf(e.Title, e.URL, e.Content)
		item := digestOf(e.Title, e.URL, e.GUID, e.Content, e.Published.String(), e.Updated.String())
		all = append(all, item)
		if _, ok := seen[item]; !ok {
			p.Entries, items = append(p.Entries, e), append(items, item)
		}
	}
	p.State.SharedGUIDs = dedup.Identify(p.Entries, d.shared[source])
	for i, e := range p.Entries {
		seen[items[i]] = e.Keys[0]
	}
	for _, item := range all {
		p.State.Seen = append(p.State.Seen, storage.Sighting{Item: item, Key: seen[item]})
	}
	doc := dedup.Document{Poll: p, Items: items}
	doc.Gone, doc.Waiting = dedup.Left(was.State.Seen, p.State.Seen)
	return doc
}

func digestOf(parts ...string) storage.Digest {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return storage.Digest(sum[:16])
}

func (d *desk) stories() map[string]int {
	d.t.Helper()
	page, err := d.store.Stories(d.t.Context(), storage.Query{Limit: storage.MaxPage})
	if err != nil {
		d.t.Fatal(err)
	}
	sizes := map[string]int{}
	for _, s := range page.Items {
		sizes[s.Lead().Title] = len(s.Entries)
	}
	return sizes
}

func TestOneItemIsOneEntry(t *testing.T) {
	for _, test := range []struct {
		name   string
		first  []storage.Entry
		second []storage.Entry
		want   string // what the second poll stores: title@revision, in order
	}{
		{
			"the same",
			[]storage.Entry{{GUID: "1", URL: "https://a.example/1", Title: "A"}},
			[]storage.Entry{{GUID: "1", URL: "https://a.example/1", Title: "A"}},
			"",
		},
		{
			"another title is an update",
			[]storage.Entry{{GUID: "1", URL: "https://a.example/1", Title: "A"}},
			[]storage.Entry{{GUID: "1", URL: "https://a.example/1", Title: "B"}},
			"B@2",
		},
		{
			"another address with the same guid is an update",
			[]storage.Entry{{GUID: "1", URL: "https://a.example/1", Title: "A"}},
			[]storage.Entry{{GUID: "1", URL: "https://a.example/slug", Title: "A"}},
			"A@2",
		},
		{
			"another guid at the same address is the same entry",
			[]storage.Entry{{GUID: "http://a.example/1", URL: "https://a.example/1", Title: "A"}},
			[]storage.Entry{{GUID: "https://a.example/1", URL: "https://a.example/1", Title: "A"}},
			"A@1",
		},
		{
			"two guids at one address are two entries",
			[]storage.Entry{{GUID: "1", URL: "https://a.example/live", Title: "A"}},
			[]storage.Entry{{GUID: "1", URL: "https://a.example/live", Title: "A"}, {GUID: "2", URL: "https://a.example/live", Title: "B"}},
			"B@1",
		},
		{
			"one guid at two addresses is two entries", nil,
			[]storage.Entry{{GUID: "x", URL: "https://a.example/1", Title: "A"}, {GUID: "x", URL: "https://a.example/2", Title: "B"}},
			"A@1 B@1",
		},
		{
			"a source that shared guids goes on by address",
			[]storage.Entry{{GUID: "x", URL: "https://a.example/1", Title: "A"}, {GUID: "x", URL: "https://a.example/2", Title: "B"}},
			[]storage.Entry{{GUID: "x", URL: "https://a.example/3", Title: "C"}, {GUID: "x", URL: "https://a.example/2", Title: "B"}},
			"C@1",
		},
		{
			"without guid the address counts",
			[]storage.Entry{{URL: "https://a.example/1", Title: "A"}},
			[]storage.Entry{{URL: "http://www.a.example/1/", Title: "A2"}},
			"A2@2",
		},
		{
			"with neither, title and day count",
			[]storage.Entry{{Title: "Weather", Published: start}},
			[]storage.Entry{{Title: "Weather", Published: start}, {Title: "Weather", Published: start.AddDate(0, 0, 1)}},
			"Weather@1",
		},
		{
			"a front page is no address",
			[]storage.Entry{{URL: "https://a.example/", Title: "A"}},
			[]storage.Entry{{URL: "https://a.example/", Title: "B"}},
			"B@1",
		},
		{
			"one address without guids is as many entries as titles", nil,
			[]storage.Entry{{URL: "https://a.example/news", Title: "A"}, {URL: "https://a.example/news", Title: "B"}},
			"A@1 B@1",
		},
		{
			"places on one page are several entries", nil,
			[]storage.Entry{{URL: "https://a.example/n#1", CanonicalURL: "https://a.example/n", Title: "A"}, {URL: "https://a.example/n#2", CanonicalURL: "https://a.example/n", Title: "A"}},
			"A@1 A@1",
		},
		{
			"one guid with many titles is many entries", nil,
			[]storage.Entry{{GUID: "x", Title: "A"}, {GUID: "x", Title: "B"}, {GUID: "x", Title: "C"}},
			"A@1 B@1 C@1",
		},
		{
			"an address that another item of the document has is no name",
			[]storage.Entry{{URL: "https://a.example/changelog", Title: "One"}},
			[]storage.Entry{{URL: "https://a.example/changelog", Title: "Two"}, {URL: "https://a.example/changelog", Title: "One"}},
			"Two@1",
		},
		{
			"a guid that another item of the document has is no name",
			[]storage.Entry{{GUID: "G", URL: "https://a.example/1", Title: "B1"}},
			[]storage.Entry{{GUID: "G", URL: "https://a.example/2", Title: "B2"}, {GUID: "G", URL: "https://a.example/1", Title: "B1"}},
			"B2@1",
		},
		{
			"of repeats in a document the latest counts", nil,
			[]storage.Entry{{GUID: "1", URL: "https://a.example/1", Title: "old", Updated: start}, {GUID: "1", URL: "https://a.example/1", Title: "new", Updated: start.Add(time.Hour)}},
			"new@1",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.poll("a", test.first...)
			var got []string
			for _, e := range d.poll("a", test.second...) {
				got = append(got, fmt.Sprintf("%s@%d", e.Title, e.Revision))
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("got %q, want %q", s, test.want)
			}
			if again := d.poll("a", test.second...); len(again) != 0 {
				t.Errorf("the third poll stores %d entries, want none", len(again))
			}
		})
	}
}

func TestOneAddressInSeveralSourcesIsOneStory(t *testing.T) {
	d := newDesk(t, "a", "b", "c")
	d.poll("a", storage.Entry{GUID: "1", URL: "https://a.example/1", Title: "A"})
	d.poll("b", storage.Entry{GUID: "9", URL: "http://www.a.example/1/", Title: "B"}, storage.Entry{GUID: "8", URL: "https://b.example/2", Title: "own"})
	d.poll("c", storage.Entry{GUID: "https://a.example/1", URL: "https://www.a.example/1", Title: "C"})
	want := map[string]int{"A": 3, "own": 1}
	if diff := gocmp.Diff(want, d.stories()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOneSourceHasOneEntryInAStory(t *testing.T) {
	d := newDesk(t, "a", "b")
	d.poll("a", storage.Entry{GUID: "1", URL: "https://a.example/live", Title: "A"})
	d.poll("b", storage.Entry{GUID: "1", URL: "https://a.example/live", Title: "B1"})
	d.poll("b", storage.Entry{GUID: "1", URL: "https://a.example/live", Title: "B1"}, storage.Entry{GUID: "2", URL: "https://a.example/live", Title: "B2"})
	want := map[string]int{"A": 2, "B2": 1}
	if diff := gocmp.Diff(want, d.stories()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTwoPollsOfOneBatchCannotBothBeFirst(t *testing.T) {
	d := newDesk(t, "a", "b")
	r := dedup.NewResolver(d.store, dedup.Options{})
	var records []storage.Record
	for _, source := range []string{"a", "b", "a"} {
		doc := d.identified(source, []storage.Entry{{GUID: "https://x.example/1", URL: "https://x.example/1", Title: source}})
		res, err := r.Resolve(t.Context(), doc, d.now, d.now)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, storage.Record{Time: d.now, Poll: &res.Poll})
	}
	if err := d.store.Commit(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	a, b := records[0].Poll.Entries[0], records[1].Poll.Entries[0]
	if a.Story != b.Story {
		t.Errorf("stories %s and %s, want one", a.Story, b.Story)
	}
	if a.ID != "https://x.example/1" || b.ID == a.ID {
		t.Errorf("ids %s and %s: the first keeps the source's own, the second is minted", a.ID, b.ID)
	}
	if n := len(records[2].Poll.Entries); n != 0 {
		t.Errorf("the second poll of a stores %d entries, want none", n)
	}
}

// TestC05_IDsAreStableAndUnique resolves the same polls again and again: ids
// do not depend on anything but source and key.
func TestC05_IDsAreStableAndUnique(t *testing.T) {
	ids := func() []string {
		d := newDesk(t, "a", "b")
		var ids []string
		for _, source := range []string{"a", "b"} {
			for _, e := range d.poll(source,
				storage.Entry{GUID: "1", URL: "https://x.example/" + source, Title: "T"},
				storage.Entry{URL: "https://x.example/only-url", Title: "T"},
				storage.Entry{Title: "only a title"},
				storage.Entry{GUID: "tag:x.example,2026:1", Title: "T"},
				storage.Entry{GUID: "urn:with space", Title: "T"},
			) {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	first := ids()
	if diff := gocmp.Diff(first, ids()); diff != "" {
		t.Errorf("(-first +second)\n%s", diff)
	}
	seen := map[string]bool{}
	for _, id := range first {
		if seen[id] {
			t.Errorf("%s twice", id)
		}
		seen[id] = true
		if !strings.Contains(id, ":") || strings.Contains(id, " ") {
			t.Errorf("%s is no IRI", id)
		}
	}
	if !seen["tag:x.example,2026:1"] {
		t.Error("a valid guid was not kept")
	}
}

func TestUpdatedMovesOnlyWithTheContent(t *testing.T) {
	d := newDesk(t, "a")
	d.poll("a", storage.Entry{GUID: "1", Title: "A", Published: start, Updated: start, Effective: start})
	if out := d.poll("a", storage.Entry{GUID: "1", Title: "A", Published: start.Add(9 * time.Hour), Updated: start.Add(9 * time.Hour)}); len(out) != 0 {
		t.Fatalf("a new date alone was stored: %+v", out)
	}
	out := d.poll("a", storage.Entry{GUID: "1", Title: "B", Published: start.Add(9 * time.Hour), Updated: start})
	if len(out) != 1 {
		t.Fatalf("%d stored, want 1", len(out))
	}
	e := out[0]
	if !e.Updated.Equal(d.now) || !e.Published.Equal(start) || !e.Effective.Equal(start) {
		t.Errorf("updated %v, published %v, effective %v; want %v, %v, %[5]v", e.Updated, e.Published, e.Effective, d.now, start)
	}
}

// TestGroupingDoesNotDependOnArrival commits the same documents in many orders
// and compares which addresses share a story.
func TestGroupingDoesNotDependOnArrival(t *testing.T) {
	docs := map[string][]storage.Entry{
		"a": {{GUID: "1", URL: "https://a.example/1", Title: "A1"}, {GUID: "2", URL: "https://a.example/2", Title: "A2"}},
		"b": {{GUID: "1", URL: "https://www.a.example/1", Title: "B1"}, {GUID: "3", URL: "https://b.example/3", Title: "B3"}},
		"c": {{URL: "https://a.example/2/", Title: "C2"}, {URL: "https://b.example/3?", Title: "C3"}, {Title: "alone"}},
	}
	var want map[string]int
	for seed := range uint64(20) {
		d := newDesk(t, "a", "b", "c")
		order := []string{"a", "b", "c"}
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, source := range order {
			d.poll(source, append([]storage.Entry(nil), docs[source]...)...)
		}
		page, err := d.store.Stories(context.Background(), storage.Query{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, s := range page.Items {
			for _, e := range s.Entries {
				got[e.Title] = len(s.Entries)
			}
		}
		if want == nil {
			want = got
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("order %v (-want +got)\n%s", order, diff)
		}
	}
}

func TestURLKey(t *testing.T) {
	for _, group := range [][]string{
		{"https://example.org/a", "http://example.org/a", "https://www.example.org/a/", "https://EXAMPLE.org:443/a", "https://example.org/a/index.html"},
		{"https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1"},
		{"https://example.org/a?p=1"},
		{"https://example.org/a?p=2"},
		{"https://example.org/A"},
		{"https://example.org/#!/a"},
		{"https://example.org/"},
		{"https://www.org/"},
	} {
		for _, u := range group[1:] {
			if got, want := dedup.URLKey(u), dedup.URLKey(group[0]); got != want {
				t.Errorf("%s: %q, want %q", u, got, want)
			}
		}
	}
	if got := dedup.URLKey("mailto:a@b"); got != "" {
		t.Errorf("mailto has a key: %q", got)
	}
}

// TestAnEntryWithAnotherGUIDIsNotOverwritten lets an item change its guid, and
// then another appear at its address.
func TestAnEntryWithAnotherGUIDIsNotOverwritten(t *testing.T) {
	d := newDesk(t, "a")
	first := storage.Entry{GUID: "g1", URL: "https://a.example/live", Title: "A"}
	d.poll("a", first)
	first.GUID = "n1"
	d.poll("a", first)
	if d.new != 0 || d.updated != 0 {
		t.Errorf("another guid alone: %d new, %d updated", d.new, d.updated)
	}
	d.poll("a", storage.Entry{GUID: "n2", URL: "https://a.example/live", Title: "B"}, first)
	if d.new != 1 {
		t.Errorf("%d new, want 1", d.new)
	}
	want := map[string]int{"A": 1, "B": 1}
	if diff := gocmp.Diff(want, d.stories()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestKeysOfAnEntryAreBounded gives an entry a new address at every poll.
func TestKeysOfAnEntryAreBounded(t *testing.T) {
	d := newDesk(t, "a")
	for n := range 100 {
		d.poll("a", storage.Entry{GUID: "g", URL: fmt.Sprintf("https://a.example/?sid=%d", n), Title: "A"})
	}
	page, err := d.store.Entries(t.Context(), storage.Query{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 || len(page.Items[0].Keys) > 64 {
		t.Errorf("%d entries, the first with %d keys", len(page.Items), len(page.Items[0].Keys))
	}
}

// An address and its key are of one site: what an entry says of itself leads a
// store to where its keys are.
func TestAnAddressIsNearItsKey(t *testing.T) {
	for _, address := range []string{
		"https://site.example/a/b?c=d#!e",
		"https://www.site.example/",
		"https://WWW.Site.Example/index.html",
		"http://site.example:80/a",
		"https://site.example:443/a",
		"http://site.example:443/a",
		"https://www.site.example:80?a",
		"https://site.example:8443/a",
		"https://site.example./a",
		"https://site.example.:443/a",
		"https://reader@site.example/a",
		"https://reader:secret@www.site.example:443/a@b",
		"https://www.example/a",
		"http://[2001:db8::1]:80/a",
		"http://192.0.2.1/a",
	} {
		if key := dedup.URLKey(address); storage.Near(key) != storage.Near(address) {
			t.Errorf("%s is not near its key %s", address, key)
		}
	}
}
