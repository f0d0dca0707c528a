package fetch_test

import (
	"net"
	"net/url"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
)

// FuzzGet sends whatever bytes as a response.
func FuzzGet(f *testing.F) {
	var response []byte
	address := listen(f, func(conn net.Conn) { _, _ = conn.Write(response) })
	const limit = 64 << 10
	c := newClient(f, func(o *fetch.Options) {
		o.Timeout = time.Second
		o.MaxBody = limit
		// As the proxy the server also answers for every redirect's target.
		o.Proxy = &url.URL{Scheme: "http", Host: address}
	})
	f.Fuzz(func(t *testing.T, raw []byte) {
		response = raw
		visit, err := c.Get(t.Context(), fetch.Request{
			URL:        "http://news.example/feed",
			Validators: fetch.Validators{URL: "http://news.example/feed", ETag: `"e"`},
		})
		switch {
		case err != nil:
			checkLine(t, err)
			if visit.Status != 0 || visit.Validators != (fetch.Validators{}) {
				t.Errorf("an error came with the visit %+v", visit)
			}
		case len(visit.Body) > limit:
			t.Errorf("body of %d bytes", len(visit.Body))
		case visit.MaxAge < 0:
			t.Errorf("max-age %v", visit.MaxAge)
		case visit.Unchanged && visit.Validators.ETag == "":
			t.Error("unchanged, but the validators are lost")
		}
	})
}
