package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// migrations lead from one schema to the next: the first from 1 to 2.
var migrations = []migration{schema2, schema3}

// migration changes the layout of a store. The transaction of prepare makes
// the schema the next one, so that older versions keep off from then on; then
// come the steps, each in as many transactions as it takes.
type migration struct {
	// prepare makes the buckets that there are from then on, and returns the
	// number of the first step that is needed.
	prepare func(*bbolt.Tx) (first int, err error)
	steps   []step
}

// step does a bounded part of the work on what comes behind a key, and returns
// how many rows that was and the key behind which to go on; nil: there is no more.
type step func(t *tx, behind []byte) (rows int, last []byte, err error)

// atOnce is how many rows a step changes in one transaction.
const atOnce = 50

// following returns the next keys of a bucket behind one; nil: the first ones.
func following(b *bucket, behind []byte) (keys [][]byte) {
	c := b.Cursor()
	k, _ := c.First()
	if behind != nil {
		if k, _ = c.Seek(behind); bytes.Equal(k, behind) {
			k, _ = c.Next()
		}
	}
	for ; k != nil && len(keys) < atOnce; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// lastOf returns the key behind which a step goes on after these; nil: there is
// no more.
func lastOf(keys [][]byte) []byte {
	if len(keys) < atOnce {
		return nil
	}
	return keys[len(keys)-1]
}

// progress is how far a migration has come.
type progress struct {
	step   uint64
	behind []byte
}

func readProgress(meta *bbolt.Bucket) (*progress, error) {
	v := meta.Get([]byte("migration"))
	switch {
	case v == nil:
		return nil, nil
	case len(v) < 8:
		return nil, fmt.Errorf("%w: how far the migration has come is not known", ErrDamaged)
	}
	return &progress{binary.BigEndian.Uint64(v), append([]byte(nil), v[8:]...)}, nil
}

func (p *progress) write(meta *bbolt.Bucket) error {
	return meta.Put([]byte("migration"), append(seqKey(p.step), p.behind...))
}

// migrate brings the store to this schema, from wherever an earlier try was
// stopped. Of a store that no try has changed yet a copy is kept, unless it is
// to be discarded.
func (s *Store) migrate(path string, discard bool, r *report) error {
	rows := 0
	for {
		version, n, done, err := s.migrateOn(path, discard, r)
		if err != nil {
			return fmt.Errorf("migrate from schema %d: %w", version, err)
		}
		if done {
			return s.db().View(func(b *bbolt.Tx) error { return checkSchema(b, s.packer) })
		}
		s.single, s.faulty = true, false
		rows += n
		r.say("%d rows rewritten", rows)
	}
}

// migrateOn does the next transaction of a migration, of so many rows.
func (s *Store) migrateOn(path string, discard bool, r *report) (version uint64, rows int, done bool, err error) {
	var at *progress
	err = s.db().View(func(b *bbolt.Tx) (err error) {
		version, at, err = schemaOf(b)
		return err
	})
	switch {
	case err != nil:
		return version, 0, false, err
	case at != nil:
		err = s.db().Update(func(b *bbolt.Tx) (err error) {
			rows, err = migrations[version-2].advance(b, s.packer, at, version)
			return err
		})
		return version - 1, rows, false, err
	case version == schema:
		return version, 0, true, nil
	}
	if !discard {
		if err := s.keep(fmt.Sprintf("%s.schema%d", path, version), r); err != nil {
			return version, 0, false, err
		}
	}
	return version, 0, false, s.db().Update(func(b *bbolt.Tx) error {
		return migrations[version-1].start(b, version+1)
	})
}

func (m migration) start(b *bbolt.Tx, version uint64) error {
	first, err := m.prepare(b)
	if err != nil {
		return err
	}
	meta := b.Bucket([]byte("meta"))
	return errors.Join(
		meta.Put([]byte("schema"), seqKey(version)),
		(&progress{step: uint64(first)}).write(meta))
}

// advance does the next transaction of the migration to a version. After its last
// step the next migration begins at once, so that no copy is kept in between.
func (m migration) advance(b *bbolt.Tx, p *packer, at *progress, version uint64) (rows int, err error) {
	meta := b.Bucket([]byte("meta"))
	switch done := at.step >= uint64(len(m.steps)); {
	case done && version < schema:
		return 0, migrations[version-1].start(b, version+1)
	case done:
		return 0, meta.Delete([]byte("migration"))
	}
	t, err := begin(b, p)
	if err == nil {
		err = t.recall()
	}
	if err != nil {
		return 0, err
	}
	defer t.drop()
	rows, at.behind, err = m.steps[at.step](t, at.behind)
	if at.behind == nil {
		at.step++
	}
	return rows, errors.Join(err, t.finish(), at.write(meta))
}

// keep makes a copy of the store, as it is now, at the first name that is free
// of name, name.2 and so on. A copy that is there already is not made again.
func (s *Store) keep(name string, r *report) error {
	free := name
	for n := 2; ; n++ {
		f, err := os.Open(free)
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			return fmt.Errorf("keep a copy: %w", err)
		}
		same, err := s.isCopy(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("keep a copy: %w", err)
		}
		if same {
			return nil
		}
		free = fmt.Sprintf("%s.%d", name, n)
	}
	if err := sweep(free); err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	length, err := lengthOf(s.file())
	if err == nil {
		err = needRoom(filepath.Dir(free), length)
	}
	if err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	d, err := newDraft(free, s.file())
	if err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	err = s.db().View(func(b *bbolt.Tx) error {
		_, err := b.WriteTo(&reported{w: d.file, report: r, all: b.Size()})
		return err
	})
	if err := d.finish(err, d.place); err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	return nil
}

// isCopy reports whether a file was copied from the store as it is now.
func (s *Store) isCopy(f *os.File) (bool, error) {
	mine, err := readPages(s.file())
	if err != nil {
		return false, err
	}
	its, err := readPages(f)
	if errors.Is(err, ErrDamaged) {
		return false, nil
	}
	return err == nil && mine.meta == its.meta, err
}
