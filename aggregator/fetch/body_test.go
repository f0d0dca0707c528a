package fetch_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"newsfeed/aggregator/fetch"
)

// zipped returns each part as a gzip member.
func zipped(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, part := range parts {
		z := gzip.NewWriter(&b)
		if _, err := z.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestA43_ContentEncoding(t *testing.T) {
	text := []byte(strings.Repeat("<item>news</item>", 100))
	packed := zipped(t, text)
	tests := []struct {
		name, encoding string
		body           []byte
		want           string // of the error; empty: none
	}{
		{"plain", "", text, ""},
		{"identity", "identity", text, ""},
		{"charset by mistake", "UTF-8", text, ""},
		{"gzip", "gzip", packed, ""},
		{"x-gzip", "X-GZIP", packed, ""},
		{"two members", "gzip", zipped(t, text[:50], text[50:]), ""},
		{"truncated", "gzip", packed[:len(packed)/2], "body ended early, after"},
		{"damaged", "gzip", append(bytes.Clone(packed[:len(packed)-8]), 0, 0, 0, 0, 0, 0, 0, 0), "gzip: invalid checksum"},
		{"not gzip", "gzip", text, "gzip: invalid header"},
		{"trailing bytes", "gzip", append(bytes.Clone(packed), text...), "gzip: invalid header"},
		{"not asked for", "br", text, `content encoding "br" was not asked for`},
		{"not asked for either", "zstd", text, `content encoding "zstd" was not asked for`},
		{"nor this", "deflate", text, `content encoding "deflate" was not asked for`},
		{"twice", "gzip, gzip", packed, `content encoding "gzip, gzip" was not asked for`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				if test.encoding != "" {
					w.Header().Set("Content-Encoding", test.encoding)
				}
				w.Header().Set("ETag", `"e"`)
				_, _ = w.Write(test.body)
			})
			c := newClient(t)
			if test.want != "" {
				wantError(t, c, fetch.Request{URL: s.URL}, test.want)
				return
			}
			visit := mustGet(t, c, fetch.Request{URL: s.URL})
			if !bytes.Equal(visit.Body, text) {
				t.Errorf("got %d bytes, want %d", len(visit.Body), len(text))
			}
			if visit.Bytes != int64(len(test.body)) {
				t.Errorf("counted %d bytes on the wire, want %d", visit.Bytes, len(test.body))
			}
		})
	}
}

func TestD11_D20_BodyIsBounded(t *testing.T) {
	noise := make([]byte, 600<<10)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(noise)
	tests := []struct {
		name, encoding string
		body           []byte
		limit          int64
		want           string // of the error; empty: none
	}{
		{"at the limit", "", make([]byte, 2<<20), 2 << 20, ""},
		{"over", "", make([]byte, 2<<20+1), 2 << 20, "body over 2 MiB"},
		{"over, in KiB", "", make([]byte, 100<<10), 10 << 10, "body over 10 KiB"},
		{"over, in bytes", "", make([]byte, 101), 100, "body over 100 bytes"},
		{"over the default", "", make([]byte, 15<<20+1), 0, "body over 15 MiB"},
		{"gzip at the limit", "gzip", zipped(t, noise[:256<<10]), 257 << 10, ""},
		{"gzip over", "gzip", zipped(t, noise), 512 << 10, "body over 512 KiB"},
		{"gzip over, in members", "gzip", zipped(t, noise[:600], noise[:600]), 1 << 10, "body over 1 KiB"},
		{"gzip bomb", "gzip", zipped(t, make([]byte, 16<<20)), 0, "body over 15 MiB"},
		{"gzip bomb below the limit", "gzip", zipped(t, make([]byte, 4<<20)), 0, "body inflates more than 200-fold"},
		{"small and dense", "gzip", zipped(t, make([]byte, 1<<20)), 0, ""},
		{"empty members", "gzip", bytes.Repeat(zipped(t, nil), 10_000), 0, "gzip body of more than 100 members"},
		{"empty members in a file", "", bytes.Repeat(zipped(t, nil), 10_000), 0, "gzip file: gzip body of more than 100 members"},
		{"a hundred members", "gzip", bytes.Repeat(zipped(t, []byte("x")), 100), 0, ""},
		{"bomb in gzip", "gzip", zipped(t, zipped(t, make([]byte, 16<<20))), 0, "gzip file: body over 15 MiB"},
		{"bomb in gzip below the limit", "gzip", zipped(t, zipped(t, make([]byte, 4<<20))), 0, "inflates more than 200-fold"},
		{"bomb by and by", "gzip", zipped(t, zipped(t, slices.Concat(noise[:14<<10], make([]byte, 3<<20)))), 0, "body inflates more than 200-fold"},
		{"bomb cut short", "gzip", zipped(t, make([]byte, 4<<20))[:3000], 0, "body ended early"},
	}
	for _, test := range tests {
		for _, framing := range []string{"length", "chunks"} {
			t.Run(test.name+" "+framing, func(t *testing.T) {
				s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
					if test.encoding != "" {
						w.Header().Set("Content-Encoding", test.encoding)
					}
					if framing == "length" {
						w.Header().Set("Content-Length", fmt.Sprint(len(test.body)))
					} else {
						w.(http.Flusher).Flush()
					}
					_, _ = w.Write(test.body)
				})
				c := newClient(t, func(o *fetch.Options) { o.MaxBody = test.limit })
				if test.want != "" {
					wantError(t, c, fetch.Request{URL: s.URL}, test.want)
					return
				}
				mustGet(t, c, fetch.Request{URL: s.URL})
			})
		}
	}
}

// A third layer is not undone: what is left is no document.
func TestD20_GzipInGzipInGzip(t *testing.T) {
	inner := zipped(t, make([]byte, 16<<20))
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped(t, zipped(t, inner)))
	})
	if visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL}); !bytes.Equal(visit.Body, inner) {
		t.Errorf("got %d bytes, want the %d of the innermost file", len(visit.Body), len(inner))
	}
}

func TestD20_OnlyGzipIsAskedFor(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {})
	mustGet(t, newClient(t), fetch.Request{URL: s.URL, Access: fetch.Access{Header: http.Header{"Accept-Encoding": {"br, zstd"}}}})
	if got := s.last(t).Header["Accept-Encoding"]; !slices.Equal(got, []string{"gzip"}) {
		t.Errorf("asked for %q", got)
	}
}

func TestShortBodyIsAnError(t *testing.T) {
	tests := []struct{ name, response, want string }{
		{"length", "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 100\r\n\r\n<rss>", "body ended early, after 5 bytes"},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", "body ended early, after 5 bytes"},
		{"nothing", "", "connection closed without an answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address := listen(t, func(conn net.Conn) { _, _ = conn.Write([]byte(test.response)) })
			wantError(t, newClient(t), fetch.Request{URL: "http://" + address}, test.want)
		})
	}
}
