package bolt

import (
	"errors"
	"path/filepath"
	"testing"
)

// Of a damaged file salvage may learn first that a story leads to another one,
// and then find the row that it had before.
func TestF04_SalvageOfAStoryThatLeadsToAnother(t *testing.T) {
	s := openBench(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	err := s.update(t.Context(), func(tx *tx) error {
		into := story{id: "into"}
		tx.lead([]string{"old"}, &into)
		return tx.knowing(&story{id: "old", public: "tag:old"}, nil)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestF04_AStoryWithoutEntriesIsDamage(t *testing.T) {
	s := openBench(t, filepath.Join(t.TempDir(), "newsfeed.db"))
	err := s.view(t.Context(), func(tx *tx) error { return tx.complete(&story{id: "empty"}) })
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("error = %v, want ErrDamaged", err)
	}
}
