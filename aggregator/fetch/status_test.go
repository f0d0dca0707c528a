package fetch_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/internal/bubble"
)

func TestA16_StatusWithoutDocument(t *testing.T) {
	for _, status := range []int{201, 204, 206, 300, 400, 401, 403, 404, 410, 429, 500, 503, 599} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"e"`)
				w.WriteHeader(status)
			})
			err := wantError(t, newClient(t), fetch.Request{URL: s.URL}, fmt.Sprint(status))
			var got *fetch.StatusError
			if !errors.As(err, &got) || got.Code != status || !got.RetryAfter.IsZero() {
				t.Errorf("error %#v", err)
			}
			if n := len(s.requests()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestA16_NoURLIsGuessed(t *testing.T) {
	const page = `<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed"><link rel="icon" href="/i.png">`
	for _, status := range []int{200, 401, 404, 410, 500} {
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Link", `</feed>; rel="alternate"; type="application/rss+xml"`)
			w.Header().Set("Refresh", "0; url=/feed")
			w.WriteHeader(status)
			fmt.Fprint(w, page)
		})
		c := newClient(t)
		_, err := c.Get(t.Context(), fetch.Request{URL: s.URL + "/news"})
		c.Close()
		if (err == nil) != (status == http.StatusOK) {
			t.Errorf("%d: %v", status, err)
		}
		s.wantAsked(t, "/news")
	}
}

func TestA26_RetryAfter(t *testing.T) {
	const date = "Sun, 22 Nov 2026 10:00:00 GMT"
	tests := []struct {
		value string
		want  time.Duration
	}{
		{"", 0},
		{"0", 0},
		{"120", 2 * time.Minute},
		{"-120", 0},
		{"-99999999999999999999999999", 0},
		{" 120 ", 2 * time.Minute},
		{"120, 240", 0},
		{"9223372036854775807", 10 * 365 * 24 * time.Hour},
		{"+120", 0},
		{"1.5", 0},
		{"1e9", 0},
		{"soon", 0},
		{"99999999999999999999999999", 10 * 365 * 24 * time.Hour},
		{"Sun, 22 Nov 2026 11:00:00 GMT", time.Hour},
		{"Sunday, 22-Nov-26 11:00:00 GMT", time.Hour},
		{"Sun Nov 22 11:00:00 2026", time.Hour},
		{"Sun, 22 Nov 2026 09:00:00 GMT", 0},
		{"Fri, 31 Dec 9999 23:59:59 GMT", 10 * 365 * 24 * time.Hour},
		{"Mon, 01 Jan 0001 00:00:00 GMT", 0},
	}
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for _, test := range tests {
			t.Run(fmt.Sprint(status, test.value), func(t *testing.T) {
				s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Date", date)
					w.Header().Set("Retry-After", test.value)
					w.WriteHeader(status)
				})
				before := time.Now()
				_, err := newClient(t).Get(t.Context(), fetch.Request{URL: s.URL})
				after := time.Now()
				var got *fetch.StatusError
				switch {
				case !errors.As(err, &got):
					t.Fatalf("error %v", err)
				case test.want == 0 && !got.RetryAfter.IsZero():
					t.Errorf("retry after %v, want none", got.RetryAfter)
				case test.want != 0 && (got.RetryAfter.Before(before.Add(test.want)) || got.RetryAfter.After(after.Add(test.want))):
					t.Errorf("retry in %v, want %v", got.RetryAfter.Sub(before), test.want)
				}
			})
		}
	}
}

func TestStatusErrorText(t *testing.T) {
	tests := []struct {
		err  fetch.StatusError
		want string
	}{
		{fetch.StatusError{Code: 404}, "404 Not Found"},
		{fetch.StatusError{Code: 599}, "599 unknown status"},
		{fetch.StatusError{Code: 403, Challenge: "HUMAN"}, "403 Forbidden, a challenge page of HUMAN"},
		{
			fetch.StatusError{Code: 429, RetryAfter: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)},
			"429 Too Many Requests; retry after 2026-11-22T10:00:00Z",
		},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestA35_OneAttempt(t *testing.T) {
	var attempts atomic.Int32
	address := listen(t, func(conn net.Conn) {
		attempts.Add(1)
		_ = conn.(*net.TCPConn).SetLinger(0) // closing resets
	})
	wantError(t, newClient(t), fetch.Request{URL: "http://" + address}, "")
	if n := attempts.Load(); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

// TestA35_AKeptConnectionThatClosesCostsNoPoll has a server that hangs up on
// the second request of each connection, and at last on every one: it is sent
// again, once, and not before the host's gap is over.
func TestA35_AKeptConnectionThatClosesCostsNoPoll(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var asked []time.Time
		answered := 0
		serve := func(conn net.Conn) {
			in := bufio.NewReader(conn)
			for n := range 2 {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				mu.Lock()
				asked = append(asked, time.Now())
				broken := n > 0 || answered == 3
				if !broken {
					answered++
				}
				mu.Unlock()
				if broken {
					return
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		}
		c := newClient(t, only(t, web{"news.test:80": serve}), func(o *fetch.Options) { o.HostInterval = time.Second })
		for _, requests := range []int{1, 2, 2} {
			if visit := mustGet(t, c, fetch.Request{URL: "http://news.test/"}); visit.Traffic.Requests != requests {
				t.Errorf("%d requests, want %d", visit.Traffic.Requests, requests)
			}
		}
		err := wantError(t, c, fetch.Request{URL: "http://news.test/"}, "")
		if len(asked) != 7 || !fetch.Unanswered(err) {
			t.Errorf("%d requests, want 7: %v", len(asked), err)
		}
		for i := 1; i < len(asked); i++ {
			if gap := asked[i].Sub(asked[i-1]); gap < time.Second {
				t.Errorf("request %d after %v", i, gap)
			}
		}
	})
}

func TestRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	err = wantError(t, newClient(t), fetch.Request{URL: "http://" + address}, "")
	if want := "dial " + address + ": connection refused"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}
