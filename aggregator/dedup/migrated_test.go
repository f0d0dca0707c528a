package dedup_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"newsfeed/internal/fixture"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// migrated returns a desk over the store of testdata/schema2, brought to the
// present schema.
func migrated(t *testing.T) *desk {
	t.Helper()
	b := fixture.Unpack(t, filepath.Join("testdata", "schema2", "store.db.gz"))
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	d := &desk{t: t, store: store, now: start.AddDate(0, 0, 1), shared: map[string]bool{}}
	for _, source := range sourcesOf {
		src, err := store.Source(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		d.shared[source] = src.State.SharedGUIDs
	}
	return d
}

// grouped returns the ids of all entries by those of their stories.
func (d *desk) grouped() map[string][]string {
	d.t.Helper()
	page, err := d.store.Entries(d.t.Context(), storage.Query{Hidden: true, Limit: storage.MaxPage})
	if err != nil {
		d.t.Fatal(err)
	}
	by := map[string][]string{}
	for _, e := range page.Items {
		by[e.Story] = append(by[e.Story], e.ID)
	}
	return by
}

// forgetSeen has all items of a source's next document read.
func (d *desk) forgetSeen(source string) {
	d.t.Helper()
	src, err := d.store.Source(d.t.Context(), source)
	if err != nil {
		d.t.Fatal(err)
	}
	src.State.Seen = nil
	if err := d.store.Commit(d.t.Context(), storage.Record{Time: d.now, Poll: &storage.Poll{Source: source, State: src.State}}); err != nil {
		d.t.Fatal(err)
	}
}

// After the migration from schema 2 every item is the entry that it was, what was
// pruned stays away, and who was of one story is.
func TestF22_TheMigrationKeepsWhoIsWho(t *testing.T) {
	d := migrated(t)
	before, shared := d.grouped(), 0
	if n := len(slices.Concat(slices.Collect(maps.Values(before))...)); n != 122 {
		t.Fatalf("%d entries, want 122", n)
	}
	for _, ids := range before {
		if len(ids) > 1 {
			shared++
		}
	}
	if shared < 20 {
		t.Errorf("%d stories have several entries, want 20 at least", shared)
	}
	for _, source := range sourcesOf {
		if got := d.poll(source, documents()[source]...); len(got) != 0 {
			t.Errorf("%s as it was seen: %d new, %d updated, %d changed", source, d.new, d.updated, len(got))
		}
		d.forgetSeen(source)
		if got := d.poll(source, documents()[source]...); len(got) != 0 {
			t.Errorf("%s read anew: %d new, %d updated, %d changed", source, d.new, d.updated, len(got))
		}
		edited := documents()[source]
		for i := range edited {
			edited[i].Content += "<p>With an addition.</p>"
		}
		if d.poll(source, edited...); d.new != 0 || d.updated == 0 {
			t.Errorf("%s edited: %d new, %d updated", source, d.new, d.updated)
		}
		if diff := gocmp.Diff(before, d.grouped()); diff != "" {
			t.Errorf("%s: entries by story (-before +after)\n%s", source, diff)
		}
	}

	// What another source publishes at their addresses is of their stories.
	settings, err := d.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Sources = append(settings.Sources, storage.SourceSettings{ID: "d", URL: "https://d.example/"})
	if err := d.store.Commit(t.Context(), storage.Record{Time: d.now, Settings: &settings}); err != nil {
		t.Fatal(err)
	}
	for i, e := range documents()["a"] {
		if e.URL == "" || i%10 == 9 { // that one is pruned
			continue
		}
		got := d.poll("d", storage.Entry{GUID: "d " + e.GUID + e.URL, URL: e.URL, Title: "Of another"})[0]
		if before[got.Story] == nil {
			t.Errorf("%s: the entry of another source is of story %s, which nobody's is", e.URL, got.Story)
		}
	}
}
