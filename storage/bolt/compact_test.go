package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"github.com/google/go-cmp/cmp"
)

// sparse makes a store of which most is free: what was in it was pruned.
func sparse(t testing.TB, path string) {
	t.Helper()
	full(t, path)
	s := open(t, path)
	var gone []string
	for n := range 400 {
		p := pollOf("b", 1000+n)
		commit(t, s, p)
		for _, e := range p.Poll.Entries {
			gone = append(gone, e.ID)
		}
	}
	commit(t, s, storage.Record{Time: time.Unix(1e9, 0), Prune: &storage.Prune{Entries: gone}})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestF13_Compact(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newsfeed.db")
	sparse(t, path)
	want := dump(t, path)
	before, after, err := bolt.Compact(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(before, "bytes became", after)
	if info.Size() != after || after > before/2 || info.Mode() != 0o600 {
		t.Errorf("%d bytes became %d, the file has %d and the mode %v", before, after, info.Size(), info.Mode())
	}
	if diff := cmp.Diff(want, dump(t, path)); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
	if got := faults(t, path); got != nil {
		t.Errorf("faults %q", got)
	}
	if got := list(t, dir); len(got) != 1 {
		t.Errorf("folder holds %q", got)
	}
}

func TestF13_CompactNeedsTheStoreForItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	open(t, path)
	if _, _, err := bolt.Compact(t.Context(), path); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("error %v, want ErrLocked", err)
	}
}

// A store of which the copy would not be sound stays as it is.
func TestF13_CompactKeepsTheFileUntilTheCopyIsVerified(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newsfeed.db")
	full(t, path)
	breakIndex(t, path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = bolt.Compact(t.Context(), path)
	if !errors.Is(err, bolt.ErrDamaged) || !strings.Contains(err.Error(), "its id") {
		t.Errorf("error %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file was changed (error %v)", err)
	}
	if got := list(t, dir); len(got) != 1 {
		t.Errorf("folder holds %q", got)
	}
}

// compactForEver compacts one store again and again.
func compactForEver(path string) {
	for i := 0; ; i++ {
		_, _, err := bolt.Compact(context.Background(), path)
		fatal(err)
		fmt.Println(i)
	}
}

func TestF13_KilledWhileCompacting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	full(t, path)
	want := dump(t, path)
	done := 0
	for range cycles(40) {
		done += len(killAt(t, "compact", path, 30*time.Millisecond))
		if diff := cmp.Diff(want, dump(t, path)); diff != "" {
			t.Fatalf("contents (-want +got):\n%s", diff)
		}
		if got := faults(t, path); got != nil {
			t.Fatalf("faults %q", got)
		}
	}
	t.Log(done, "times compacted")
	if _, _, err := bolt.Compact(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got := list(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("what the killed ones left is still there: %q", got)
	}
}

func TestF13_Restore(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "newsfeed.db"), filepath.Join(dir, "backup")
	full(t, backup)
	want := dump(t, backup)
	restore := func(wantKept string, wantNames ...string) {
		t.Helper()
		kept, stats, err := bolt.Restore(t.Context(), backup, path)
		if err != nil {
			t.Fatal(err)
		}
		if wantKept != "" {
			wantKept = filepath.Join(dir, wantKept)
		}
		if kept != wantKept || stats.Entries != 133 {
			t.Errorf("kept %q, stats %+v", kept, stats)
		}
		if diff := cmp.Diff(want, dump(t, path)); diff != "" {
			t.Errorf("contents (-want +got):\n%s", diff)
		}
		if got := list(t, dir); !slices.Equal(got, wantNames) {
			t.Errorf("folder holds %q", got)
		}
	}
	restore("", "backup", "newsfeed.db")
	restore("newsfeed.db.before-restore", "backup", "newsfeed.db", "newsfeed.db.before-restore")
	// What is no store is kept, too.
	if err := os.WriteFile(path, []byte("spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	restore("newsfeed.db.before-restore.2", "backup", "newsfeed.db", "newsfeed.db.before-restore", "newsfeed.db.before-restore.2")
	if b, err := os.ReadFile(path + ".before-restore.2"); err != nil || string(b) != "spoilt" {
		t.Errorf("kept %q, error %v", b, err)
	}
}

func TestF13_RestoreRefuses(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "newsfeed.db"), filepath.Join(dir, "backup")
	full(t, path)
	want := dump(t, path)
	full(t, backup)
	broken := filepath.Join(dir, "broken")
	full(t, broken)
	breakIndex(t, broken)
	none := filepath.Join(dir, "none")
	if err := os.WriteFile(none, make([]byte, 1e5), 0o600); err != nil {
		t.Fatal(err)
	}
	before := list(t, dir)
	for _, test := range []struct {
		from, path string
		want       error
		says       string
	}{
		{broken, path, bolt.ErrDamaged, "verify " + broken},
		{none, path, bolt.ErrDamaged, "verify " + none},
		{filepath.Join(dir, "missing"), path, os.ErrNotExist, "missing"},
		{path, path, nil, "is that store itself"},
		{backup, filepath.Join(dir, "no", "such", "folder"), os.ErrNotExist, "folder"},
	} {
		_, _, err := bolt.Restore(t.Context(), test.from, test.path)
		if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("restore %s of %s: error %v", test.path, test.from, err)
		}
	}
	s := open(t, path)
	if _, _, err := bolt.Restore(t.Context(), backup, path); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("while it is held: error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, dump(t, path)); diff != "" {
		t.Errorf("the store was changed (-want +got):\n%s", diff)
	}
	if got := list(t, dir); !slices.Equal(got, before) {
		t.Errorf("folder holds %q", got)
	}
}

// A backup of an older layout is restored as a store of this one; the backup
// stays as it is.
func TestF22_RestoreOfAnOlderLayout(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "newsfeed.db"), filepath.Join(dir, "backup")
	before := bolt.Layout(t, "1", backup)
	if _, _, err := bolt.Restore(t.Context(), backup, path); err != nil {
		t.Fatal(err)
	}
	if got := faults(t, path); got != nil {
		t.Errorf("faults %q", got)
	}
	if after, err := os.ReadFile(backup); err != nil || !slices.Equal(before, after) {
		t.Errorf("the backup was changed (error %v)", err)
	}
	if got := list(t, dir); len(got) != 2 {
		t.Errorf("folder holds %q", got)
	}
}

// restoreForEver restores two backups in turn.
func restoreForEver(dir string) {
	for i := 0; ; i++ {
		path := filepath.Join(dir, "newsfeed.db")
		kept, _, err := bolt.Restore(context.Background(), filepath.Join(dir, fmt.Sprint("backup", i%2)), path)
		fatal(err)
		if kept != "" {
			fatal(os.Remove(kept))
		}
		fmt.Println(i)
	}
}

func TestF13_KilledWhileRestoring(t *testing.T) {
	dir := t.TempDir()
	var want [2]map[string]string
	for i := range want {
		path := filepath.Join(dir, fmt.Sprint("backup", i))
		full(t, path)
		s := open(t, path)
		commit(t, s, pollOf("a", 2000+i))
		_ = s.Close()
		want[i] = dump(t, path)
	}
	path := filepath.Join(dir, "newsfeed.db")
	for range cycles(40) {
		killAt(t, "restore", dir, 30*time.Millisecond)
		got := dump(t, path)
		if !cmp.Equal(got, want[0]) && !cmp.Equal(got, want[1]) {
			t.Fatal("the store is neither of the backups")
		}
	}
}
