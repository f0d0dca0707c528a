package aggregator

import (
	"bytes"
	"testing"
)

// BenchmarkDigest is what it takes to see that a body of 120 KB is as before.
func BenchmarkDigest(b *testing.B) {
	body := bytes.Repeat([]byte("<item><title>Ferry back in service</title></item>\n"), 2400)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		new(turn).digest(body)
	}
}
