package fetch_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
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
