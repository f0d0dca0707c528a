package fetch_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
	"newsfeed/internal/bubble"
)

// conditions returns what each request was conditional on.
func (s *site) conditions() []string {
	var all []string
	for _, r := range s.requests() {
		all = append(all, r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since"))
	}
	return all
}

// life visits a source n times as an aggregator does: it keeps the validators
// of each successful visit. It returns the last visit.
func life(t *testing.T, s *site, n int) fetch.Visit {
	t.Helper()
	c := newClient(t)
	var visit fetch.Visit
	for range n {
		visit = mustGet(t, c, fetch.Request{URL: s.URL, Validators: visit.Validators})
	}
	return visit
}

func TestA01_ValidatorsAreByteExactOnTheWire(t *testing.T) {
	for _, value := range []string{
		`"a"`, `W/"a b"`, `w/"a"`, `unquoted`, `""`, `"a"b"`, `"\"`, `'a'`, `"é"`, "\"\xe9\"", `a,b`, `*`, `W/`, `"a"; x="1"`,
		"Thu, 01 Jan 1970 00:00:00 GMT", "thu, 1 jan 70 0:00:00 gmt", "0", "-1", "2026-11-22T10:00:00Z", "Sun,  22 Nov 2026",
	} {
		asked := make(chan string, 2)
		c := newClient(t, only(t, web{"news.example:80": func(conn net.Conn) {
			request := make([]byte, 4<<10)
			n, _ := conn.Read(request)
			asked <- string(request[:n])
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nETag: "+value+"\r\nLast-Modified: "+value+"\r\nContent-Length: 0\r\n\r\n")
		}}))
		visit := mustGet(t, c, fetch.Request{URL: "http://news.example/"})
		mustGet(t, c, fetch.Request{URL: "http://news.example/", Validators: visit.Validators})
		if first := <-asked; strings.Contains(first, "\r\nIf-") {
			t.Errorf("the first request is conditional:\n%s", first)
		}
		second := <-asked
		for _, want := range []string{"\r\nIf-None-Match: " + value + "\r\n", "\r\nIf-Modified-Since: " + value + "\r\n"} {
			if !strings.Contains(second, want) {
				t.Errorf("no %q in\n%s", want, second)
			}
		}
	}
}

func TestA03_ThePairIsReplacedAsOne(t *testing.T) {
	answers := []func(h http.Header){
		func(h http.Header) { h.Set("ETag", `"E1"`); h.Set("Last-Modified", "L1") },
		func(h http.Header) { h.Set("ETag", `"E2"`) },
		func(h http.Header) { h.Set("Last-Modified", "L3") },
		func(http.Header) {},
		func(http.Header) {},
	}
	n := 0
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		answers[n](w.Header())
		n++
	})
	life(t, s, len(answers))
	if diff := cmp.Diff([]string{" ", `"E1" L1`, `"E2" `, " L3", " "}, s.conditions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestA04_SameBodyWithNewValidators(t *testing.T) {
	n := 0
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"2"` && r.Header.Get("If-Modified-Since") == "L2" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		n++
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
		w.Header().Set("Last-Modified", fmt.Sprintf("L%d", n))
		fmt.Fprint(w, "<rss/>")
	})
	if visit := life(t, s, 3); !visit.Unchanged {
		t.Errorf("the third visit had status %d, want 304", visit.Status)
	}
	if diff := cmp.Diff([]string{" ", `"1" L1`, `"2" L2`}, s.conditions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestA05_WhatA304SaysIsApplied(t *testing.T) {
	n := 0
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("Last-Modified", fmt.Sprintf("L%d", n))
		w.Header().Set("Cache-Control", fmt.Sprintf("max-age=%d", 60*n))
		if n == 1 {
			w.Header().Set("ETag", `"e"`)
			return
		}
		w.WriteHeader(http.StatusNotModified)
	})
	visit := life(t, s, 3)
	if visit.MaxAge != 3*time.Minute || !visit.MaxAgeGiven {
		t.Errorf("max-age %v, want that of the last 304", visit.MaxAge)
	}
	if diff := cmp.Diff([]string{" ", `"e" L1`, `"e" L2`}, s.conditions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestA06_AFailureTouchesNoValidators(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nETag: \"new\"\r\nLast-Modified: new\r\n"
	tests := []struct{ name, answer, want string }{
		{"too many requests", "HTTP/1.1 429 Too Many Requests\r\nETag: \"new\"\r\nContent-Length: 0\r\n\r\n", "429"},
		{"not found", "HTTP/1.1 404 Not Found\r\nETag: \"new\"\r\nContent-Length: 0\r\n\r\n", "404"},
		{"gone", "HTTP/1.1 410 Gone\r\nETag: \"new\"\r\nContent-Length: 0\r\n\r\n", "410"},
		{"server error", "HTTP/1.1 503 Service Unavailable\r\nETag: \"new\"\r\nContent-Length: 0\r\n\r\n", "503"},
		{"partial", "HTTP/1.1 206 Partial Content\r\nETag: \"new\"\r\nContent-Length: 0\r\n\r\n", "206"},
		{"no answer", "", "connection closed without an answer"},
		{"not HTTP", "220 mail.example ESMTP\r\n", "malformed HTTP"},
		{"truncated", ok + "Content-Length: 100\r\n\r\n<rss>", "body ended early"},
		{"oversized", ok + "Content-Length: 2000\r\n\r\n" + strings.Repeat("x", 2000), "body over 1 KiB"},
		{"oversized in the end", ok + "\r\n" + strings.Repeat("x", 2000), "body over 1 KiB"},
		{"undecodable", ok + "Content-Encoding: gzip\r\nContent-Length: 15\r\n\r\n<rss>is no gzip", "gzip: invalid header"},
		{"in an unknown coding", ok + "Content-Encoding: br\r\nContent-Length: 5\r\n\r\n<rss>", "was not asked for"},
		{"timeout", "wait", "timeout awaiting response headers"},
		{"timeout within the body", ok + "Content-Length: 100\r\n\r\nwait", "body stalled for 15s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				conditions := make(chan string, 2)
				c := newClient(t, func(o *fetch.Options) { o.MaxBody = 1 << 10 }, only(t, web{"news.example:80": func(conn net.Conn) {
					r, err := http.ReadRequest(bufio.NewReader(conn))
					if err != nil {
						return
					}
					conditions <- r.Header.Get("If-None-Match") + " " + r.Header.Get("If-Modified-Since")
					start, wait := strings.CutSuffix(test.answer, "wait")
					if _, err := io.WriteString(conn, start); err == nil && wait {
						silent(conn)
					}
				}}))
				known := fetch.Validators{URL: "http://news.example/", ETag: `"old"`, LastModified: "old"}
				for range 2 {
					wantError(t, c, fetch.Request{URL: known.URL, Validators: known}, test.want) // and no validators
					if got := <-conditions; got != `"old" old` {
						t.Errorf("conditional on %q", got)
					}
				}
			})
		})
	}
}

func TestA07_ANewClientIsConditionalAtOnce(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"a b"`)
		w.Header().Set("Last-Modified", "about noon")
	})
	kept := life(t, s, 1).Validators
	mustGet(t, newClient(t), fetch.Request{URL: s.URL, Validators: kept})
	if diff := cmp.Diff([]string{" ", `W/"a b" about noon`}, s.conditions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestA09_NoConditionIsInvented(t *testing.T) {
	tests := []struct {
		name   string
		header map[string]string
		want   string
	}{
		{"nothing", nil, " "},
		{"other headers", map[string]string{
			"Date": "Sun, 22 Nov 2026 10:00:00 GMT", "Expires": "Sun, 22 Nov 2026 11:00:00 GMT", "Age": "60",
			"Content-MD5": "Q2hlY2sgSW50ZWdyaXR5IQ==", "Repr-Digest": "sha-256=:AAAA:", "X-ETag": `"x"`, "Cache-Control": "max-age=60",
		}, " "},
		{"only the one", map[string]string{"ETag": `"e"`}, `"e" `},
		{"only the other", map[string]string{"Last-Modified": "L"}, " L"},
		{"empty ones", map[string]string{"ETag": "", "Last-Modified": ""}, " "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				fmt.Fprint(w, "<rss><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></rss>")
			})
			life(t, s, 3)
			if diff := cmp.Diff([]string{" ", test.want, test.want}, s.conditions()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
