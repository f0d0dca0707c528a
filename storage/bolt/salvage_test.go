package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"github.com/google/go-cmp/cmp"
)

// salvaged salvages a file that holds b, which must stay as it is.
func salvaged(t *testing.T, b []byte) (bolt.Salvaged, *bolt.Store) {
	t.Helper()
	dir := t.TempDir()
	path, to := filepath.Join(dir, "damaged.db"), filepath.Join(dir, "new.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := bolt.Salvage(t.Context(), path, to)
	if err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(b, after) {
		t.Errorf("the damaged file was changed (error %v)", err)
	}
	if names := list(t, dir); len(names) != 2 {
		t.Errorf("folder holds %q", names)
	}
	s := open(t, to)
	if got := verified(t, s); got != nil {
		t.Errorf("faults %q", got)
	}
	return out, s
}

// Of a store that is whole everything is saved.
func TestSalvageSound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	full(t, path)
	before := open(t, path)
	want := seen(t, before)
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, s := salvaged(t, b)
	if out.Lost() || out.Searched || out.Expected != 133 || out.Entries != 133 {
		t.Errorf("%+v", out)
	}
	if diff := cmp.Diff(want, seen(t, s)); diff != "" {
		t.Errorf("store (-want +got):\n%s", diff)
	}
}

// seen is all that can be read of a full store but the numbers of entries and
// the checkpoint.
func seen(t *testing.T, s *bolt.Store) map[string]any {
	t.Helper()
	ctx, out := t.Context(), map[string]any{}
	var err error
	get := func(name string, v any, e error) {
		out[name] = v
		err = errors.Join(err, e)
	}
	settings, e := s.Settings(ctx)
	get("settings", settings, e)
	sources, e := s.Sources(ctx)
	get("sources", sources, e)
	for _, q := range []storage.Query{{}, {Hidden: true}, {View: "v", Hidden: true}, {Source: "b"}, {Category: "number 3"}} {
		q.Limit = storage.MaxPage
		entries, e := s.Entries(ctx, q)
		get(fmt.Sprint("entries ", q), entries, e)
		stories, e := s.Stories(ctx, q)
		get(fmt.Sprint("stories ", q), stories, e)
	}
	for _, id := range []string{"b 3", "c 1", "a 5"} {
		story, e := s.Story(ctx, id)
		get("story "+id, story, e)
	}
	pruned, e := s.Pruned(ctx, rememberedKeys())
	get("pruned", pruned, e)
	events, e := s.Events(ctx, 0, storage.MaxPage)
	get("events", events, e)
	edition, e := s.Edition(ctx, "feed.rss")
	get("edition", edition, e)
	arrivals, e := s.Arrivals(ctx, 0, storage.MaxPage)
	var ids []string
	for _, a := range arrivals {
		ids = append(ids, a.Entry.ID)
	}
	get("arrivals", ids, e)
	stats, e := s.Stats(ctx)
	stats.Bytes, stats.Live, stats.Version = 0, 0, 0
	get("stats", stats, e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Of every page lost no more than what stood on it is missing, no entry is
// another than it was, and that something is missing is said.
func TestF04_SalvageDamagedPages(t *testing.T) {
	b, entries := fixture(t)
	lost := 0
	for at := 0; at < len(b); at += page {
		inverted, zeroed := bytes.Clone(b), bytes.Clone(b)
		invert(inverted[at : at+page])
		clear(zeroed[at : at+page])
		for name, damaged := range map[string][]byte{"inverted": inverted, "zeroed": zeroed} {
			t.Run(fmt.Sprint("page ", at/page, " ", name), func(t *testing.T) {
				lost = max(lost, survived(t, damaged, entries))
			})
		}
	}
	t.Logf("%d pages, at most %d of %d entries lost with one", len(b)/page, lost, len(entries))
	if lost == 0 || lost > 40 {
		t.Errorf("%d entries were lost with a page", lost)
	}
}

// survived salvages a damaged store and returns how many entries are missing.
func survived(t *testing.T, b []byte, entries map[string]storage.Entry) (missing int) {
	t.Helper()
	out, s := salvaged(t, b)
	got, err := s.Arrivals(t.Context(), 0, storage.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range got {
		// An entry found in a page of an older commit is of the story it was of then.
		was := entries[a.Entry.ID]
		was.Story, was.Joined = a.Entry.Story, a.Entry.Joined
		if !reflect.DeepEqual(was, a.Entry) {
			t.Errorf("entry (-want +got):\n%s", cmp.Diff(was, a.Entry))
		}
	}
	missing = len(entries) - len(got)
	if missing > 0 && !out.Lost() {
		t.Errorf("%d entries are missing, and it says %+v", missing, out)
	}
	src, err := s.Source(t.Context(), "a")
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	if missing > 0 && src.State.Validators != (storage.Validators{}) {
		t.Error("the source will not be read anew")
	}
	return missing
}

func TestF04_SalvageCutFile(t *testing.T) {
	b, entries := fixture(t)
	for _, at := range []int{2 * page, len(b) / 4, len(b) / 2, len(b)/2 + 100, len(b) - page, len(b)} {
		t.Run(fmt.Sprint(at, " of ", len(b)), func(t *testing.T) {
			t.Log(survived(t, b[:at], entries), "entries missing")
		})
	}
}

// With both meta pages and the root gone all entries are found by a search.
func TestF04_SalvageWithoutTree(t *testing.T) {
	b, entries := fixture(t)
	clear(b[:2*page])
	if missing := survived(t, b, entries); missing > 0 {
		t.Errorf("%d entries are missing", missing)
	}
}

// A page that leads back to itself, or to a page above it, is no endless way.
func TestF04_SalvageOfARing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	sparse(t, path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rings := 0
	for at := 2 * page; at < len(b); at += page {
		if b[at+8] != 1 || b[at+10] == 0 { // a branch
			continue
		}
		damaged := bytes.Clone(b)
		copy(damaged[at+16+8:][:8], b[at:][:8])
		path := filepath.Join(t.TempDir(), "ring.db")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if !isFree(t, b, at/page) {
			rings++
			if got := faults(t, path); got == nil {
				t.Errorf("page %d: no fault", at/page)
			}
		}
		salvaged(t, damaged)
	}
	if rings == 0 {
		t.Error("no ring was made")
	}
}

func TestSalvageRefuses(t *testing.T) {
	dir := t.TempDir()
	path, to := filepath.Join(dir, "newsfeed.db"), filepath.Join(dir, "new.db")
	full(t, path)
	if err := os.WriteFile(to, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Salvage(t.Context(), path, to); !errors.Is(err, os.ErrExist) {
		t.Errorf("onto a file: error %v", err)
	}
	if b, err := os.ReadFile(to); err != nil || string(b) != "mine" {
		t.Errorf("the file holds %q (error %v)", b, err)
	}
	open(t, path)
	if _, err := bolt.Salvage(t.Context(), path, filepath.Join(dir, "other.db")); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("while it is held: error %v", err)
	}
	if got := list(t, dir); len(got) != 2 {
		t.Errorf("folder holds %q", got)
	}
}

// Older layouts can be salvaged, too.
func TestF22_SalvageOlderLayouts(t *testing.T) {
	for _, name := range layouts {
		b := bolt.Layout(t, name, filepath.Join(t.TempDir(), "old.db"))
		out, s := salvaged(t, b)
		if out.Lost() || out.Entries != 129 {
			t.Errorf("layout %s: %+v", name, out)
		}
		path := filepath.Join(t.TempDir(), "migrated.db")
		bolt.Layout(t, name, path)
		want, got := contents(t, open(t, path)), contents(t, s)
		want.Stats.Version, want.Stats.Bytes, want.Stats.Live = 0, 0, 0
		got.Stats.Version, got.Stats.Bytes, got.Stats.Live = 0, 0, 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("layout %s (-migrated +salvaged):\n%s", name, diff)
		}
	}
}

// Whatever is done about a damaged file, its bytes stay on the disk.
func TestF05_DamagedFileStays(t *testing.T) {
	b, _ := fixture(t)
	dir := t.TempDir()
	sound := filepath.Join(dir, "sound.db")
	if err := os.WriteFile(sound, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(b); at += page {
		damaged := bytes.Clone(b)
		invert(damaged[at : at+page])
		dir := t.TempDir()
		path := filepath.Join(dir, "newsfeed.db")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		stays := func(what, path string) {
			t.Helper()
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, damaged) {
				t.Errorf("page %d: %s changed the file (error %v)", at/page, what, err)
			}
		}
		s, err := bolt.Open(path, small)
		if err == nil {
			err = s.Close()
		}
		if err != nil && !errors.Is(err, bolt.ErrDamaged) {
			t.Errorf("page %d: open: %v", at/page, err)
		}
		stays("open", path)
		if found := faults(t, path); found != nil {
			if _, _, err := bolt.Compact(t.Context(), path); !errors.Is(err, bolt.ErrDamaged) {
				t.Errorf("page %d: compact: error %v", at/page, err)
			}
			stays("compact", path)
			if _, _, err := bolt.Restore(t.Context(), path, filepath.Join(dir, "other.db")); !errors.Is(err, bolt.ErrDamaged) {
				t.Errorf("page %d: restore of it: error %v", at/page, err)
			}
		}
		if _, err := bolt.Salvage(t.Context(), path, filepath.Join(dir, "saved.db")); err != nil {
			t.Errorf("page %d: salvage: %v", at/page, err)
		}
		stays("salvage", path)
		kept, _, err := bolt.Restore(t.Context(), sound, path)
		if err != nil {
			t.Errorf("page %d: restore: %v", at/page, err)
		}
		stays("restore", kept)
	}
}

// An entry keeps the keys of addresses that it has no longer, also where nothing
// tells whether the store had keys in the present form.
func TestSalvageKeepsKeysOfFormerAddresses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	poll := pollOf("a", 1)
	e := &poll.Poll.Entries[0]
	e.CanonicalURL = "https://now.example/1"
	near := storage.Near("//former.example/1")
	e.Keys = append(e.Keys, storage.Key(slices.Concat([]byte{'s'}, near[:], []byte("twelve bytes"))))
	commit(t, s, configure("a"), poll)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	treeless := bytes.Clone(sound)
	clear(treeless[:2*page])
	for name, b := range map[string][]byte{"sound": sound, "without tree": treeless} {
		_, s := salvaged(t, b)
		found, err := s.Find(t.Context(), e.Keys)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range e.Keys {
			if found[i].ID != e.ID {
				t.Errorf("%s: key %x finds entry %q, want %q", name, k, found[i].ID, e.ID)
			}
		}
		if name == "sound" && !slices.Equal(found[0].Keys, e.Keys) {
			t.Errorf("keys %x, want %x", found[0].Keys, e.Keys)
		}
	}
}
