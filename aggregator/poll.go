package aggregator

import (
	"context"
	"slices"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// poll visits one source and commits all that follows from it. What goes
// wrong with the source becomes its state; the error is for what goes wrong
// here.
func (a *Aggregator) poll(ctx context.Context, src Source, state storage.State, forced bool) (Result, error) {
	visit, err := a.o.Client.Get(ctx, src.request(state)) // polite, guarded, conditional
	turn := a.newTurn(src, state, visit, forced)
	if err != nil {
		return turn.failed(ctx, err)
	}
	docs, err := turn.scan(ctx) // decoded, guarded, repaired, cut; none when nothing changed
	if err != nil {
		return turn.failed(ctx, err)
	}
	if len(docs) == 0 {
		return turn.unchanged(ctx)
	}
	p, anew, err := turn.read(ctx, docs)
	if err != nil {
		return turn.failed(ctx, err)
	}
	return turn.keep(ctx, p, anew) // identified, planned, durable
}

// read makes entries of those items of the documents that the source has anew.
// They are many times as large on the way as they are in the end, so few polls
// do it at a time.
func (t *turn) read(ctx context.Context, docs []document) (p storage.Poll, anew []storage.Digest, err error) {
	select {
	case t.reading <- struct{}{}:
		defer func() { <-t.reading }()
	case <-ctx.Done():
		return p, nil, ctx.Err()
	}

	seen := sightings(t.state.Seen)
	var items []parse.Item
	var entries []storage.Entry
	for _, doc := range docs {
		unseen, err := doc.Items(seen.has) // only items not seen as they stand are read
		if err != nil {
			return p, nil, err
		}
		unseen = slices.DeleteFunc(unseen, parse.Item.Empty)
		made, cut := normalize.Entries(doc.place, doc.Header, unseen, t.now)
		items, entries = append(items, unseen...), append(entries, made...)
		t.warn(t.source, doc.Warnings, cut)
	}
	shared := dedup.Identify(entries, t.state.SharedGUIDs)

	state := t.succeeded()
	state.About, state.SharedGUIDs = normalize.About(docs[0].place, docs[0].Header, t.now), shared
	state.Hints = hints(docs[0].Header, state, t.now)
	state.Seen = seen.next(digests(docs, state), items, entries)
	for _, item := range items {
		anew = append(anew, item.Digest)
	}
	t.prepare(entries)
	return storage.Poll{Source: t.source.ID, State: state, Entries: entries}, anew, nil
}
