package aggregator

import (
	"context"
	"fmt"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

const (
	pruneEvery = time.Hour
	pruneSlice = 200 // entries removed in one commit, so that none is long
)

// Prune removes the entries that are older than the retention, counted from
// now, in small commits. Run does so by itself every hour.
func (a *Aggregator) Prune(ctx context.Context, now time.Time) error {
	q := storage.Query{Until: now.Add(-a.o.Retention), Hidden: true, Limit: pruneSlice}
	removed := 0
	for {
		page, err := a.o.Store.Entries(ctx, q)
		if err != nil {
			return fmt.Errorf("find old entries: %w", err)
		}
		if len(page.Items) == 0 {
			break
		}
		var prune storage.Prune
		for _, e := range page.Items {
			prune.Entries = append(prune.Entries, e.ID)
			prune.Remember = append(prune.Remember, dedup.Identity(e.Keys)...)
		}
		record := storage.Record{Time: now, Prune: &prune}
		if _, err := a.submit(ctx, commit{record: record, now: now}); err != nil {
			return fmt.Errorf("remove old entries: %w", err)
		}
		removed += len(page.Items)
	}
	if removed > 0 {
		a.o.Log.Info("old entries removed", "entries", removed)
	}
	return nil
}
