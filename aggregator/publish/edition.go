package publish

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"newsfeed/storage"
)

// lastEdition returns what readers were last told of the document at a path:
// by the page that was there before, if there was one, or else as it was noted
// or as the store knows it. It has no path where they were told nothing.
func (p *Publisher) lastEdition(ctx context.Context, path string, last *page) (storage.Edition, error) {
	if last != nil {
		return last.edition(path), nil
	}
	if e, ok := p.notes.find(path); ok {
		return e, nil
	}
	e, err := p.store.Edition(ctx, path)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Edition{}, nil
	}
	return e, err
}

func (g *page) edition(path string) storage.Edition {
	return storage.Edition{Path: path, Hash: g.digest, Modified: g.LastModified}
}

// revise dates the page by the edition before it: an equal one keeps its time,
// another one has the second in which it becomes visible, which no other
// edition has had. Where there was none, the times of the store stand.
func (g *page) revise(before storage.Edition, now time.Time) {
	switch {
	case before.Path == "":
	case before.Hash == g.digest:
		g.date(before.Modified)
	default:
		g.date(later(now, before.Modified.Add(time.Second)))
	}
}

// revise dates pages that are about to be shown in place of the last ones,
// records what is to be told of them, and returns when it is time to show them.
func (p *Publisher) revise(ctx context.Context, made, last shelf, giveUp time.Time) error {
	now := time.Now()
	var changed []storage.Edition
	for o, g := range made {
		before, err := p.lastEdition(ctx, o.path(), last[o])
		if err != nil {
			return err
		}
		g.revise(before, now)
		if e := g.edition(o.path()); e != before {
			changed = append(changed, e)
		}
		p.told = later(p.told, g.LastModified)
	}
	slices.SortFunc(changed, func(a, b storage.Edition) int { return strings.Compare(a.Path, b.Path) })
	p.notes.add(changed...)
	p.recordNoted(ctx)
	return sleepUntil(ctx, p.told, giveUp)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
