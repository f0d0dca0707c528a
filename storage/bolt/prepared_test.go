package bolt

import (
	"bytes"
	"fmt"
	"testing"
)

// When too much waits, what came first is kept: it is committed next.
func TestPreparedFramesAreBounded(t *testing.T) {
	var p prepared
	frame := make([]byte, 1<<20)
	row := func(i int) []byte { return fmt.Append(nil, "row ", i) }
	const most = maxPrepared >> 20
	for i := range 2 * most {
		p.add(row(i), frame)
		p.add(row(i), frame)
		if p.bytes > maxPrepared {
			t.Fatalf("%d bytes are kept", p.bytes)
		}
	}
	for i := range 2 * most {
		if got := p.take(row(i)); (got != nil) != (i < most) {
			t.Errorf("row %d: a frame of %d bytes", i, len(got))
		}
	}
	if p.add(row(0), frame); !bytes.Equal(p.take(row(0)), frame) || p.take(row(0)) != nil || p.bytes != 0 {
		t.Errorf("with what waited taken there is no room, or a frame stays: %d bytes", p.bytes)
	}
}

// What is never committed is forgotten, and what stands in line is not.
func TestPreparedFramesAreForgotten(t *testing.T) {
	var p prepared
	p.add([]byte("never"), make([]byte, maxPrepared/2))
	p.add([]byte("later"), make([]byte, maxPrepared/2))
	for range longestPrepared {
		p.committed()
	}
	if p.take([]byte("later")) == nil {
		t.Error("what stands in line is forgotten")
	}
	for range longestPrepared {
		p.committed()
	}
	if p.bytes != 0 || len(p.fresh)+len(p.aged) != 0 {
		t.Errorf("%d bytes of %d frames are kept", p.bytes, len(p.fresh)+len(p.aged))
	}
}
