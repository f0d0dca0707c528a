package bolt

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestF22_AMigrationSaysHowFarItIs lets it tell of each of its parts.
func TestF22_AMigrationSaysHowFarItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	Layout(t, "1", path)
	var told []string
	tell := func(how string) { told = append(told, how) }
	s, err := Open(path, Options{MmapSize: 1 << 17, Migrating: tell})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || !strings.HasSuffix(told[0], " MiB copied") {
		t.Errorf("of a short one it tells %q, want its beginning", told)
	}

	// Told of all, it tells of each transaction.
	told = nil
	path = filepath.Join(t.TempDir(), "newsfeed.db")
	Layout(t, "1", path)
	s, closeFile := bare(t, path)
	defer closeFile()
	if err := s.migrate(path, false, &report{tell: tell}); err != nil {
		t.Fatal(err)
	}
	if n := len(told); n < 3 || !strings.HasSuffix(told[n-1], " rows rewritten") || strings.HasPrefix(told[n-1], "0 ") {
		t.Errorf("it tells %q", told)
	}
}
