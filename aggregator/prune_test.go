package aggregator_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// pages makes entries of the size and with the keys of real ones, one a minute
// from a time on.
func pages(source string, first, n int, from time.Time) storage.Record {
	p := storage.Poll{Source: source}
	for i := first; i < first+n; i++ {
		id := fmt.Sprintf("https://%s.example/%d", source, i)
		sum := sha256.Sum256([]byte(id))
		text := ""
		for j := range 40 {
			text += fmt.Sprintf("<p>%x and what else is there to say of %d.</p>", sha256.Sum256(fmt.Append(nil, id, j)), j)
		}
		at := from.Add(time.Duration(i-first) * time.Minute).UTC().Truncate(time.Second)
		e := storage.Entry{
			ID: id, Source: source, Story: fmt.Sprintf("%x", sum[:7]), GUID: id, URL: id, CanonicalURL: id,
			Title: "What happened at " + id, Content: text, Categories: []string{"World", fmt.Sprint("Ward ", i%50)},
			Published: at, Effective: at, FirstSeen: at, Changed: at,
		}
		p.Entries = append(p.Entries, e)
	}
	dedup.Identify(p.Entries, false)
	return storage.Record{Time: from, Poll: &p}
}

func commit(t testing.TB, store storage.Store, records ...storage.Record) {
	t.Helper()
	if err := store.Commit(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
}

func statsOf(t testing.TB, store storage.Store) storage.Stats {
	t.Helper()
	stats, err := store.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

func oldest(t *testing.T, store storage.Store) storage.Entry {
	t.Helper()
	list, err := store.Oldest(t.Context(), 1)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d oldest, error %v", len(list), err)
	}
	return list[0]
}

func TestWhatIsTooMuchIsRemovedTheOldestFirst(t *testing.T) {
	const entries = 1000
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	end := begin.Add(entries * time.Minute)
	for name, test := range map[string]struct {
		keep   aggregator.Retention
		least  int
		most   int
		within int64 // bytes; 0: whatever
	}{
		"all":          {aggregator.Retention{}, entries, entries, 0},
		"by count":     {aggregator.Retention{Entries: 300}, 300, 300, 0},
		"by age":       {aggregator.Retention{Age: 400 * time.Minute}, 400, 400, 0},
		"by bytes":     {aggregator.Retention{Bytes: 2 << 20}, 100, 800, 2 << 20},
		"by the first": {aggregator.Retention{Age: 900 * time.Minute, Entries: 150, Bytes: 1 << 30}, 150, 150, 0},
		"none fits":    {aggregator.Retention{Bytes: 1}, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openStore(t)
			o := options(store, newSite(t), "/a")
			o.Retention = test.keep
			a, _ := run(t, o)
			for n := range 10 {
				commit(t, store, pages("a", 100*n, 100, begin.Add(time.Duration(n)*100*time.Minute)))
			}
			if err := a.Prune(t.Context(), end); err != nil {
				t.Fatal(err)
			}
			stats := statsOf(t, store)
			if stats.Entries < test.least || stats.Entries > test.most {
				t.Fatalf("%d of %d entries are kept, want %d to %d", stats.Entries, entries, test.least, test.most)
			}
			if test.within > 0 && stats.Live > test.within {
				t.Errorf("%d bytes are in use, want at most %d", stats.Live, test.within)
			}
			if n := stats.Entries; n > 0 && !oldest(t, store).Effective.Equal(end.Add(-time.Duration(n)*time.Minute)) {
				t.Errorf("of %d entries the oldest is of %v", n, oldest(t, store).Effective)
			}
			// What was removed is remembered.
			gone := pages("a", 0, entries-stats.Entries, begin).Poll.Entries
			for _, e := range gone {
				seconds, err := store.Pruned(t.Context(), dedup.Identity(e.Keys))
				if err != nil || !slices.Contains(seconds, end) {
					t.Fatalf("%s is not remembered: %v, error %v", e.ID, seconds, err)
				}
			}
		})
	}
}

// A removal that a full store refuses is tried with less.
func TestF15_AFullStoreIsPrunedInTheSmallestSteps(t *testing.T) {
	store := &narrow{Store: openStore(t)}
	o := options(store, newSite(t), "/a")
	o.Retention.Entries = 10
	a, _ := run(t, o)
	commit(t, store.Store, pages("a", 0, 40, time.Now()))
	if err := a.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if stats := statsOf(t, store); stats.Entries != 10 {
		t.Errorf("%d entries are kept", stats.Entries)
	}
}

// narrow is a store that has room for the removal of one entry at a time.
type narrow struct{ storage.Store }

func (n *narrow) Commit(ctx context.Context, records ...storage.Record) error {
	for _, r := range records {
		if r.Prune != nil && len(r.Prune.Entries) > 1 {
			return fmt.Errorf("commit: %w", storage.ErrFull)
		}
	}
	return n.Store.Commit(ctx, records...)
}

// TestF12_TheFileStopsGrowing lives through a year of polls in short form, with
// a retention of thirty days: once as much expires as comes, the file stays as
// large as it is.
func TestF12_TheFileStopsGrowing(t *testing.T) {
	t.Parallel()
	const polls, entries, keep, year = 3, 12, 30, 365 // polls a day, entries a poll, days
	store, err := bolt.Open(filepath.Join(memory(t), "soak.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	o := options(store, newSite(t), "/a", "/b", "/c")
	o.Retention.Age = keep * 24 * time.Hour
	a, _ := run(t, o)
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var sizes []int64 // at the end of each day
	keys := 0         // by which an entry is remembered
	for day := range year {
		now := begin.AddDate(0, 0, day)
		for n, source := range []string{"a", "b", "c"}[:polls] {
			poll := pages(source, day*entries, entries, now.Add(time.Duration(n)*8*time.Hour))
			commit(t, store, poll)
			keys = len(dedup.Identity(poll.Poll.Entries[0].Keys))
		}
		if err := a.Prune(t.Context(), now.AddDate(0, 0, 1)); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, statsOf(t, store).Bytes)
	}
	// What is remembered of removed entries goes on growing, to a bound of its own.
	remembered := int64((year - 2*keep) * polls * entries * keys * 95)
	balanced, last := sizes[2*keep-1], sizes[year-1]-remembered
	t.Logf("%d KiB after %d days, %d KiB after a year without some %d KiB for what is remembered", balanced>>10, 2*keep, last>>10, remembered>>10)
	if last > balanced+balanced/10 || last < balanced-balanced/10 {
		t.Errorf("the file went from %d to %d bytes", balanced, last)
	}
	if n := statsOf(t, store).Entries; n != keep*polls*entries {
		t.Errorf("%d entries are kept, want %d", n, keep*polls*entries)
	}
	if diff := cmp.Diff(begin.AddDate(0, 0, year-keep), oldest(t, store).Effective); diff != "" {
		t.Errorf("the oldest (-want +got)\n%s", diff)
	}
}
