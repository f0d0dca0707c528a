package aggregator

import (
	"context"
	"slices"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// poll visits one source and commits all that follows from it. What goes
// wrong with the source becomes its state; the error is for what goes wrong
// here.
func (a *Aggregator) poll(ctx context.Context, src Source, state storage.State, forced bool) (Result, error) {
	visit, err := a.o.Client.Get(ctx, fetch.Request{URL: src.URL, MovedTo: state.MovedTo, Validators: src.validators(state)})
	turn := a.newTurn(src, state, forced)
	if err != nil {
		return turn.failed(ctx, err)
	}
	docs, err := turn.scan(ctx, visit) // decoded, guarded, repaired, cut; none when nothing changed
	if err != nil {
		return turn.failed(ctx, err)
	}
	if len(docs) == 0 {
		return turn.unchanged(ctx, visit)
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

	state = turn.succeeded(visit)
	state.About, state.SharedGUIDs = normalize.About(docs[0].place, docs[0].Header, turn.now), shared
	state.Seen = seen.next(digests(docs, state), items, entries)
	return turn.commit(ctx, storage.Poll{Source: src.ID, State: state, Entries: entries}, items, visit) // returns when durable
}
