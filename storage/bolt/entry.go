package bolt

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"newsfeed/storage"
)

// packEntry returns the value of an entry: a row of what its commit decided and
// behind it, as a zstd frame, a row of what it says. A short one is one row.
func packEntry(p *packer, e *storage.Entry) ([]byte, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	body := appendRow((*buffer)[:0], bodyFields, e)
	if cap(body) <= maxBuffer {
		*buffer = body
	}
	switch n := len(body); {
	case n > maxRow:
		return nil, fmt.Errorf("%d bytes are more than %d", n, maxRow)
	case n < minCompressed:
		return compress(p, entryFields, e)
	}
	frame := p.prepared.take(body)
	if frame == nil {
		frame = p.codec.Load().frame(body)
	}
	value := appendRow(make([]byte, prefix, prefix+768+len(frame)), shortFields, e)
	return seal(parted, append(value, frame...)), nil
}

func (c *codec) frame(b []byte) []byte { return c.enc.EncodeAll(b, make([]byte, 0, len(b)/2)) }

// unpackEntry reads the value of an entry into a zero one, which keeps nothing of
// it.
func unpackEntry(p *packer, value []byte, e *storage.Entry) error {
	if len(value) == 0 || value[0] != parted {
		return decode(p, value, entryFields, e)
	}
	frame, err := p.head(value, e)
	if err == nil {
		var body []byte
		if body, err = p.codec.Load().dec.DecodeAll(frame, nil); err == nil {
			_, err = readRow(body, bodyFields, e)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	e.ID = cmp.Or(e.ID, e.GUID)
	return nil
}

// head reads the first row of a parted value, and returns what is behind it.
func (p *packer) head(value []byte, e *storage.Entry) (frame []byte, err error) {
	if len(value) < prefix || binary.BigEndian.Uint32(value[1:]) != checksum(value[prefix:]) {
		return nil, errors.New("wrong checksum")
	}
	return readRow(value[prefix:], shortFields, e)
}

// bodyOf returns what the value of an entry says, as a row.
func (p *packer) bodyOf(value []byte) ([]byte, error) {
	if value[0] != parted {
		return p.open(value)
	}
	frame, err := p.head(value, new(storage.Entry))
	if err != nil {
		return nil, err
	}
	return p.codec.Load().dec.DecodeAll(frame, nil)
}

// Prepare implements storage.Preparer: it compresses what the entries say.
func (s *Store) Prepare(entries []storage.Entry) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for i := range entries {
		body := appendRow((*buffer)[:0], bodyFields, &entries[i])
		if cap(body) <= maxBuffer {
			*buffer = body
		}
		if n := len(body); minCompressed <= n && n <= maxRow {
			s.packer.prepared.add(body, s.packer.codec.Load().frame(body))
		}
	}
}

// maxPrepared is how many bytes of frames are kept until they are committed.
const maxPrepared = 8 << 20

// longestPrepared is for how many commits at least a frame is kept that none of
// them takes: as many polls may stand in line.
const longestPrepared = 16

// prepared are frames of rows that are about to be committed, by what is in them.
// It is safe for concurrent use.
type prepared struct {
	mu      sync.Mutex // guards the fields below
	fresh   map[digestOfRow][]byte
	aged    map[digestOfRow][]byte // what was fresh before
	commits int                    // since then
	bytes   int                    // of both
}

type digestOfRow [sha256.Size]byte

// add keeps the frame of a row, unless too much waits already.
func (p *prepared) add(body, frame []byte) {
	sum := digestOfRow(sha256.Sum256(body))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bytes+len(frame) > maxPrepared {
		return
	}
	p.remove(sum)
	if p.fresh == nil {
		p.fresh = map[digestOfRow][]byte{}
	}
	p.fresh[sum] = frame
	p.bytes += len(frame)
}

// take returns the frame of a row, which is then no longer kept, or nil.
func (p *prepared) take(body []byte) []byte {
	p.mu.Lock()
	none := p.bytes == 0
	p.mu.Unlock()
	if none {
		return nil
	}
	sum := digestOfRow(sha256.Sum256(body))
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.remove(sum)
}

func (p *prepared) remove(sum digestOfRow) []byte {
	frame, ok := p.fresh[sum]
	if !ok {
		frame = p.aged[sum]
	}
	delete(p.fresh, sum)
	delete(p.aged, sum)
	p.bytes -= len(frame)
	return frame
}

// committed takes in that there was a commit, and forgets what is older than some
// of them.
func (p *prepared) committed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.commits++; p.commits < longestPrepared {
		return
	}
	for _, frame := range p.aged {
		p.bytes -= len(frame)
	}
	p.fresh, p.aged, p.commits = nil, p.fresh, 0
}
