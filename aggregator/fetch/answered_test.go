package fetch_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"newsfeed/aggregator/fetch"
)

func TestAnswered_IsToldOfEachRequest(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/whole", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "0123456789") })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "20")
		_, _ = io.WriteString(w, "0123456789")
	})
	mux.Handle("/moved", http.RedirectHandler("/whole", http.StatusFound))
	mux.Handle("/gone", http.NotFoundHandler())
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, want := range map[string]string{
		"/whole":  "200 10,",
		"/broken": "200 10,",
		"/moved":  "302 0,200 10,",
		"/gone":   "404 0,",
		"/silent": "0 0,",
	} {
		got := ""
		c := fetch.New(fetch.Options{
			AllowPrivate: []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}},
			Answered:     func(status int, bytes int64) { got += fmt.Sprintf("%d %d,", status, bytes) },
		})
		_, _ = c.Get(t.Context(), fetch.Request{URL: server.URL + path}) // what it brings is for other tests
		c.Close()
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
