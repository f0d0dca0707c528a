package publish_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// pages returns a store of 100 entries of some 3 KB each, no two alike.
func pages() *memory {
	m := many(100)
	words := strings.Fields("harbour ferry council bridge winter market signal report river engine budget school garden night stone paper")
	state := uint32(1)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	for i := range m.entries {
		e := &m.entries[i]
		var b strings.Builder
		for b.Len() < 3000 {
			b.WriteString("<p>")
			for range 30 {
				fmt.Fprintf(&b, "%s%d ", words[next(len(words))], next(50))
			}
			fmt.Fprintf(&b, `<a href="https://paper.example/%d?x=1&amp;y=2">more</a></p>`, next(1e6))
		}
		e.Content, e.Summary = b.String(), "<p>"+strings.Repeat(words[i%16]+" ", 30)+"</p>"
		e.Authors, e.Categories = []storage.Person{{Name: "Ann Other"}}, []string{"News", words[i%16]}
		e.Media = []storage.Media{{URL: fmt.Sprintf("https://img.example/%d.jpg", i), Type: "image/jpeg", Medium: storage.Image}}
	}
	return m
}

func BenchmarkRender(b *testing.B) {
	m := pages()
	for _, f := range publish.Formats() {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := publish.Render(b.Context(), m, publish.Selection{}, f)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(out.Body)))
			}
		})
	}
}

// BenchmarkCoding shows what each level of each coding costs and how small it
// makes a feed.
func BenchmarkCoding(b *testing.B) {
	body := render(b, pages(), publish.Selection{}, publish.RSS).Body
	run := func(name string, level int, encode func() []byte) {
		b.Run(fmt.Sprintf("%s-%d", name, level), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			var size int
			for b.Loop() {
				size = len(encode())
			}
			b.ReportMetric(100*float64(size)/float64(len(body)), "%size")
		})
	}
	write := func(c io.WriteCloser, out *bytes.Buffer) []byte {
		c.Write(body)
		c.Close()
		return out.Bytes()
	}
	for _, level := range []int{1, 5, 6, 7, 9} {
		w, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil {
			b.Fatal(err)
		}
		run("gzip", level, func() []byte {
			var out bytes.Buffer
			w.Reset(&out)
			return write(w, &out)
		})
	}
	for _, level := range []int{2, 3, 4, 5, 7} {
		w := brotli.NewWriterV2(io.Discard, level)
		run("br", level, func() []byte {
			var out bytes.Buffer
			w.Reset(&out)
			return write(w, &out)
		})
	}
	for level := zstd.SpeedFastest; level <= zstd.SpeedBestCompression; level++ {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1))
		if err != nil {
			b.Fatal(err)
		}
		run("zstd", int(level), func() []byte { return w.EncodeAll(body, nil) })
	}
}

func BenchmarkHandler(b *testing.B) {
	m := pages()
	h := publish.New(publish.Options{Store: m, Refetches: -1}).Handler()
	tag := render(b, m, publish.Selection{}, publish.RSS).ETag
	for name, header := range map[string][2]string{
		"304": {"If-None-Match", tag}, "gzip": {"Accept-Encoding", "gzip"}, "plain": {"Accept", "*/*"},
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/feed.rss", nil)
			r.Header.Set(header[0], header[1])
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&discard{header: http.Header{}}, r)
			}
		})
	}
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
