package publish_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

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

// BenchmarkGzip shows what each level costs and how small it makes a feed.
func BenchmarkGzip(b *testing.B) {
	body := render(b, pages(), publish.Selection{}, publish.RSS).Body
	for _, level := range []int{1, 3, 5, 6, 7, 9} {
		b.Run(fmt.Sprint(level), func(b *testing.B) {
			var size int
			for b.Loop() {
				var out counter
				w, err := gzip.NewWriterLevel(&out, level)
				if err != nil {
					b.Fatal(err)
				}
				w.Write(body)
				w.Close()
				size = int(out)
			}
			b.ReportMetric(100*float64(size)/float64(len(body)), "%size")
		})
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func BenchmarkHandler(b *testing.B) {
	m := pages()
	h := publish.New(publish.Options{Store: m}).Handler()
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
