package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// grouper puts entries into stories. They come in order of publication; it
// returns a decision for each.
type grouper interface {
	group(ctx context.Context, entries []labelled) ([]decision, error)
}

// decision is the story of an entry, and why it is in it.
type decision struct {
	story   string
	rule    string // by which it joined the story, or "" if it founded it
	other   string // label of the entry that it joined, or came near to
	against string // what spoke against joining it
	score   float64
}

// ruleEntry says that an item is an update of an entry.
const ruleEntry = "same entry"

// resolved groups entries as the daemon does: each is polled alone, at the time
// at which it was published.
type resolved struct {
	store    *memory
	resolver *dedup.Resolver
	shared   map[string]bool

	label map[string]string // of the first that became an entry
}

// newResolved returns a grouper by keys and, if near, by texts.
func newResolved(near bool) *resolved {
	store := &memory{entries: map[string]storage.Entry{}, first: map[storage.Key]string{}, folded: map[string]string{}}
	return &resolved{
		store: store, resolver: dedup.NewResolver(store, dedup.Options{Similarity: near}),
		shared: map[string]bool{}, label: map[string]string{},
	}
}

func (g *resolved) group(ctx context.Context, entries []labelled) ([]decision, error) {
	decisions := make([]decision, len(entries))
	for i, l := range entries {
		d, err := g.poll(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("group %s: %w", l.ID, err)
		}
		decisions[i] = d
	}
	for i := range decisions {
		decisions[i].story = g.store.storyOf(decisions[i].story)
	}
	return decisions, nil
}

func (g *resolved) poll(ctx context.Context, l labelled) (decision, error) {
	polled := normalized(l)
	g.shared[l.Source] = dedup.Identify(polled, g.shared[l.Source])
	item := sha256.Sum256([]byte(l.ID))
	document := dedup.Document{
		Poll:  storage.Poll{Source: l.Source, Entries: polled},
		Items: []storage.Digest{storage.Digest(item[:16])},
	}
	res, err := g.resolver.Resolve(ctx, document, l.Published, l.Published)
	if err != nil {
		return decision{}, err
	}
	g.resolver.Committed()
	g.store.commit(res.Poll)
	if res.New == 0 {
		known, err := g.store.Find(ctx, polled[0].Keys[:1])
		if err != nil {
			return decision{}, err
		}
		e := append(res.Poll.Entries, known...)[0]
		return decision{story: e.Story, rule: ruleEntry, other: g.label[e.ID]}, nil
	}
	e := res.Poll.Entries[0]
	g.label[e.ID] = l.ID
	why := e.Joined
	if why.Rule == "" {
		why = e.Declined
	}
	return decision{e.Story, e.Joined.Rule, g.label[why.Other], why.Against, why.Score}, nil
}

// normalized returns the entry that a document with one item makes.
func normalized(l labelled) []storage.Entry {
	item := parse.Item{
		GUID:      l.GUID,
		Title:     parse.Text{Value: l.Title, Type: parse.Plain},
		Summary:   parse.Text{Value: l.Summary, Type: parse.HTML},
		Content:   parse.Text{Value: l.HTML, Type: parse.HTML},
		Published: []string{l.Published.UTC().Format(time.RFC3339)},
		Links:     []parse.Link{{Href: l.URL, Rel: "alternate"}},
	}
	if l.URL == "" {
		item.Links = nil
	}
	entries, _ := normalize.Entries(normalize.Source{ID: l.Source, URL: "https://" + l.Source + ".example/"}, parse.Header{Lang: parse.NoLanguage}, []parse.Item{item}, l.Published)
	return entries
}

// memory is a store of entries as far as a resolver needs one.
type memory struct {
	entries map[string]storage.Entry
	first   map[storage.Key]string // ID of the first entry with a key
	folded  map[string]string      // stories, into which
}

func (m *memory) commit(p storage.Poll) {
	for _, e := range p.Entries {
		m.entries[e.ID] = e
		for _, k := range e.Keys {
			if _, taken := m.first[k]; !taken {
				m.first[k] = e.ID
			}
		}
	}
	for _, f := range p.Folds {
		m.folded[f.From] = f.Into
	}
}

// storyOf returns the story that a story has become part of.
func (m *memory) storyOf(story string) string {
	for m.folded[story] != "" {
		story = m.folded[story]
	}
	return story
}

// Entry returns the entry with that id.
func (m *memory) Entry(_ context.Context, id string) (storage.Entry, error) {
	e, ok := m.entries[id]
	if !ok {
		return e, storage.ErrNotFound
	}
	e.Story = m.storyOf(e.Story)
	return e, nil
}

// Find returns for each key the first entry that has it.
func (m *memory) Find(ctx context.Context, keys []storage.Key) ([]storage.Entry, error) {
	found := make([]storage.Entry, len(keys))
	for i, k := range keys {
		found[i], _ = m.Entry(ctx, m.first[k])
	}
	return found, nil
}

// StorySize says that no story has grown out of bounds.
func (m *memory) StorySize(context.Context, string) (int, error) { return 0, nil }

// Pruned says that nothing was ever removed.
func (m *memory) Pruned(_ context.Context, keys []storage.Key) ([]time.Time, error) {
	return make([]time.Time, len(keys)), nil
}

// Arrivals returns nothing: the resolver is there from the start.
func (m *memory) Arrivals(context.Context, uint64, int) ([]storage.Arrival, error) { return nil, nil }

// Checkpoint returns none.
func (m *memory) Checkpoint(context.Context) (storage.Checkpoint, error) {
	return storage.Checkpoint{}, nil
}
