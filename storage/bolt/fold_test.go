package bolt_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"newsfeed/storage"
)

// A story that takes in others for ever forgets the first of them, and keeps no
// more than it knows of.
func TestStoriesFoldedDoNotGrowForEver(t *testing.T) {
	const most, folds = 256, 300
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	story := func(n int) string { return fmt.Sprint("story ", n) }
	commit(t, s, configure("a"))
	for n := range folds {
		id := fmt.Sprint("urn:", n)
		p := &storage.Poll{Source: "a", Entries: []storage.Entry{
			{ID: id, Source: "a", Story: story(n), Effective: time.Unix(int64(n), 0)},
		}}
		if n > 0 {
			p.Folds = []storage.Fold{{From: story(n - 1), Into: story(n)}}
		}
		commit(t, s, storage.Record{Poll: p})
		if n > 0 {
			commit(t, s, storage.Record{Prune: &storage.Prune{Entries: []string{fmt.Sprint("urn:", n-1)}}})
		}
	}
	check := func(first int) {
		t.Helper()
		for n := range folds {
			st, err := s.Story(t.Context(), story(n))
			switch {
			case n < first && !errors.Is(err, storage.ErrNotFound):
				t.Errorf("story %d: error %v, want it forgotten", n, err)
			case n >= first && (err != nil || st.ID != story(folds-1)):
				t.Errorf("story %d leads to %q, error %v", n, st.ID, err)
			}
		}
	}
	check(folds - 1 - most)
	commit(t, s, storage.Record{Prune: &storage.Prune{Entries: []string{fmt.Sprint("urn:", folds-1)}}})
	check(folds)
}
