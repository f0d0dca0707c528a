package bolt

import (
	"fmt"
	"time"

	"newsfeed/storage"

	"github.com/tinylib/msgp/msgp"
)

// A field is one field of rows of type T. A row is a MessagePack map from the
// short names of the fields that are not zero to their values. It is read
// field by field: what is missing stays zero and what is unknown is skipped,
// so that fields may come and go between versions of the program.
type field[T any] struct {
	name  string
	zero  func(*T) bool
	write func([]byte, *T) []byte
	read  func([]byte, *T) ([]byte, error)
}

func appendRow[T any](b []byte, fields []field[T], row *T) []byte {
	var n uint32
	for i := range fields {
		if !fields[i].zero(row) {
			n++
		}
	}
	b = msgp.AppendMapHeader(b, n)
	for i := range fields {
		if f := &fields[i]; !f.zero(row) {
			b = f.write(msgp.AppendString(b, f.name), row)
		}
	}
	return b
}

// readRow reads a row at the start of b into a zero T and returns the bytes
// after it. What it allocates is bounded by the length of b.
func readRow[T any](b []byte, fields []field[T], row *T) ([]byte, error) {
	n, b, err := msgp.ReadMapHeaderBytes(b)
	at := 0 // fields mostly come in order: look for one behind the last
	for ; n > 0 && err == nil; n-- {
		var name []byte
		if name, b, err = msgp.ReadMapKeyZC(b); err != nil {
			break
		}
		f := (*field[T])(nil)
		for i := range fields {
			if next := (at + i) % len(fields); fields[next].name == string(name) {
				f, at = &fields[next], next+1
				break
			}
		}
		if f == nil {
			b, err = msgp.Skip(b)
		} else if b, err = f.read(b, row); err != nil {
			err = fmt.Errorf("field %s: %w", f.name, err)
		}
	}
	return b, err
}

func scalar[T any, F comparable](name string, at func(*T) *F,
	write func([]byte, F) []byte, read func([]byte) (F, []byte, error),
) field[T] {
	return field[T]{
		name: name,
		zero: func(row *T) bool { return *at(row) == *new(F) },
		write: func(b []byte, row *T) []byte {
			return write(b, *at(row))
		},
		read: func(b []byte, row *T) ([]byte, error) {
			v, b, err := read(b)
			*at(row) = v
			return b, err
		},
	}
}

func text[T any, F ~string](name string, at func(*T) *F) field[T] {
	return scalar(name, at,
		func(b []byte, v F) []byte { return msgp.AppendString(b, string(v)) },
		func(b []byte) (F, []byte, error) {
			v, b, err := msgp.ReadStringBytes(b)
			return F(v), b, err
		})
}

func number[T any, F ~int | ~int64 | ~uint8 | ~uint32 | ~uint64](name string, at func(*T) *F) field[T] {
	return scalar(name, at,
		func(b []byte, v F) []byte { return msgp.AppendInt64(b, int64(v)) },
		func(b []byte) (F, []byte, error) {
			v, b, err := msgp.ReadInt64Bytes(b)
			return F(v), b, err
		})
}

func real[T any](name string, at func(*T) *float64) field[T] {
	return scalar(name, at, msgp.AppendFloat64, msgp.ReadFloat64Bytes)
}

func flag[T any](name string, at func(*T) *bool) field[T] {
	return scalar(name, at, msgp.AppendBool, msgp.ReadBoolBytes)
}

func digest[T any](name string, at func(*T) *storage.Digest) field[T] {
	return scalar(name, at,
		func(b []byte, v storage.Digest) []byte { return msgp.AppendBytes(b, v[:]) },
		func(b []byte) (v storage.Digest, _ []byte, err error) {
			b, err = msgp.ReadExactBytes(b, v[:])
			return v, b, err
		})
}

// blob is bytes of any form.
func blob[T any](name string, at func(*T) *[]byte) field[T] {
	return field[T]{
		name:  name,
		zero:  func(row *T) bool { return len(*at(row)) == 0 },
		write: func(b []byte, row *T) []byte { return msgp.AppendBytes(b, *at(row)) },
		read: func(b []byte, row *T) (_ []byte, err error) {
			*at(row), b, err = msgp.ReadBytesBytes(b, nil)
			return b, err
		},
	}
}

// moment is a time, kept as microseconds since 1970.
func moment[T any](name string, at func(*T) *time.Time) field[T] {
	return field[T]{
		name:  name,
		zero:  func(row *T) bool { return at(row).IsZero() },
		write: func(b []byte, row *T) []byte { return msgp.AppendInt64(b, at(row).UnixMicro()) },
		read: func(b []byte, row *T) ([]byte, error) {
			v, b, err := msgp.ReadInt64Bytes(b)
			*at(row) = time.UnixMicro(v).UTC()
			return b, err
		},
	}
}

// maxList is the greatest length of a list but a packed one. The elements of a
// list are larger in memory than they need be in a row.
const maxList = 1 << 12

func array[T, E any](name string, at func(*T) *[]E,
	write func([]byte, *E) []byte, read func([]byte, *E) ([]byte, error),
) field[T] {
	return field[T]{
		name: name,
		zero: func(row *T) bool { return len(*at(row)) == 0 },
		write: func(b []byte, row *T) []byte {
			elems := *at(row)
			b = msgp.AppendArrayHeader(b, uint32(len(elems)))
			for i := range elems {
				b = write(b, &elems[i])
			}
			return b
		},
		read: func(b []byte, row *T) ([]byte, error) {
			n, b, err := msgp.ReadArrayHeaderBytes(b)
			if n > maxList {
				return b, fmt.Errorf("a list of %d", n)
			}
			elems := make([]E, 0, min(n, 16)) // more only as they are read: n may be a lie
			for ; n > 0 && err == nil; n-- {
				var e E
				b, err = read(b, &e)
				elems = append(elems, e)
			}
			*at(row) = elems
			return b, err
		},
	}
}

func texts[T any](name string, at func(*T) *[]string) field[T] {
	return array(name, at,
		func(b []byte, s *string) []byte { return msgp.AppendString(b, *s) },
		func(b []byte, s *string) (_ []byte, err error) {
			*s, b, err = msgp.ReadStringBytes(b)
			return b, err
		})
}

func rows[T, E any](name string, at func(*T) *[]E, fields []field[E]) field[T] {
	return array(name, at,
		func(b []byte, e *E) []byte { return appendRow(b, fields, e) },
		func(b []byte, e *E) ([]byte, error) { return readRow(b, fields, e) })
}

// maybe is a row that may be missing.
func maybe[T, E any](name string, at func(*T) **E, fields []field[E]) field[T] {
	return field[T]{
		name:  name,
		zero:  func(row *T) bool { return *at(row) == nil },
		write: func(b []byte, row *T) []byte { return appendRow(b, fields, *at(row)) },
		read: func(b []byte, row *T) ([]byte, error) {
			*at(row) = new(E)
			return readRow(b, fields, *at(row))
		},
	}
}

// packed is a list of elements of a fixed size, in one string of bytes.
func packed[T, E any](name string, at func(*T) *[]E, size int,
	write func([]byte, *E) []byte, read func([]byte, *E),
) field[T] {
	return field[T]{
		name: name,
		zero: func(row *T) bool { return len(*at(row)) == 0 },
		write: func(b []byte, row *T) []byte {
			elems := *at(row)
			b = msgp.AppendBytesHeader(b, uint32(len(elems)*size))
			for i := range elems {
				b = write(b, &elems[i])
			}
			return b
		},
		read: func(b []byte, row *T) ([]byte, error) {
			v, b, err := msgp.ReadBytesZC(b)
			if err != nil {
				return b, err
			}
			if len(v)%size != 0 {
				return b, fmt.Errorf("%d bytes are no list of elements of %d", len(v), size)
			}
			elems := make([]E, len(v)/size)
			for i := range elems {
				read(v[i*size:], &elems[i])
			}
			*at(row) = elems
			return b, nil
		},
	}
}
