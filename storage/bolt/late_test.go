package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/storage"
)

// TestACommitThatFailsReadsItsRecordsNoMore changes the records of one as soon as
// it has failed, at which the race detector looks.
func TestACommitThatFailsReadsItsRecordsNoMore(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "newsfeed.db"), Options{MmapSize: 1 << 17})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	settings := &storage.Settings{Sources: []storage.SourceSettings{{ID: "a"}}}
	if err := s.Commit(t.Context(), storage.Record{Settings: settings}); err != nil {
		t.Fatal(err)
	}
	entries := make([]storage.Entry, 40)
	for i := range entries {
		entries[i] = storage.Entry{
			ID: fmt.Sprint("urn:", i), Source: "a", Story: fmt.Sprint(i),
			Content: strings.Repeat(fmt.Sprint("word ", i), 10_000), Categories: []string{"World"},
		}
	}
	for range 5 {
		poll := storage.Record{Poll: &storage.Poll{Source: "a", Entries: entries}}
		if err := s.Commit(t.Context(), poll, storage.Record{}); err == nil {
			t.Fatal("no error")
		}
		for i := range entries {
			entries[i].Categories[0] = "Sports"
		}
	}
}

// A fault of what compresses a row is an error of its commit.
func TestAPanicBesideACommitIsItsError(t *testing.T) {
	r := &lateRow{entry: storage.Entry{ID: "urn:a", Content: strings.Repeat("word ", 1000)}}
	if err := r.pack(nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want ErrDamaged", err)
	}
}
