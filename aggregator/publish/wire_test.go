package publish_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/aggregator/publish"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// wire is a real store and the whole way of an entry to it: documents of
// sources go in, feeds come out. It reads every item at every poll, as a new
// version of the program does.
type wire struct {
	*testing.T
	*bolt.Store
	path     string
	now      time.Time // of the last poll
	resolver *dedup.Resolver
	shared   map[string]bool
}

func newWire(t *testing.T, sources ...string) *wire {
	t.Helper()
	w := &wire{T: t, path: filepath.Join(t.TempDir(), "newsfeed.db"), now: second(0), shared: map[string]bool{}}
	w.open()
	t.Cleanup(w.close)
	settings := storage.Settings{BaseURL: base, Feed: storage.Feed{Title: "News", Across: storage.Merge}, Changed: second(0)}
	for _, id := range sources {
		settings.Sources = append(settings.Sources, storage.SourceSettings{ID: id, URL: "https://" + id + ".example/feed"})
	}
	w.commit(storage.Record{Time: w.now, Settings: &settings})
	return w
}

func (w *wire) open() {
	w.T.Helper()
	store, err := bolt.Open(w.path, bolt.Options{})
	if err != nil {
		w.Fatal(err)
	}
	w.Store, w.resolver = store, dedup.NewResolver(store, dedup.Options{})
}

func (w *wire) close() {
	if err := w.Store.Close(); err != nil {
		w.Error(err)
	}
}

// restart closes the store and opens it again.
func (w *wire) restart() {
	w.T.Helper()
	w.close()
	w.open()
}

func (w *wire) commit(r storage.Record) {
	w.T.Helper()
	if err := w.Commit(w.Context(), r); err != nil {
		w.Fatal(err)
	}
}

// poll takes in a document of a source, an hour after the last one.
func (w *wire) poll(source, document string) {
	w.T.Helper()
	w.now = w.now.Add(time.Hour)
	doc, err := parse.Scan([]byte(document), parse.Options{Salt: source})
	if err != nil {
		w.Fatal(err)
	}
	items, err := doc.Items(func(parse.Digest) bool { return false })
	if err != nil {
		w.Fatal(err)
	}
	place := normalize.Source{ID: source, URL: "https://" + source + ".example/feed", Format: doc.Format}
	entries, _ := normalize.Entries(place, doc.Header, items, w.now)
	w.shared[source] = dedup.Identify(entries, w.shared[source])
	poll := storage.Poll{Source: source, Entries: entries, State: storage.State{About: normalize.About(place, doc.Header, w.now)}}
	digests := make([]storage.Digest, len(items))
	for i, item := range items {
		digests[i] = item.Digest
	}
	res, err := w.resolver.Resolve(w.Context(), dedup.Document{Poll: poll, Items: digests}, w.now, w.now)
	if err != nil {
		w.Fatal(err)
	}
	w.commit(storage.Record{Time: w.now, Poll: &res.Poll})
	w.resolver.Committed()
}

// datedItem is what the formats say of an item.
type datedItem struct{ ID, Title, PubDate, Published, Updated string }

// items returns the items of the merged feed, which all formats must agree on.
func (w *wire) items() (list []datedItem) {
	w.T.Helper()
	rss, atom, json := asRSS(w, w.Store, publish.Selection{}), asAtom(w, w.Store, publish.Selection{}), asJSON(w, w.Store, publish.Selection{})
	if len(rss.Items) != len(atom.Entries) || len(json.Items) != len(atom.Entries) {
		w.Fatalf("%d items in RSS, %d in Atom, %d in JSON", len(rss.Items), len(atom.Entries), len(json.Items))
	}
	for i, e := range atom.Entries {
		equal(w, "id in RSS", rss.Items[i].GUID.ID, e.ID)
		equal(w, "id in JSON", json.Items[i].ID, e.ID)
		list = append(list, datedItem{e.ID, e.Title, rss.Items[i].PubDate, e.Published, e.Updated})
	}
	return list
}

// rssOf returns a document of such items.
func rssOf(items ...string) string {
	return `<rss version="2.0"><channel><title>S</title>` + strings.Join(items, "") + `</channel></rss>`
}

// atomOf returns a document of such entries.
func atomOf(entries ...string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"><title>S</title>` + strings.Join(entries, "") + `</feed>`
}

// written returns an item of RSS; what is empty is left out.
func written(guid, link, title, pubDate string) string {
	return "<item>" + tagged("guid", guid) + tagged("link", link) + tagged("title", cmp.Or(title, "Report "+guid)) + tagged("pubDate", pubDate) + "</item>"
}

// tagged returns an element, or nothing where the text is empty.
func tagged(name, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("<%s>%s</%[1]s>", name, strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text))
}

func TestC04_AValidIDOfASourceIsPublishedAsItIs(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	want := map[string]string{} // id by title
	ids := []string{
		"HTTP://WWW.Example.ORG:80/%7eA/../b/./?q=%C3%a9&A=1#Frag", "http://[2001:db8::1]/1", "https://user@example.org/",
		"urn:UUID:60A76C80-D399-11D9-b93c-0003939e0af6", "tag:example.org,2005-04:~a;b=c@d,e/!$'()*+", "https://例え.example/記事?名=値",
		"https://example.org/?utm_source=rss&fbclid=1", "http://example.org", "http://example.org/", "https://example.org/", "https://example.org/index.html",
		"https://example.org/a%2Fb", "https://example.org/a/b", "doi:10.1000/182", "mailto:a@b.example", "https://example.org/cafe\u0301", "https://example.org/caf\u00e9",
	}
	const allowed = "abcXYZ019-._~!$&'()*+,;=:@/?éß漢"
	for range 200 {
		id := []string{"tag:x", "urn:x:", "https://h.example/", "data:x"}[random.IntN(4)]
		for range 1 + random.IntN(40) {
			if random.IntN(8) == 0 {
				id += fmt.Sprintf([]string{"%%%02x", "%%%02X"}[random.IntN(2)], random.IntN(256))
				continue
			}
			runes := []rune(allowed)
			id += string(runes[random.IntN(len(runes))])
		}
		ids = append(ids, id)
	}
	w := newWire(t, "a")
	for chunk := range slices.Chunk(ids, 50) {
		var entries []string
		for _, id := range chunk {
			title := fmt.Sprintf("Report %d", len(want))
			link := fmt.Sprintf(`<link href="https://a.example/%d"/>`, len(want))
			want[title] = id
			entries = append(entries, "<entry>"+tagged("id", id)+tagged("title", title)+link+"</entry>")
		}
		w.poll("a", atomOf(entries...))
	}
	got := map[string]string{}
	for _, i := range w.items() {
		got[i.Title] = i.ID
	}
	equal(t, "ids by title", got, want)
}

func TestC07_GUIDsThatRepeatGiveEachItemItsID(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 7))
		documents := map[string]string{}
		sources := []string{"a", "b", "c"}
		for _, source := range sources {
			var items []string
			for i := range 12 {
				guid := []string{"", "1", "tag:x,2026:1", "https://x.example/feed", fmt.Sprintf("urn:x:%d", i)}[random.IntN(5)]
				link := fmt.Sprintf("https://%s.example/%d", source, i)
				items = append(items, written(guid, link, fmt.Sprintf("Report %s %d", source, i), ""))
			}
			items = append(items, items[random.IntN(len(items))]) // the same once more
			documents[source] = rssOf(items...)
		}
		var first []datedItem
		for range 2 {
			w := newWire(t, sources...)
			for range 2 { // the second time as a source that is known to repeat itself
				for _, source := range sources {
					w.poll(source, documents[source])
				}
			}
			ids, titles := map[string]int{}, map[string]int{}
			items := w.items()
			for _, i := range items {
				ids[i.ID]++
				titles[i.Title]++
			}
			if len(ids) != 36 || len(titles) != 36 || len(items) != 36 {
				t.Errorf("seed %d: %d items with %d ids and %d titles, want 36 of each", seed, len(items), len(ids), len(titles))
			}
			if first == nil {
				first = items
			}
			equal(t, fmt.Sprintf("seed %d: items of the same documents", seed), items, first)
		}
	}
}

func TestC13_DatesAreOfThePublicationAndOfTheLastSignificantChange(t *testing.T) {
	w := newWire(t, "atom", "rss")
	document := func(i int, text string) string {
		return atomOf(`<entry><id>urn:x:1</id><title>Ferry is back</title><link href="https://atom.example/1"/>
			<published>2025-02-01T08:00:00Z</published><updated>` + second(i-10_000).Format(time.RFC3339) + `</updated>
			<content type="html">` + text + `</content></entry>`)
	}
	const text = "The ferry is back at the quay after eleven years away from it, and the crew says that it will stay."
	w.poll("atom", document(0, text))
	w.poll("rss", rssOf(written("1", "https://rss.example/1", "Tide", "Sat, 01 Feb 2025 09:00:00 GMT")))
	first := w.items()
	equal(t, "dates at first sight", first, []datedItem{
		{first[0].ID, "Tide", "Sat, 01 Feb 2025 09:00:00 +0000", "2025-02-01T09:00:00Z", "2025-02-01T09:00:00Z"},
		{"urn:x:1", "Ferry is back", "Sat, 01 Feb 2025 08:00:00 +0000", "2025-02-01T08:00:00Z", second(-10_000).Format(time.RFC3339)},
	})
	for i := range 50 {
		w.poll("atom", document(i, text))
		w.poll("rss", rssOf(written("1", "https://rss.example/1", "Tide", second(i).Format(time.RFC1123Z))))
	}
	equal(t, "dates after 100 polls", w.items(), first)

	settings, err := w.Settings(w.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Feed.Title, settings.BaseURL, settings.Changed = "Another", "https://other.example/", w.now
	w.commit(storage.Record{Time: w.now, Settings: &settings})
	equal(t, "dates under other settings", w.items(), first)

	w.poll("atom", document(9000, "It sank on its first voyage, nobody was hurt, and the harbour master asks all vessels to keep clear of the wreck until Monday."))
	want := slices.Clone(first)
	want[1].Updated = second(-1000).Format(time.RFC3339)
	equal(t, "dates after a significant change", w.items(), want)
}

func TestC14_DatesOfTheFutureAndMissingOnesAreOfTheFirstSight(t *testing.T) {
	w := newWire(t, "future", "undated", "honest")
	future := func(day int) string {
		date := fmt.Sprintf("%02d Jan 2099 10:00:00 GMT", day)
		return rssOf(written("urn:x:future", "https://future.example/1", "From the future", date))
	}
	undated := rssOf(written("urn:x:undated", "https://undated.example/1", "Without a date", ""))
	w.poll("future", future(1))
	seen := map[string]time.Time{"urn:x:future": w.now}
	w.poll("undated", undated)
	seen["urn:x:undated"] = w.now
	w.poll("honest", rssOf(written("urn:x:honest", "https://honest.example/1", "Of today", w.now.Add(time.Hour).Format(time.RFC1123Z))))
	seen["urn:x:honest"] = w.now
	for i := range 5 {
		w.poll("future", future(i+2))
		w.poll("undated", undated)
		w.restart()
	}
	check := func(when string, updated map[string]time.Time) {
		var order []string
		for _, i := range w.items() {
			order = append(order, i.ID)
			equal(t, i.ID+" published "+when, i.Published, seen[i.ID].Format(time.RFC3339))
			equal(t, i.ID+" updated "+when, i.Updated, updated[i.ID].Format(time.RFC3339))
			equal(t, i.ID+" pubDate "+when, i.PubDate, seen[i.ID].Format(time.RFC1123Z))
		}
		equal(t, "the newest first "+when, order, []string{"urn:x:honest", "urn:x:undated", "urn:x:future"})
	}
	check("after polls", seen)

	edited := maps.Clone(seen)
	w.poll("undated", strings.ReplaceAll(undated, "Without", "Still without"))
	edited["urn:x:undated"] = w.now
	w.poll("future", strings.ReplaceAll(future(9), "From the", "Out of the"))
	edited["urn:x:future"] = w.now
	check("after edits", edited)
}

// TestC41_GroupingIsTheSameWhateverComesFirst lets sources tell of a few
// articles, some by the address in any of its spellings, some by a common id,
// and some by both, in many orders.
func TestC41_GroupingIsTheSameWhateverComesFirst(t *testing.T) {
	const articles, tellers = 4, 4
	spellings := []string{"https://x.example/a%d", "http://www.x.example/a%d/", "https://x.example/a%d?utm_source=rss", "https://x.example/a%d#top"}
	documents, article := map[string]string{}, map[string]int{}
	var sources []string
	for a := range articles {
		for n := range tellers {
			source := fmt.Sprintf("s%d%d", a, n)
			id, link := fmt.Sprintf("tag:wire.example,2026:%d", a), fmt.Sprintf(spellings[n], a)
			switch n {
			case 0:
				link = "https://" + source + ".example/own"
			case 1, 2:
				id = "urn:x:" + source
			}
			sources, article[source] = append(sources, source), a
			documents[source] = rssOf(strings.ReplaceAll(written(id, link, "Told by "+source, ""), "<guid>", `<guid isPermaLink="false">`))
		}
	}
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 41))
		random.Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
		w := newWire(t, sources...)
		lead := map[int]string{} // source by article
		for _, source := range sources {
			w.poll(source, documents[source])
			if _, ok := lead[article[source]]; !ok {
				lead[article[source]] = source
			}
		}
		before := asJSON(t, w.Store, publish.Selection{}).Items
		equal(t, fmt.Sprintf("seed %d: items", seed), len(before), articles)
		for _, i := range before {
			a := article[i.Newsfeed.Source]
			equal(t, fmt.Sprintf("seed %d: lead of %d", seed, a), i.Newsfeed.Source, lead[a])
			told := []string{i.Newsfeed.Source}
			for _, also := range i.Newsfeed.Also {
				told = append(told, also.Source)
			}
			slices.Sort(told)
			equal(t, fmt.Sprintf("seed %d: sources of %d", seed, a), told, []string{
				fmt.Sprintf("s%d0", a), fmt.Sprintf("s%d1", a), fmt.Sprintf("s%d2", a), fmt.Sprintf("s%d3", a),
			})
		}
		// Every source edits its entry, the last one first.
		for _, source := range slices.Backward(sources) {
			w.poll(source, strings.ReplaceAll(documents[source], "Told by", "Corrected by"))
		}
		after := asJSON(t, w.Store, publish.Selection{}).Items
		equal(t, fmt.Sprintf("seed %d: items after edits", seed), len(after), articles)
		ids := map[string]string{}
		for _, i := range before {
			ids[i.Newsfeed.Source] = i.ID
		}
		for _, i := range after {
			equal(t, fmt.Sprintf("seed %d: id after an edit", seed), i.ID, ids[i.Newsfeed.Source])
			equal(t, fmt.Sprintf("seed %d: title after an edit", seed), i.Title, "Corrected by "+i.Newsfeed.Source)
		}
	}
}
