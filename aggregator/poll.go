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

	seen := sightings(state.Seen)
	var items []parse.Item
	var entries []storage.Entry
	for _, doc := range docs {
		unseen, err := doc.Items(seen.has) // only items not seen as they stand are read
		if err != nil {
			return turn.failed(ctx, err)
		}
		unseen = slices.DeleteFunc(unseen, parse.Item.Empty)
		made, cut := normalize.Entries(doc.place, doc.Header, unseen, turn.now)
		items, entries = append(items, unseen...), append(entries, made...)
		a.warn(src, doc.Warnings, cut)
	}
	shared := dedup.Identify(entries, state.SharedGUIDs)

	state = turn.succeeded()
	state.About, state.SharedGUIDs = normalize.About(docs[0].place, docs[0].Header, turn.now), shared
	state.Hints = hints(docs[0].Header, state, turn.now)
	state.Seen = seen.next(digests(docs, state), items, entries)
	return turn.keep(ctx, storage.Poll{Source: src.ID, State: state, Entries: entries}, items) // identified, planned, durable
}
