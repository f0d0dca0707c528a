package publish_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/bubble"
	"newsfeed/storage"
)

// coded returns a feed as it is sent in each coding.
func coded(t *testing.T, h http.Handler, path string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for coding := range decoders {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", coding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		equal(t, "Content-Encoding", w.Header().Get("Content-Encoding"), coding)
		all[coding] = w.Body.Bytes()
	}
	return all
}

func TestTheSameBytesAreCompressedToTheSameBytes(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := pages()
		used := publish.New(publish.Options{Store: m}).Handler()
		for i := range 3 {
			m.change(func(m *memory) { m.entries[i].Title += " again" })
			pass(time.Second)
			fresh := publish.New(publish.Options{Store: m}).Handler()
			for _, f := range publish.Formats() {
				want := coded(t, fresh, "/feed"+f.Ext())
				for coding, body := range coded(t, used, "/feed"+f.Ext()) {
					if !bytes.Equal(body, want[coding]) {
						t.Errorf("%s of %s differs", coding, f)
					}
				}
			}
		}
	})
}

// TestEveryCodingHoldsTheWhole is about the documents that real sources give:
// they stand in for feeds of every kind and size.
func TestEveryCodingHoldsTheWhole(t *testing.T) {
	files, err := filepath.Glob("../../../shared/feeds/*")
	if err != nil || len(files) == 0 {
		t.Skip("no documents in ../shared/feeds")
	}
	for i, file := range files {
		if i%8 != 0 {
			continue // they are much alike
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := one(func(e *storage.Entry) { e.Content = strings.ToValidUTF8(string(text), "?") })
		h := publish.New(publish.Options{Store: m}).Handler()
		r, err := publish.Render(t.Context(), m, publish.Selection{}, publish.JSON)
		if err != nil {
			t.Fatal(err)
		}
		for coding, body := range coded(t, h, "/feed.json") {
			if !bytes.Equal(decoders[coding](t, body), r.Body) {
				t.Errorf("%s of %s holds something else", coding, file)
			}
		}
	}
}
