package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/zstd"
)

// A row is stored behind a byte that names its format and the CRC-32C of all
// that follows. A format with a dictionary would be a third one.
const (
	plain      byte = 1 // the row
	compressed byte = 2 // the row as a zstd frame

	prefix = 1 + crc32.Size

	minCompressed = 512      // bytes of row from which compression pays
	maxRow        = 32 << 20 // bytes of row
)

// packer holds the state that compression needs. It is safe for concurrent
// use.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newPacker() *packer {
	enc, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false),
		zstd.WithWindowSize(512<<10),
		zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxRow), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err)
	}
	return &packer{enc, dec}
}

// encode returns the value of a row.
func encode[T any](fields []field[T], row *T) []byte {
	return seal(plain, appendRow(make([]byte, prefix, 256), fields, row))
}

// compress returns the value of a row that holds text, and an error when the
// row is too large to be read again.
func compress[T any](p *packer, fields []field[T], row *T) ([]byte, error) {
	b := appendRow(make([]byte, prefix, 4096), fields, row)
	n := len(b) - prefix
	if n > maxRow {
		return nil, fmt.Errorf("%d bytes are more than %d", n, maxRow)
	}
	if n < minCompressed {
		return seal(plain, b), nil
	}
	return seal(compressed, p.enc.EncodeAll(b[prefix:], make([]byte, prefix, prefix+n/2))), nil
}

func seal(format byte, b []byte) []byte {
	b[0] = format
	binary.BigEndian.PutUint32(b[1:], checksum(b[prefix:]))
	return b
}

// decode reads the value of a row into a zero T, which keeps nothing of it.
func decode[T any](p *packer, value []byte, fields []field[T], row *T) error {
	err := errors.New("too short")
	if len(value) >= prefix {
		b := value[prefix:]
		switch {
		case binary.BigEndian.Uint32(value[1:]) != checksum(b):
			err = errors.New("wrong checksum")
		case value[0] == plain:
			_, err = readRow(b, fields, row)
		case value[0] == compressed:
			if b, err = p.dec.DecodeAll(b, nil); err == nil {
				_, err = readRow(b, fields, row)
			}
		default:
			err = fmt.Errorf("unknown format %d", value[0])
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

func checksum(b []byte) uint32 {
	return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
}
