package publish_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// stored commits the fixture to a real store, its polls in the given order.
func stored(t *testing.T, order ...string) *bolt.Store {
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
	m := fixture()
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
		store := stored(t, order...)
		for _, sel := range []publish.Selection{{}, {Source: "harbour"}, {Category: "politics"}} {
			for _, f := range publish.Formats() {
				want, got := render(t, fixture(), sel, f), render(t, store, sel, f)
				if !bytes.Equal(got.Body, want.Body) || got.ETag != want.ETag || !got.LastModified.Equal(want.LastModified) {
					t.Errorf("%s differs after commits in the order %v:\n%s", sel.Path(f), order, got.Body)
				}
			}
		}
	}
}
