package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// A row is stored behind a byte that names its format and the CRC-32C of all
// that follows. A zstd frame names the dictionary that it was made with.
const (
	plain      byte = 1 // the row
	compressed byte = 2 // the row as a zstd frame
	parted     byte = 3 // of an entry: a row, and behind it another one as a zstd frame

	prefix = 1 + crc32.Size

	level         = zstd.SpeedFastest
	minCompressed = 512      // bytes of row from which compression pays
	maxRow        = 32 << 20 // bytes of row
)

// packer compresses with the last of the dictionaries that it was given, if any.
// It is safe for concurrent use.
type packer struct {
	codec    atomic.Pointer[codec]
	prepared prepared
}

type codec struct {
	enc          *zstd.Encoder
	dec          *zstd.Decoder
	dictionaries [][]byte
}

// newPacker returns a packer without a dictionary.
func newPacker() *packer {
	p := &packer{}
	if err := p.use(nil); err != nil {
		panic(err)
	}
	return p
}

// use makes the packer know these dictionaries and no others.
func (p *packer) use(dictionaries [][]byte) error {
	coding := []zstd.EOption{
		zstd.WithEncoderLevel(level),
		zstd.WithEncoderCRC(false),
		zstd.WithWindowSize(512 << 10),
		zstd.WithLowerEncoderMem(true),
	}
	if n := len(dictionaries); n > 0 {
		coding = append(coding, zstd.WithEncoderDict(dictionaries[n-1]))
	}
	enc, err := zstd.NewWriter(nil, coding...)
	if err != nil {
		return err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxRow), zstd.WithDecoderLowmem(true), zstd.WithDecoderDicts(dictionaries...))
	if err != nil {
		return err
	}
	p.codec.Store(&codec{enc, dec, dictionaries})
	return nil
}

// encode returns the value of a row.
func encode[T any](fields []field[T], row *T) []byte {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	b := appendRow((*buffer)[:0], fields, row)
	if cap(b) <= maxBuffer {
		*buffer = b
	}
	return sealed(b)
}

// sealed returns the value of a row as it stands.
func sealed(row []byte) []byte {
	return seal(plain, append(make([]byte, prefix, prefix+len(row)), row...))
}

// compress returns the value of a row that holds text, and an error when the
// row is too large to be read again.
func compress[T any](p *packer, fields []field[T], row *T) ([]byte, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	b := appendRow((*buffer)[:0], fields, row)
	if cap(b) <= maxBuffer {
		*buffer = b
	}
	n := len(b)
	if n > maxRow {
		return nil, fmt.Errorf("%d bytes are more than %d", n, maxRow)
	}
	if n < minCompressed {
		return sealed(b), nil
	}
	return seal(compressed, append(make([]byte, prefix, prefix+n/2), p.codec.Load().frame(b)...)), nil
}

// buffers hold rows while they are put together, up to maxBuffer bytes each.
var buffers = sync.Pool{New: func() any { return new(make([]byte, 0, 4<<10)) }}

const maxBuffer = 64 << 10

func seal(format byte, b []byte) []byte {
	b[0] = format
	binary.BigEndian.PutUint32(b[1:], checksum(b[prefix:]))
	return b
}

// decode reads the value of a row into a zero T, which keeps nothing of it.
func decode[T any](p *packer, value []byte, fields []field[T], row *T) error {
	b, err := p.open(value)
	if err == nil {
		_, err = readRow(b, fields, row)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// open returns the row of a value, which it may be part of.
func (p *packer) open(value []byte) ([]byte, error) {
	if len(value) < prefix {
		return nil, errors.New("too short")
	}
	b := value[prefix:]
	switch {
	case binary.BigEndian.Uint32(value[1:]) != checksum(b):
		return nil, errors.New("wrong checksum")
	case value[0] == plain:
		return b, nil
	case value[0] == compressed:
		return p.codec.Load().dec.DecodeAll(b, nil)
	}
	return nil, fmt.Errorf("unknown format %d", value[0])
}

func checksum(b []byte) uint32 {
	return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
}
