package bolt

// ring keeps no more than so many values: those put longest ago go first.
type ring struct {
	*tx
	values *bucket // key => turn (8), and the value
	turns  *bucket // turn (8) => key
	count  *int    // of values
	most   int
}

// set puts a value. A key put before takes a new turn.
func (r ring) set(key, value []byte) error {
	turn, err := r.turns.NextSequence()
	if err != nil {
		return err
	}
	if v := r.values.Get(key); v != nil {
		r.remove(r.turns, v[:8])
	} else {
		*r.count++
	}
	r.put(r.turns, seqKey(turn), key)
	r.put(r.values, key, append(seqKey(turn), value...))
	return nil
}

// get returns the value of a key, or nil.
func (r ring) get(key []byte) []byte {
	v := r.values.Get(key)
	if v == nil {
		return nil
	}
	return v[8:]
}

// trim removes the values that are too many.
func (r ring) trim() {
	var turns, keys [][]byte
	c := r.turns.Cursor()
	for turn, key := c.First(); turn != nil && *r.count > r.most; turn, key = c.Next() {
		turns, keys = append(turns, turn), append(keys, key)
		*r.count--
	}
	for i := range turns {
		r.remove(r.values, keys[i])
		r.remove(r.turns, turns[i])
	}
}
