package publish_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// stored commits what a store on slices holds to a real store, its polls in
// the given order.
func stored(t *testing.T, m *memory, order ...string) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "newsfeed.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	records := []storage.Record{{Time: second(0), Settings: &m.settings}}
	for _, id := range order {
		poll := storage.Poll{Source: id}
		for _, s := range m.sources {
			if s.ID == id {
				poll.State = s.State
			}
		}
		for _, e := range m.entries {
			if e.Source == id {
				poll.Entries = append(poll.Entries, e)
			}
		}
		records = append(records, storage.Record{Time: second(30), Poll: &poll})
	}
	for _, r := range records {
		if err := store.Commit(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func TestC16_ARealStoreGivesTheSameBytes(t *testing.T) {
	// "harbour" comes before "valley" before "talk": it leads their story.
	orders := [][]string{{"harbour", "valley", "talk", "planet"}, {"planet", "harbour", "valley", "talk"}}
	for _, order := range orders {
		store := stored(t, fixture(), order...)
		for _, sel := range []publish.Selection{{}, {Source: "harbour"}, {Category: "politics"}, {View: "shore"}, {View: "desk"}} {
			for _, f := range publish.Formats() {
				want, got := render(t, fixture(), sel, f), render(t, store, sel, f)
				if !bytes.Equal(got.Body, want.Body) || got.ETag != want.ETag || !got.LastModified.Equal(want.LastModified) {
					t.Errorf("%s differs after commits in the order %v:\n%s", sel.Path(f), order, got.Body)
				}
			}
		}
	}
}

func TestC36_ARealStoreFillsThePlaces(t *testing.T) {
	m := flood(100, 3, 40)
	m.settings.Feed.Share, m.settings.Feed.Limit = 0.1, 60
	store := stored(t, m, "paper", "s00", "s01", "s02")
	for _, f := range publish.Formats() {
		want, got := render(t, m, publish.Selection{}, f), render(t, store, publish.Selection{}, f)
		if !bytes.Equal(got.Body, want.Body) {
			t.Errorf("%s differs", f)
		}
	}
}

func TestARealStoreFoldsBySource(t *testing.T) {
	m := fixture()
	// "harbour" began the story, "valley" is in it twice.
	m.across("harbour", storage.Mark)
	m.across("valley", storage.Off)
	store := stored(t, m, "harbour", "valley", "talk", "planet")
	for _, sel := range []publish.Selection{{}, {Source: "valley"}, {Category: "politics"}, {View: "shore"}} {
		want, got := render(t, m, sel, publish.JSON), render(t, store, sel, publish.JSON)
		equal(t, sel.Path(publish.JSON), string(got.Body), string(want.Body))
	}
}
