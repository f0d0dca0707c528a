package aggregator

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"newsfeed/storage"
)

// judgeSlice is how many entries are judged in one commit, so that none is
// long.
const judgeSlice = 200

// judging stands for the conditions of a source whose entries are being judged.
const judging = "judging"

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

// judgement says whether a filter of its source hides an entry, and which views
// it is in.
func (a *Aggregator) judgement(src Source, e storage.Entry) storage.Judgement {
	j := storage.Judgement{ID: e.ID, Hidden: a.hides(src, e)}
	for _, v := range a.config().Views {
		selected, err := v.Selects(e)
		if err != nil {
			a.o.Log.Warn("filter failed; the entry is not in the view", "view", v.Name, "entry", e.ID, "err", err)
		}
		if selected {
			j.Views = append(j.Views, v.Name)
		}
	}
	return j
}

// Selects reports whether an entry is in the view. Where its filter cannot be
// evaluated it is not.
func (v View) Selects(e storage.Entry) (bool, error) {
	switch {
	case len(v.Sources) > 0 && !slices.Contains(v.Sources, e.Source):
		return false, nil
	case len(v.Categories) > 0 && !slices.ContainsFunc(e.Categories, func(c string) bool { return containsFold(v.Categories, c) }):
		return false, nil
	case v.Filter == nil:
		return true, nil
	}
	return v.Filter.Match(e)
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(other string) bool { return strings.EqualFold(other, s) })
}

// judgeEntries judges the entries of a poll.
func (a *Aggregator) judgeEntries(p storage.Poll) {
	src, _ := a.config().source(p.Source)
	for i, e := range p.Entries {
		j := a.judgement(src, e)
		p.Entries[i].Hidden, p.Entries[i].Views = j.Hidden, j.Views
	}
}

// conditions identifies all by which the entries of a source are judged; empty:
// there is nothing to judge them by.
func (a *Aggregator) conditions(src Source) string {
	var list []string
	if src.Where != "" {
		list = append(list, src.Where)
	}
	for _, v := range a.config().Views {
		if len(v.Sources) == 0 || slices.Contains(v.Sources, src.ID) {
			list = append(list, fmt.Sprintf("%q %q %q", v.Name, v.Categories, v.Where))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(list, "\n"))))
}

// judgeOn judges stored entries by the filters of the configuration, and again
// whenever there is another one, until ctx ends.
func (a *Aggregator) judgeOn(ctx context.Context) {
	judged := sync.OnceFunc(func() { close(a.judged) })
	defer judged()
	judge := a.judgeAll
	if !a.o.Manual {
		judge = func(ctx context.Context) error { return a.persist(ctx, a.judgeAll) }
	}
	for {
		if err := judge(ctx); err != nil && ctx.Err() == nil {
			a.o.Log.Error("applying filters to stored entries", "err", err)
		}
		judged()
		select {
		case <-a.unjudged:
		case <-ctx.Done():
			return
		}
	}
}

// Judged is closed when what was stored has been judged by the filters of the
// configuration, or Run has ended.
func (a *Aggregator) Judged() <-chan struct{} { return a.judged }

// judgeAll judges the stored entries of all sources which were judged by other
// conditions than there are now, until the configuration is another one.
func (a *Aggregator) judgeAll(ctx context.Context) error {
	stored, err := a.o.Store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	by, views := a.config(), map[string]*weekCount{}
	for _, v := range by.Views {
		views[v.Name] = weekOf(time.Now())
	}
	for _, s := range stored {
		if a.config() != by {
			return nil // it begins anew
		}
		if src, ok := by.source(s.ID); ok && s.Judged != a.conditions(src) {
			if err := a.judgeSource(ctx, src, views); err != nil {
				return fmt.Errorf("judge entries of source %s: %w", s.ID, err)
			}
		}
	}
	for _, v := range by.Views {
		if week := views[v.Name]; week.mostDropped() {
			a.o.Log.Warn("the view leaves out more than half of what it showed of the last week",
				"view", v.Name, "hidden", week.dropped, "of", week.shown, "where", v.Where)
		}
	}
	return nil
}

// judgeSource judges all stored entries of a source, in small commits, and
// counts what becomes of those of the last week, also in views.
func (a *Aggregator) judgeSource(ctx context.Context, src Source, views map[string]*weekCount) error {
	week, conditions := weekOf(time.Now()), a.conditions(src)
	q := storage.Query{Source: src.ID, Hidden: true, Limit: judgeSlice}
	for {
		page, err := a.o.Store.Entries(ctx, q)
		if err != nil {
			return err
		}
		judge := storage.Judge{Source: src.ID}
		for _, e := range page.Items {
			j := a.judgement(src, e)
			week.count(e, e.Hidden == "", j.Hidden == "")
			for name, view := range views {
				view.count(e, slices.Contains(e.Views, name), slices.Contains(j.Views, name))
			}
			if e.Hidden != j.Hidden || !slices.Equal(e.Views, j.Views) {
				judge.Entries = append(judge.Entries, storage.Judgement{ID: e.ID})
			}
		}
		switch {
		case page.Next == "":
			judge.Judged = &conditions
		case q.Before == "":
			begun := judging // whatever these entries were judged by is no more true of all
			judge.Judged = &begun
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

func weekOf(now time.Time) *weekCount { return &weekCount{since: now.AddDate(0, 0, -7)} }

func (w *weekCount) count(e storage.Entry, before, now bool) {
	if before && e.Effective.After(w.since) {
		w.shown++
		if !now {
			w.dropped++
		}
	}
}

func (w *weekCount) mostDropped() bool { return 2*w.dropped > w.shown }

// judge makes the judgement of entries final, by what they are now.
func (c *committer) judge(ctx context.Context, j storage.Judge) (storage.Judge, error) {
	src, _ := c.config().source(j.Source)
	final := storage.Judge{Source: j.Source, Judged: j.Judged}
	for _, named := range j.Entries {
		e, err := c.o.Store.Entry(ctx, named.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return final, err
		}
		final.Entries = append(final.Entries, c.judgement(src, e))
	}
	return final, nil
}
