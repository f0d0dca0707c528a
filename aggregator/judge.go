package aggregator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"newsfeed/storage"
)

// judgeSlice is how many entries are judged in one commit, so that none is
// long.
const judgeSlice = 200

// hides returns the filter of the source that hides an entry, empty when none
// does. Where it cannot be evaluated the entry is shown.
func (a *Aggregator) hides(src Source, e storage.Entry) string {
	if src.Filter == nil {
		return ""
	}
	meets, err := src.Filter.Match(e)
	switch {
	case err != nil:
		a.o.Log.Warn("filter failed; the entry is shown", "source", src.ID, "entry", e.ID, "err", err)
		return ""
	case meets:
		return ""
	}
	return src.Filter.String()
}

// Judged is closed when what was stored has been judged by the filters of the
// configuration, or Run has ended.
func (a *Aggregator) Judged() <-chan struct{} { return a.judged }

// judgeAll judges the stored entries of all sources whose filter is another
// one than they were judged by.
func (a *Aggregator) judgeAll(ctx context.Context) error {
	stored, err := a.o.Store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	for _, s := range stored {
		if src, ok := a.sources[s.ID]; ok && s.Judged != src.Where {
			if err := a.judgeSource(ctx, src); err != nil {
				return fmt.Errorf("judge entries of source %s: %w", s.ID, err)
			}
		}
	}
	return nil
}

// judgeSource judges all stored entries of a source, in small commits.
func (a *Aggregator) judgeSource(ctx context.Context, src Source) error {
	week := weekOf(time.Now())
	q := storage.Query{Source: src.ID, Hidden: true, Limit: judgeSlice}
	for {
		page, err := a.o.Store.Entries(ctx, q)
		if err != nil {
			return err
		}
		judge := storage.Judge{Source: src.ID}
		for _, e := range page.Items {
			hidden := a.hides(src, e)
			week.count(e, hidden)
			if e.Hidden != hidden {
				judge.Entries = append(judge.Entries, storage.Judgement{ID: e.ID})
			}
		}
		if page.Next == "" {
			judge.Judged = &src.Where
		}
		if _, err := a.submit(ctx, commit{judge: &judge, now: time.Now()}); err != nil {
			return err
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	if week.mostDropped() {
		a.o.Log.Warn("the filter hides more than half of what the source brought in the last week",
			"source", src.ID, "hidden", week.dropped, "of", week.shown, "where", src.Where)
	}
	return nil
}

// weekCount counts what a filter does to the entries of a week.
type weekCount struct {
	since          time.Time
	shown, dropped int // shown before, of which hidden now
}

func weekOf(now time.Time) weekCount { return weekCount{since: now.AddDate(0, 0, -7)} }

func (w *weekCount) count(e storage.Entry, hidden string) {
	if e.Hidden == "" && e.Effective.After(w.since) {
		w.shown++
		if hidden != "" {
			w.dropped++
		}
	}
}

func (w *weekCount) mostDropped() bool { return 2*w.dropped > w.shown }

// judge makes the judgement of entries final, by what they are now.
func (c *committer) judge(ctx context.Context, j storage.Judge) (storage.Judge, error) {
	final := storage.Judge{Source: j.Source, Judged: j.Judged}
	for _, named := range j.Entries {
		e, err := c.o.Store.Entry(ctx, named.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return final, err
		}
		final.Entries = append(final.Entries, storage.Judgement{ID: e.ID, Hidden: c.hides(c.sources[j.Source], e)})
	}
	return final, nil
}
