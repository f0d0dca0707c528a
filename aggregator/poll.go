package aggregator

import (
	"context"
	"slices"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// poll visits one source and commits all that follows from it. What goes
// wrong with the source becomes its state; the error is for what goes wrong
// here.
func (a *Aggregator) poll(ctx context.Context, src Source, forced bool) (Result, error) {
	known, err := a.o.Store.Source(ctx, src.ID)
	if err != nil {
		return Result{}, err
	}
	state := known.State
	visit, err := a.o.Client.Get(ctx, fetch.Request{URL: src.URL, MovedTo: state.MovedTo, Validators: fetch.Validators(state.Validators)})
	now := time.Now()
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	turn := turn{Aggregator: a, source: src, state: state, now: now, forced: forced}
	if err != nil {
		return turn.failed(ctx, err)
	}
	salt := normalize.Version + src.salt()
	body := digest(salt, visit.Body)
	if visit.Unchanged || body == state.Body {
		return turn.unchanged(ctx, visit)
	}

	doc, err := parse.Scan(visit.Body, parse.Options{ContentType: visit.ContentType, Salt: salt}) // decoded, guarded, repaired, cut
	if err != nil {
		return turn.failed(ctx, err)
	}
	seen := sightings(state.Seen)
	items, err := doc.Items(seen.has) // only items not seen as they stand are read
	if err != nil {
		return turn.failed(ctx, err)
	}
	items = slices.DeleteFunc(items, parse.Item.Empty)
	place := src.place(visit, doc)
	entries, cut := normalize.Entries(place, doc.Header, items, now)
	shared := dedup.Identify(entries, state.SharedGUIDs)

	state = turn.succeeded(visit)
	state.About = normalize.About(place, doc.Header, now)
	state.Body, state.SharedGUIDs = body, shared
	state.Seen = seen.next(doc.Digests(), items, entries)
	a.warn(src, doc.Warnings, cut)
	return turn.commit(ctx, storage.Poll{Source: src.ID, State: state, Entries: entries}, items, visit) // returns when durable
}
