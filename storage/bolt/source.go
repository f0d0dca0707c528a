package bolt

import (
	"fmt"

	"newsfeed/storage"
)

// source reads a source from both its rows, of the second as much as is in
// fields.
func (t *tx) source(id string, fields []field[source]) (*source, error) {
	v := t.sources.Get([]byte(id))
	if v == nil {
		return nil, storage.ErrNotFound
	}
	src := &source{}
	if err := decode(t.packer, v, sourceFields, src); err != nil {
		return nil, err
	}
	src.ID = id
	return src, t.readState(src, fields)
}

// eachSource calls fn for each source by id, with what its first row says.
func (t *tx) eachSource(fn func(*source) error) error {
	return t.sources.ForEach(func(id, v []byte) error {
		var src source
		if err := decode(t.packer, v, sourceFields, &src); err != nil {
			return fmt.Errorf("read source %s: %w", id, err)
		}
		src.ID = string(id)
		return fn(&src)
	})
}

// readState adds what the second row says in fields. A source never polled has
// none.
func (t *tx) readState(src *source, fields []field[source]) error {
	if v := t.states.Get([]byte(src.ID)); v != nil {
		if err := decode(t.packer, v, fields, src); err != nil {
			return fmt.Errorf("read state of source %s: %w", src.ID, err)
		}
	}
	return nil
}

func (t *tx) putState(src *source) {
	t.put(&t.states, []byte(src.ID), encode(stateFields, src))
}

// storedSettings returns the settings without their sources; zero: there are
// none.
func (t *tx) storedSettings() (s storage.Settings, err error) {
	if v := t.meta.Get([]byte("settings")); v != nil {
		err = decode(t.packer, v, settingsFields, &s)
	}
	return s, err
}
