// Package storage holds the nouns of the News Feed and the contract of a store.
//
// A store is changed by records and by nothing else. A Record is complete: it
// carries every id, time and decision that the change needs, so that applying
// the same records in the same order to two stores gives equal stores. Apply
// reads no clock and no randomness.
//
// Reads are pages. A page is a copy: it stays valid after the read, belongs to
// the caller, and keeps nothing of the store open.
package storage

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound says that the store has no source, entry or story of that id.
var ErrNotFound = errors.New("storage: not found")

// ErrClosed says that the store was closed before or during the call.
var ErrClosed = errors.New("storage: closed")

// ErrFull says that there is no room for what was to be stored. Nothing was
// changed, and what is stored can be read.
var ErrFull = errors.New("storage: full")

// ErrReadOnly says that the store can be read and not changed.
var ErrReadOnly = errors.New("storage: read-only")

// ErrFaulty says that what the store is kept on answers with errors. What is
// stored can be read as far as that can. Of what was to be stored it is not known
// whether it is, until a commit succeeds or the store is opened again.
var ErrFaulty = errors.New("storage: the disk fails")

// MaxPage is the greatest number of entries or stories in one page.
const MaxPage = 1000

// Reader reads the store. Its methods are safe for concurrent use and see the
// store as it was after some commit.
type Reader interface {
	// Settings returns what the configuration last contributed.
	Settings(ctx context.Context) (Settings, error)

	// Sources returns all sources, also those no longer configured, by id.
	Sources(ctx context.Context) ([]Source, error)

	// Source returns one source, or ErrNotFound.
	Source(ctx context.Context, id string) (Source, error)

	// Entry returns the entry with that public id, or ErrNotFound.
	Entry(ctx context.Context, id string) (Entry, error)

	// Entries returns the entries that q selects, newest first.
	Entries(ctx context.Context, q Query) (Page[Entry], error)

	// Story returns one story whole, or ErrNotFound; also when every entry of
	// the story, or its source, is hidden. The id of a story that was folded
	// into another leads to that one.
	Story(ctx context.Context, id string) (Story, error)

	// Stories returns the stories that q selects, newest first, each once: a
	// story stands where its first visible entry that q selects stands. An
	// entry whose source, or else the feed, is not to be merged has no part in
	// the others' story here, but is one of its own, under its own id. Where
	// the story has its public id from such an entry, also one that is gone,
	// the others are published under that of the first of them.
	Stories(ctx context.Context, q Query) (Page[Story], error)

	// Events returns the last limit events, 1 to MaxPage, whose number is below
	// before, or of all if before is 0: the last one first. There are fewer only
	// when there are no more.
	Events(ctx context.Context, before uint64, limit int) ([]Event, error)

	// Edition returns what was last recorded of the document at a path, or
	// ErrNotFound.
	Edition(ctx context.Context, path string) (Edition, error)

	// Stats returns the store's own figures.
	Stats(ctx context.Context) (Stats, error)
}

// Index answers what the resolver of identity asks.
type Index interface {
	// Find returns for each key the first committed entry that has it. The
	// result is as long as keys; an entry that does not exist has no ID. Its
	// entries may share memory, and are not to be changed.
	Find(ctx context.Context, keys []Key) ([]Entry, error)

	// StorySize returns how many entries a story has, hidden ones included; 0:
	// there is no such story.
	StorySize(ctx context.Context, id string) (int, error)

	// Pruned returns for each key the second in which it was last remembered by
	// a Prune; zero: never, or so many keys ago that the store has forgotten it.
	Pruned(ctx context.Context, keys []Key) ([]time.Time, error)

	// Arrivals returns the last limit entries, 1 to MaxPage, whose number is
	// below before, or of all if before is 0: the last one first. There are
	// fewer only when there are no more.
	Arrivals(ctx context.Context, before uint64, limit int) ([]Arrival, error)

	// Checkpoint returns the last checkpoint; the zero one: there is none.
	Checkpoint(ctx context.Context) (Checkpoint, error)
}

// Retainer answers what retention asks.
type Retainer interface {
	// Oldest returns the limit entries, 1 to MaxPage, of the least effective
	// times, hidden ones included, the oldest first. There are fewer only when
	// there are no more.
	Oldest(ctx context.Context, limit int) ([]Entry, error)
}

// Writer changes the store.
type Writer interface {
	// Commit applies the records in their order and returns when they are
	// durable. They change the store together or, with an error, not at all;
	// with ErrFaulty one of the two.
	Commit(ctx context.Context, records ...Record) error
}

// Store is a whole store. Close waits for calls in progress.
type Store interface {
	Reader
	Index
	Retainer
	Writer
	Close() error
}

// Preparer is the optional ability of a store to do ahead what takes long of a
// commit.
type Preparer interface {
	// Prepare does for entries that will soon be committed what needs nothing of
	// the store. It changes nothing that is stored, and nothing depends on it: what
	// is prepared and not committed, or committed otherwise, is forgotten. It is
	// safe for concurrent use, and keeps nothing of entries.
	Prepare(entries []Entry)
}

// Notifier is the optional ability of a store to say that what it publishes
// has changed.
type Notifier interface {
	// Changed returns the channel on which the store sends Stats.Version
	// after a commit that changed it. The channel holds only the newest
	// version and has one receiver. It is never closed.
	Changed() <-chan uint64
}

// Record is one change of the store. Exactly one of its parts is set.
type Record struct {
	Time     time.Time // when it was decided
	Settings *Settings
	Poll     *Poll
	Prune    *Prune
	Judge    *Judge

	Checkpoint *Checkpoint
	Editions   []Edition
}

// Poll is one visit to one source and all that follows from it.
type Poll struct {
	Source string
	State  State // of the source after the visit

	// Entries are the new and the changed entries, resolved: ID, Story,
	// times and Revision are final. An entry whose ID the store knows
	// replaces it. Effective, FirstSeen, Source and Story of a known entry
	// do not change. A new one whose Story was folded joins the story that
	// it leads to.
	Entries []Entry

	// Folds are applied in their order, after the entries.
	Folds []Fold

	// Events are what happened to the source, in order. The store numbers
	// them. It keeps at least the last 1,000 of all sources.
	Events []Event
}

// Fold makes two stories one, which keeps the public id of Into; the id of a
// story that was folded stands for the one that it leads to. A fold of what is
// one already, or of a story that is not there, does nothing.
type Fold struct {
	From, Into string   // ids of stories
	Why        Decision // becomes Joined of the entries that began From
}

// Prune removes entries for good.
type Prune struct {
	Entries  []string // ids
	Remember []Key    // what Pruned is to tell of, at the time of the record
}

// Checkpoint is what the resolver of identity knows of all entries up to an
// arrival.
type Checkpoint struct {
	Data   []byte
	Number uint64 // of that arrival: the last before the checkpoint was committed; the store sets it
}

// Judge says of stored entries of a source anew whether a filter hides them,
// and in which views they are.
type Judge struct {
	Source  string
	Entries []Judgement

	// Judged, where all entries of the source have now been judged, says by
	// which conditions.
	Judged *string
}

// Judgement is that of one entry.
type Judgement struct {
	ID     string
	Hidden string // the filter that hides it; empty: none does
	Views  []string
}

// Query selects entries or stories. Entries that a filter hides, and those of
// hidden sources (disabled, or no longer configured), are selected only on
// demand.
type Query struct {
	Source   string    // of this source only
	Category string    // in this category only, compared without case
	View     string    // in this view only
	Except   []string  // not of these sources; a story that stands where one of theirs does is left out
	Since    time.Time // effective time not before this
	Until    time.Time // effective time before this
	Hidden   bool      // hidden entries and those of hidden sources too; Stories ignores it
	Before   Cursor    // continue after a page that ended here
	Limit    int       // 1 to MaxPage
}

// Cursor is a place in the order of entries. It is opaque; the empty cursor
// is the newest end. To continue where no page ended is ErrNotFound, as far as
// the store can tell.
type Cursor string

// Page is one page of a longer list. Next is empty on the last page.
type Page[T any] struct {
	Items []T
	Next  Cursor
}

// Stats are figures about the store.
type Stats struct {
	Version uint64    // grows with each record that changed what is published
	Changed time.Time // newest Changed of all entries and settings applied
	Entries int       // stored, hidden ones included
	Stories int
	Sources int
	Bytes   int64 // size on disk

	// Live is the part of Bytes that is in use, without what is remembered of
	// removed entries. It falls, if not at once, when entries are removed.
	Live int64
}
