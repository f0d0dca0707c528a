package bolt

import (
	"encoding/binary"
	"fmt"

	"newsfeed/storage"
)

// maxEvents is the number of events that are kept.
const maxEvents = 1000

// happened adds events of a source, and drops the oldest that are too many.
func (t *tx) happened(source string, list []storage.Event) error {
	for _, e := range list {
		if e.Source != source {
			return fmt.Errorf("event of source %s", e.Source)
		}
		n, err := t.events.NextSequence()
		if err != nil {
			return err
		}
		t.put(&t.events, seqKey(n), encode(eventFields, &e))
		if n > maxEvents {
			t.remove(&t.events, seqKey(n-maxEvents))
		}
	}
	return nil
}

// lastEvents returns the last events before a number, the last one first.
func (t *tx) lastEvents(before uint64, limit int) (out []storage.Event, err error) {
	c := t.events.Cursor()
	k, v := c.Last()
	if before > 0 {
		k, v = lastBefore(c, seqKey(before))
	}
	for ; k != nil && len(out) < limit; k, v = c.Prev() {
		e := storage.Event{Number: binary.BigEndian.Uint64(k)}
		if err := decode(t.packer, v, eventFields, &e); err != nil {
			return nil, fmt.Errorf("read event %d: %w", e.Number, err)
		}
		out = append(out, e)
	}
	return out, nil
}
