package fetch

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// inflater is the memory that it takes to inflate a body. It serves one after
// the other: a body of a usual size is allocated once, as large as it is.
type inflater struct {
	in  *bufio.Reader
	z   gzip.Reader
	out bytes.Buffer
}

var inflaters = sync.Pool{New: func() any { return &inflater{in: bufio.NewReader(nil)} }}

// giveBack keeps the memory for the next body, but for that of a large one.
func (f *inflater) giveBack() {
	f.in.Reset(nil)
	if f.isLarge() {
		f.out = bytes.Buffer{}
	}
	f.out.Reset()
	inflaters.Put(f)
}

func (f *inflater) isLarge() bool { return f.out.Cap() > firstGrow }

// gunzip inflates member by member, so that neither one huge member nor many
// empty ones cost more than the limits.
func gunzip(from io.Reader, limit int64) ([]byte, error) {
	f := inflaters.Get().(*inflater)
	defer f.giveBack()
	f.in.Reset(from)
	err := f.z.Reset(f.in)
	for members := 1; err == nil; members++ {
		if members > maxMembers {
			return nil, fmt.Errorf("gzip body of more than %d members", maxMembers)
		}
		f.z.Multistream(false)
		if _, err = f.out.ReadFrom(&meter{from: &f.z, n: int64(f.out.Len()), limit: limit}); err == nil {
			err = f.z.Reset(f.in)
		}
	}
	switch {
	case err != io.EOF:
		return nil, err
	case f.isLarge():
		return f.out.Bytes(), nil
	}
	return bytes.Clone(f.out.Bytes()), nil
}
