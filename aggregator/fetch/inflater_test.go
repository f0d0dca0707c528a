package fetch_test

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"

	"newsfeed/aggregator/fetch"
)

// TestBodiesShareNoMemory inflates bodies of several sizes, and broken ones, one
// after the other and at once, and looks at each again when all are there.
func TestBodiesShareNoMemory(t *testing.T) {
	const limit = 4 << 20
	r := rand.NewChaCha8([32]byte{})
	var texts, packed, got [][]byte
	for _, size := range []int{100, 0, 5000, 3 << 19, 70_000, 3_000, 1} {
		text := make([]byte, size)
		_, _ = r.Read(text) // never fails
		texts, packed = append(texts, text), append(packed, zipped(t, text))
	}
	inflate := func(t *testing.T, p []byte) []byte {
		body, err := fetch.Unzip(p, limit)
		if err != nil {
			t.Error(err)
		}
		return body
	}
	for _, p := range packed {
		got = append(got, inflate(t, p))
		for _, broken := range [][]byte{p[:len(p)-4], append(bytes.Clone(p), "x"...)} {
			if _, err := fetch.Unzip(broken, limit); err == nil {
				t.Error("a broken body was inflated")
			}
		}
	}
	var wg sync.WaitGroup
	for i := range packed {
		wg.Go(func() {
			for range 3 {
				if !bytes.Equal(inflate(t, packed[i]), texts[i]) {
					t.Errorf("body %d is another one", i)
				}
			}
		})
	}
	wg.Wait()
	for i := range got {
		if !bytes.Equal(got[i], texts[i]) {
			t.Errorf("body %d has changed", i)
		}
	}
}

func BenchmarkUnzip(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	words := bytes.Fields([]byte("the a of in and to news was has reported that <p> </p> ferry harbour minister council &amp; while 2026"))
	var text []byte
	for len(text) < 120_000 {
		text = append(append(text, words[r.IntN(len(words))]...), ' ')
	}
	packed := zipped(b, text)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fetch.Unzip(packed, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
