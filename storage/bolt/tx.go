package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
)

// schema is the version of the layout below.
//
//	meta     / "schema"               => version of the layout (8)
//	meta     / "migration"            => how far the migration to that version has come, while it lasts
//	meta     / "settings"             => settings row, without its sources
//	meta     / "counts"               => counts row
//	meta     / "hidden"               => numbers (4 each) of the hidden sources, in order
//	meta     / "apart"                => numbers (4 each) of the sources whose entries stand apart, in order
//	sources  / source id              => source row: settings, removed, number
//	states   / source id              => state row: State and the number of entries
//	entries  / seq (8)                => entry row; seq grows in order of first commit
//	ids      / near (4) ∥ hash of id (12) => seq; near is storage.Near of the id
//	times    / place (24)             => ref: source's number, seq, story, whether it leads, whether a filter hides it
//	lists    / list (8) ∥ place       => source's number (4): the entries of a source, of a category or of a view
//	keys     / Key (17) ∥ seq         => nothing: every entry that has the key
//	stories  / story id               => story row: its entries in order of first commit, and public id unless it
//	                                     never had but one; or the id of the story into which it was folded,
//	                                     which lists those that were
//	pruned   / short key (9)          => turn (8), and the second (8) in which the key was last remembered
//	turns    / turn (8)               => short key (9); turn grows in order of remembering
//	events   / number (8)             => event row; the number grows in order of commit
//	editions / path                   => turn (8), and edition row
//	printed  / turn (8)               => path; turn grows in order of recording
//	resolver / "checkpoint"           => checkpoint row, alone: what shares a page is written together
//	learned  / number (4) ∥ copy (1)  => dictionary, as a row is stored; the last one is in use
//
// A place is the effective time and the hash of the id, so that the order of
// entries does not depend on their arrival. A short key is the kind of a Key and
// its bytes 5 to 12, the first of the hash. The number of a source is given
// once. Numbers are big endian. The values called rows are described in
// pack.go and row.go.
const schema = 3

// tx is one transaction. What it reads from a bucket is valid only within it.
type tx struct {
	*packer
	size int64 // of the file, in bytes

	meta, sources, states, entries, ids, times, lists, keys, stories, pruned, turns, events, editions, printed, resolver, learned bucket

	counts counts
	hidden numbers // of the sources whose entries are kept out of every page
	apart  numbers // of the sources whose entries are stories of their own
	err    error   // the first of put and remove
	late   *late   // nil: none

	maxPruned int // a test lowers it
}

// counts are figures of the store that change with it.
type counts struct {
	version uint64
	changed time.Time
	entries int
	stories int

	filtered int // entries that a filter hides
	pruned   int // keys remembered
	editions int // recorded
}

// How far pages that are split are filled.
const (
	fillEvenly = bbolt.DefaultFillPercent
	fillBySeq  = 1   // what is numbered only ever comes at the end of its bucket
	fillByTime = 0.7 // what is ordered by time mostly does, but not when a source is read first
)

// eachBucket calls fn for each bucket, with its name and how far its pages are filled.
func (t *tx) eachBucket(fn func(b *bucket, name string, fill float64)) {
	for _, is := range []struct {
		at   *bucket
		name string
		fill float64
	}{
		{&t.meta, "meta", fillEvenly},
		{&t.sources, "sources", fillEvenly},
		{&t.states, "states", fillEvenly},
		{&t.entries, "entries", fillBySeq},
		{&t.ids, "ids", fillEvenly},
		{&t.times, "times", fillByTime},
		{&t.lists, "lists", fillByTime},
		{&t.keys, "keys", fillEvenly},
		{&t.stories, "stories", fillEvenly},
		{&t.pruned, "pruned", fillEvenly},
		{&t.turns, "turns", fillBySeq},
		{&t.events, "events", fillBySeq},
		{&t.editions, "editions", fillEvenly},
		{&t.printed, "printed", fillBySeq},
		{&t.resolver, "resolver", fillEvenly},
		{&t.learned, "learned", fillEvenly},
	} {
		fn(is.at, is.name, is.fill)
	}
}

// newTx returns a transaction that knows no figures yet.
func newTx(b *bbolt.Tx, p *packer) *tx {
	t := &tx{packer: p, size: b.Size(), maxPruned: maxPruned}
	t.eachBucket(func(at *bucket, name string, fill float64) { *at = bucket{tx: b, name: name, fill: fill} })
	return t
}

func begin(b *bbolt.Tx, p *packer) (*tx, error) {
	t := newTx(b, p)
	return t, t.readFigures()
}

func (t *tx) readFigures() error {
	t.hidden = t.meta.Get([]byte("hidden"))
	t.apart = t.meta.Get([]byte("apart"))
	if v := t.meta.Get([]byte("counts")); v != nil {
		if err := decode(t.packer, v, countsFields, &t.counts); err != nil {
			return fmt.Errorf("read counts: %w", err)
		}
	}
	return nil
}

// checkBuckets returns ErrDamaged for a store that lacks a bucket.
func checkBuckets(b *bbolt.Tx) (err error) {
	new(tx).eachBucket(func(_ *bucket, name string, _ float64) {
		if err == nil && b.Bucket([]byte(name)) == nil {
			err = fmt.Errorf("%w: no bucket %s", ErrDamaged, name)
		}
	})
	return err
}

// finish ends the work of a writing transaction.
func (t *tx) finish() error {
	if err := t.writeLate(); err != nil {
		return err
	}
	t.put(&t.meta, []byte("counts"), encode(countsFields, &t.counts))
	return t.err
}

func writeSchema(b *bbolt.Tx) error {
	var errs []error
	new(tx).eachBucket(func(_ *bucket, name string, _ float64) {
		_, err := b.CreateBucket([]byte(name))
		errs = append(errs, err)
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.Bucket([]byte("meta")).Put([]byte("schema"), binary.BigEndian.AppendUint64(nil, schema))
}

// checkSchema returns nil for a store of this schema.
func checkSchema(b *bbolt.Tx, p *packer) error {
	version, at, err := schemaOf(b)
	switch {
	case err != nil:
		return err
	case version < schema || at != nil:
		return fmt.Errorf("%w: schema %d, this one has %d", ErrOlder, version, schema)
	}
	if err := checkBuckets(b); err != nil {
		return err
	}
	t, err := begin(b, p)
	if err != nil {
		return err
	}
	return t.recall()
}

// schemaOf returns the schema of a store, and how far the migration to it has
// come: nil, to its end.
func schemaOf(b *bbolt.Tx) (version uint64, at *progress, err error) {
	meta := b.Bucket([]byte("meta"))
	if meta == nil {
		return 0, nil, fmt.Errorf("%w: not a store", ErrDamaged)
	}
	v := meta.Get([]byte("schema"))
	if len(v) != 8 {
		return 0, nil, fmt.Errorf("%w: no schema", ErrDamaged)
	}
	if version = binary.BigEndian.Uint64(v); version > schema {
		return 0, nil, fmt.Errorf("%w: schema %d, this one knows %d", ErrNewer, version, schema)
	}
	at, err = readProgress(meta)
	if version == 0 || at != nil && version == 1 {
		err = fmt.Errorf("%w: schema %d", ErrDamaged, version)
	}
	return version, at, err
}

func (t *tx) put(b *bucket, key, value []byte) {
	if err := b.Put(key, value); err != nil && t.err == nil {
		t.err = fmt.Errorf("put key %.64q: %w", key, err)
	}
}

func (t *tx) remove(b *bucket, key []byte) {
	if err := b.Delete(key); err != nil && t.err == nil {
		t.err = fmt.Errorf("delete key %.64q: %w", key, err)
	}
}

// entry reads the entry with that sequence number.
func (t *tx) entry(seq uint64) (storage.Entry, error) {
	var e storage.Entry
	if t.late != nil && t.late.rows[seq] != nil {
		if err := t.writeLate(); err != nil {
			return e, err
		}
	}
	v := t.entries.Get(seqKey(seq))
	if v == nil {
		return e, fmt.Errorf("%w: no entry %d", ErrDamaged, seq)
	}
	if err := unpackEntry(t.packer, v, &e); err != nil {
		return e, fmt.Errorf("read entry %d: %w", seq, err)
	}
	return e, nil
}

// idOf returns the id of the entry with that sequence number. Stories mostly get a
// second entry right after the first, which is not written for that.
func (t *tx) idOf(seq uint64) (string, error) {
	if t.late != nil && t.late.rows[seq] != nil {
		return t.late.rows[seq].entry.ID, nil
	}
	e, err := t.entry(seq)
	return e.ID, err
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }
