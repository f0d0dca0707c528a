package publish_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// Arrivals numbers the entries of a store on slices 1, 2, 3 and so on, or as if
// there had been others between them.
func (m *memory) Arrivals(_ context.Context, before uint64, limit int) ([]storage.Arrival, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []storage.Arrival
	for i, e := range slices.Backward(m.entries) {
		number := uint64(i+1) * cmp.Or(m.gap, 1)
		if (before == 0 || number < before) && len(all) < limit {
			all = append(all, storage.Arrival{Number: number, Entry: e})
		}
	}
	return all, m.err
}

// scattered is the fixture with so many entries removed that its own are of
// four blocks.
func scattered() *memory {
	m := fixture()
	m.gap = 40
	return m
}

// chain is a real store and what it publishes.
type chain struct {
	*testing.T
	store   *bolt.Store
	handler http.Handler
}

// newChain returns a store to which the entries came in their order.
func newChain(t *testing.T, m *memory) chain {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "newsfeed.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	c := chain{t, store, publish.New(publish.Options{Store: store}).Handler()}
	c.commit(storage.Record{Settings: &m.settings})
	c.add(m.entries...)
	return c
}

func (c chain) commit(records ...storage.Record) {
	c.Helper()
	for i := range records {
		records[i].Time = second(0)
	}
	if err := c.store.Commit(c.Context(), records...); err != nil {
		c.Fatal(err)
	}
}

// add commits entries in their order.
func (c chain) add(entries ...storage.Entry) {
	c.Helper()
	var records []storage.Record
	for _, e := range entries {
		records = append(records, storage.Record{Poll: &storage.Poll{Source: e.Source, Entries: []storage.Entry{e}}})
	}
	c.commit(records...)
}

func (c chain) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, httptest.NewRequestWithContext(c.Context(), http.MethodGet, path, nil))
	return w
}

var (
	prevArchive = map[publish.Format]*regexp.Regexp{
		publish.RSS:  regexp.MustCompile(`<atom:link rel="prev-archive" type="application/rss\+xml" href="([^"]*)"`),
		publish.Atom: regexp.MustCompile(`<link rel="prev-archive" type="application/atom\+xml" href="([^"]*)"`),
		publish.JSON: regexp.MustCompile(`"next_url":"([^"]*)"`),
	}
	itemOf = map[publish.Format]*regexp.Regexp{
		publish.RSS:  regexp.MustCompile(`(?s)<item>.*?<guid[^>]*>([^<]*)</guid>.*?</item>`),
		publish.Atom: regexp.MustCompile(`(?s)<entry.*?<id>([^<]*)</id>.*?</entry>`),
	}
)

// items returns the items of a document as they stand there, by id.
func items(t *testing.T, f publish.Format, body []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	if f == publish.JSON {
		var doc struct{ Items []json.RawMessage }
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		for _, raw := range doc.Items {
			var item struct{ ID string }
			if err := json.Unmarshal(raw, &item); err != nil {
				t.Fatal(err)
			}
			all[item.ID] = string(raw)
		}
		return all
	}
	for _, m := range itemOf[f].FindAllSubmatch(body, -1) {
		all[string(m[1])] = string(m[0])
	}
	return all
}

// walk reads a feed and all archives before it, and returns their items.
func (c chain) walk(f publish.Format) map[string]string {
	c.Helper()
	all := map[string]string{}
	path := "/feed" + f.Ext()
	for seen := map[string]bool{}; path != ""; {
		if seen[path] {
			c.Fatalf("%s comes before itself", path)
		}
		seen[path] = true
		w := c.get(path)
		equal(c, path, w.Code, http.StatusOK)
		for _, violation := range checks[f](w.Body.Bytes()) {
			c.Errorf("%s: %s", path, violation)
		}
		for id, item := range items(c.T, f, w.Body.Bytes()) {
			if again, ok := all[id]; ok && again != item {
				c.Errorf("%s: item %s has other bytes than before", path, id)
			}
			all[id] = item
		}
		path = ""
		if link := prevArchive[f].FindSubmatch(w.Body.Bytes()); link != nil {
			path = strings.TrimPrefix(string(link[1]), strings.TrimSuffix(base, "/"))
		}
	}
	return all
}

// press is a store with n entries in stories of up to four, some of them hidden,
// of sources of which one is merged with no other and one is switched off.
func press(n int, seed uint64) *memory {
	random := rand.New(rand.NewPCG(seed, 35))
	m := &memory{settings: storage.Settings{BaseURL: base, Feed: storage.Feed{Title: "Morning Desk", Limit: 100}, Changed: second(0)}}
	ids := []string{"ledger", "estuary", "northwire", "tower", "closed"}
	for _, id := range ids {
		m.source(id, "https://"+id+".example/feed", storage.About{Title: id})
	}
	m.across("tower", storage.Mark)
	m.settings.Sources[4].Disabled = true
	slices.SortFunc(m.settings.Sources, func(a, b storage.SourceSettings) int { return strings.Compare(a.ID, b.ID) })
	for i := range n {
		m.entries = append(m.entries, entry(ids[random.IntN(len(ids))], i+1, func(e *storage.Entry) {
			e.Story = fmt.Sprintf("bbbbbbbb%05d", random.IntN(n/2))
			e.Effective = second(random.IntN(n))
			if random.IntN(10) == 0 {
				e.Hidden = "where"
			}
		}))
	}
	return m
}

// published returns the items of all stories that an entry up to a number
// leads, as the merged feed has them.
func (c chain) published(settings storage.Settings, f publish.Format, last uint64) map[string]string {
	c.Helper()
	settings.Feed.Limit = 0
	c.commit(storage.Record{Settings: &settings})
	w := c.get("/feed" + f.Ext())
	all := items(c.T, f, w.Body.Bytes())

	number := map[string]uint64{}
	arrivals, err := c.store.Arrivals(c.Context(), 0, storage.MaxPage)
	if err != nil {
		c.Fatal(err)
	}
	for _, a := range arrivals {
		number[a.Entry.ID] = a.Number
	}
	listing, err := publish.Contents(c.Context(), c.store, publish.Selection{})
	if err != nil {
		c.Fatal(err)
	}
	for _, s := range listing.Stories {
		if number[s.Lead().ID] > last {
			delete(all, s.Public)
		}
	}
	settings.Feed.Limit = 100
	c.commit(storage.Record{Settings: &settings})
	return all
}

func TestC35_AWalkBackYieldsEveryItemOfTheCompleteBlocks(t *testing.T) {
	for seed := range uint64(4) {
		m := press(430, seed)
		c := newChain(t, m)
		if seed%2 == 1 {
			// Gone are a whole block, and some entries of each other one.
			var prune storage.Prune
			for i, e := range m.entries {
				if i/100 == 1 || i%7 == 0 {
					prune.Entries = append(prune.Entries, e.ID)
				}
			}
			c.commit(storage.Record{Prune: &prune})
		}
		for _, f := range publish.Formats() {
			got := c.walk(f)
			for id, want := range c.published(m.settings, f, 400) {
				if got[id] != want {
					t.Errorf("seed %d: %s: item %s:\n%s\nwant\n%s", seed, f, id, got[id], want)
				}
			}
		}
	}
}

func TestC35_AnArchiveStaysAsItIsWhenEntriesAreAdded(t *testing.T) {
	m := press(450, 1)
	c := newChain(t, m)
	before := map[string]*httptest.ResponseRecorder{}
	for n := 1; n <= 4; n++ {
		for _, f := range publish.Formats() {
			path := fmt.Sprintf("/archive/%d%s", n, f.Ext())
			before[path] = c.get(path)
			equal(t, path, before[path].Code, http.StatusOK)
		}
	}
	var more []storage.Entry
	for i := range 1000 {
		more = append(more, entry("ledger", 10_000+i, func(e *storage.Entry) { e.Story = fmt.Sprintf("cccccccc%05d", i) }))
	}
	c.add(more...)
	for path, old := range before {
		now := c.get(path)
		same := now.Header().Get("ETag") == old.Header().Get("ETag") && bytes.Equal(now.Body.Bytes(), old.Body.Bytes())
		if last := strings.HasPrefix(path, "/archive/4"); same == (last && !strings.HasSuffix(path, "json")) {
			t.Errorf("%s is the same: %t; only the last one is to get a link to the next", path, same)
		}
	}
	next := regexp.MustCompile(`.*<(atom:)?link rel="next-archive"[^>]*>(</(atom:)?link>)?\n`)
	for _, path := range []string{"/archive/4.rss", "/archive/4.atom"} {
		equal(t, path+" but for that link", string(next.ReplaceAll(c.get(path).Body.Bytes(), nil)), before[path].Body.String())
	}
	equal(t, "Cache-Control of the last one then", before["/archive/4.rss"].Header().Get("Cache-Control"), "max-age=300")
	equal(t, "Cache-Control", c.get("/archive/4.rss").Header().Get("Cache-Control"), "max-age=86400")
}

func TestC35_ARemovalOrAnEditRewritesItsArchive(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := press(250, 2)
		c := newChain(t, m)
		old := c.get("/archive/1.atom").Header().Get("ETag")
		shown := slices.IndexFunc(m.entries, func(e storage.Entry) bool { return e.Hidden == "" && e.Source == "tower" })
		edited := m.entries[shown]
		edited.Title, edited.Revision, edited.Changed = "Corrected", 2, second(5000)
		c.add(edited)
		w := c.get("/archive/1.atom")
		if tag := w.Header().Get("ETag"); tag == old || !strings.Contains(w.Body.String(), "Corrected") {
			t.Error("an edit is not in the archive")
		} else {
			old = tag
		}
		c.commit(storage.Record{Prune: &storage.Prune{Entries: []string{edited.ID}}})
		pass(time.Second)
		w = c.get("/archive/1.atom")
		if w.Header().Get("ETag") == old || strings.Contains(w.Body.String(), "Corrected") {
			t.Error("a removed entry is still in the archive")
		}
		equal(t, "status", w.Code, http.StatusOK)
	})
}

func TestC35_WhatIsGoneAndWhatNeverWas(t *testing.T) {
	m := press(450, 3)
	c := newChain(t, m)
	var prune storage.Prune
	for _, e := range m.entries[:230] {
		prune.Entries = append(prune.Entries, e.ID)
	}
	c.commit(storage.Record{Prune: &prune})
	for path, want := range map[string]int{
		"/archive/1.rss":                    http.StatusGone,
		"/archive/2.json":                   http.StatusGone,
		"/archive/3.atom":                   http.StatusOK,
		"/archive/4.rss":                    http.StatusOK,
		"/archive/5.rss":                    http.StatusNotFound, // not complete
		"/archive/0.rss":                    http.StatusNotFound,
		"/archive/03.rss":                   http.StatusNotFound,
		"/archive/+3.rss":                   http.StatusNotFound,
		"/archive/-1.rss":                   http.StatusNotFound,
		"/archive/x.rss":                    http.StatusNotFound,
		"/archive/.rss":                     http.StatusNotFound,
		"/archive/3":                        http.StatusNotFound,
		"/archive/18446744073709551615.rss": http.StatusNotFound,
		"/archive/99999999999999999999.rss": http.StatusNotFound,
	} {
		equal(t, path, c.get(path).Code, want)
	}
	if link := prevArchive[publish.Atom].Find(c.get("/archive/3.atom").Body.Bytes()); link != nil {
		t.Errorf("%s leads to what is gone", link)
	}
}

func TestC35_AFeedOfFewEntriesHasNoArchive(t *testing.T) {
	c := newChain(t, press(99, 4))
	for _, f := range publish.Formats() {
		body := c.get("/feed" + f.Ext()).Body.Bytes()
		if prevArchive[f].Match(body) || bytes.Contains(body, []byte("purl.org/syndication/history")) {
			t.Errorf("%s leads to an archive", f)
		}
		equal(t, "status", c.get("/archive/1"+f.Ext()).Code, http.StatusNotFound)
	}
}

// An archive costs its own entries, however many there are.
func TestC35_AnArchiveReadsItsBlockOnly(t *testing.T) {
	m := many(5000)
	m.read = 0
	render(t, m, publish.Selection{Archive: 20}, publish.JSON)
	if m.read > 0 {
		t.Errorf("%d entries and stories were read of pages", m.read)
	}
}
