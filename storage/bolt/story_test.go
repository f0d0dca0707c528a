package bolt

import (
	"path/filepath"
	"testing"
	"time"

	"newsfeed/storage"
)

// The row of a story says its public id from the second entry on, and then for
// good. One that says it of a single entry is read as well.
func TestStoryRowSaysItsPublicIDWhenItMust(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "newsfeed.db"), Options{MmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit := func(records ...storage.Record) {
		t.Helper()
		if err := s.Commit(t.Context(), records...); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Unix(1e9, 0).UTC()
	poll := func(id, story string) storage.Record {
		return storage.Record{Poll: &storage.Poll{Source: "a", Entries: []storage.Entry{
			{ID: id, Source: "a", Story: story, FirstSeen: at, Effective: at, Changed: at, Revision: 1},
		}}}
	}
	rowOf := func(id string) (row story) {
		t.Helper()
		err := s.view(t.Context(), func(t *tx) (err error) {
			row, err = t.storyRow(id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	check := func(when, id, row, public string) {
		t.Helper()
		if got := rowOf(id).public; got != row {
			t.Errorf("%s: the row of %s says %q, want %q", when, id, got, row)
		}
		st, err := s.Story(t.Context(), id)
		if err != nil || st.Public != public {
			t.Errorf("%s: %s is published under %q (error %v), want %q", when, id, st.Public, err, public)
		}
	}
	commit(storage.Record{Settings: &storage.Settings{Sources: []storage.SourceSettings{{ID: "a"}}}})
	commit(poll("urn:1", "one"), poll("urn:2", "two"), poll("urn:3", "three"))
	check("one entry", "one", "", "urn:1")
	commit(poll("urn:4", "one"))
	check("a second entry", "one", "urn:1", "urn:1")
	commit(poll("urn:5", "five"), poll("urn:6", "five"))
	check("two in one commit", "five", "urn:5", "urn:5")
	commit(storage.Record{Poll: &storage.Poll{Source: "a", Folds: []storage.Fold{{From: "two", Into: "three"}}}})
	check("folded", "three", "urn:3", "urn:3")
	commit(storage.Record{Prune: &storage.Prune{Entries: []string{"urn:1", "urn:3", "urn:5"}}})
	for id, public := range map[string]string{"one": "urn:1", "three": "urn:3", "five": "urn:5"} {
		check("the first entry gone", id, public, public)
	}

	commit(poll("urn:7", "seven"))
	err = s.update(t.Context(), func(t *tx) error {
		row, err := t.storyRow("seven")
		if err != nil {
			return err
		}
		row.public, row.source = "urn:7", 1
		t.putStory(&row)
		return t.finish()
	})
	if err != nil {
		t.Fatal(err)
	}
	check("as rows were before", "seven", "urn:7", "urn:7")
	if err := s.Verify(t.Context(), func(fault string) { t.Error(fault) }); err != nil {
		t.Error(err)
	}
}
