package fetch_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/internal/bubble"
)

// drip sends one byte a second, for ever.
func drip(start string) func(net.Conn) { return repeat(start, "x") }

// again sends so much a second, for ever.
func again(part string) func(net.Conn) { return repeat("", part) }

func repeat(start, part string) func(net.Conn) {
	return func(conn net.Conn) {
		_, err := conn.Read(make([]byte, 4<<10))
		if err == nil {
			_, err = io.WriteString(conn, start)
		}
		for err == nil {
			<-time.After(time.Second)
			_, err = io.WriteString(conn, part)
		}
	}
}

func silent(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// stall sends so much, and then nothing.
func stall(start string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4<<10))
		_, _ = io.WriteString(conn, start)
		silent(conn)
	}
}

func TestD09_SlowServersHoldNobodyUp(t *testing.T) {
	const body = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
	tests := []struct {
		name, url string
		serve     func(net.Conn)
		timeout   time.Duration
		after     time.Duration
		want      string
	}{
		{"never connected", "http://slow.example/", nil, 0, 10 * time.Second, "deadline exceeded"},
		{"no TLS handshake", "https://slow.example/", silent, 0, 10 * time.Second, "TLS handshake timeout"},
		{"TLS byte by byte", "https://slow.example/", drip("\x16\x03\x03\x40\x00"), 0, 10 * time.Second, "TLS handshake timeout"},
		{"no answer", "http://slow.example/", silent, 0, 15 * time.Second, "timeout awaiting response headers"},
		{"header byte by byte", "http://slow.example/", drip("HTTP/1.1 200 OK\r\nX: "), 0, 15 * time.Second, "timeout awaiting response headers"},
		{"status byte by byte", "http://slow.example/", drip(""), 0, 15 * time.Second, "timeout awaiting response headers"},
		{"interim answers", "http://slow.example/", again("HTTP/1.1 103 Early Hints\r\n\r\n"), 0, 15 * time.Second, "timeout awaiting response headers"},
		{"body byte by byte", "http://slow.example/", drip(body), 0, 20 * time.Second, "timeout after 20s"},
		{"body that stalls", "http://slow.example/", stall(body + "<rss>"), 0, 15 * time.Second, "body stalled for 15s"},
		{"body that stalls at once", "http://slow.example/", stall(body), time.Hour, 15 * time.Second, "body stalled for 15s"},
		{"patience as configured", "http://slow.example/", drip(body), time.Minute, time.Minute, "timeout after 1m0s"},
		{"impatience too", "http://slow.example/", silent, time.Second, time.Second, "timeout after 1s"},
		{
			"redirect byte by byte", "http://slow.example/", drip("HTTP/1.1 302 Found\r\nLocation: /more\r\nContent-Length: 100000\r\n\r\n"),
			0, 20 * time.Second, "timeout after 20s",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				network := web{"slow.example:80": test.serve, "slow.example:443": test.serve}
				for i := range 5 {
					network[fmt.Sprintf("quick%d.example:80", i)] = saying(empty200)
				}
				c := newClient(t, only(t, network), func(o *fetch.Options) { o.Timeout = test.timeout })
				begin := time.Now()
				var all sync.WaitGroup
				all.Go(func() {
					visit, err := c.Get(t.Context(), fetch.Request{URL: test.url})
					if err == nil || !strings.Contains(err.Error(), test.want) {
						t.Errorf("got %v, want %s", err, test.want)
					}
					if took := time.Since(begin); took != test.after || visit.Elapsed != test.after {
						t.Errorf("took %v and says %v, want %v", took, visit.Elapsed, test.after)
					}
				})
				for i := range 5 { // meanwhile
					visit := mustGet(t, c, fetch.Request{URL: fmt.Sprintf("http://quick%d.example/", i)})
					if visit.Elapsed != 0 {
						t.Errorf("another visit took %v", visit.Elapsed)
					}
					<-time.After(time.Second / 10)
				}
				all.Wait()
			})
		})
	}
}

func TestWaitingForTheTurnIsNotTimedOut(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		c := newClient(t, only(t, web{"news.example:80": saying(empty200)}), func(o *fetch.Options) { o.HostInterval = time.Minute })
		mustGet(t, c, fetch.Request{URL: "http://news.example/"})
		if visit := mustGet(t, c, fetch.Request{URL: "http://news.example/"}); visit.Elapsed != 0 {
			t.Errorf("elapsed %v counts the wait", visit.Elapsed)
		}
	})
}

// A slow body is no stalled one.
func TestD09_ASteadyBodyMayTakeItsTime(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		c := newClient(t, func(o *fetch.Options) { o.Timeout = time.Hour }, only(t, web{"slow.example:80": func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4<<10))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
			for range 20 {
				<-time.After(14 * time.Second)
				_, _ = io.WriteString(conn, "x")
			}
		}}))
		if visit := mustGet(t, c, fetch.Request{URL: "http://slow.example/"}); len(visit.Body) != 20 || visit.Elapsed != 280*time.Second {
			t.Errorf("%d bytes in %v", len(visit.Body), visit.Elapsed)
		}
	})
}

// flood returns how many bytes that are taken until one is refused.
func flood(conn net.Conn, start, part string) (taken int) {
	_, _ = conn.Read(make([]byte, 4<<10))
	n, err := io.WriteString(conn, start)
	for taken = n; err == nil; taken += n {
		n, err = io.WriteString(conn, part)
	}
	return taken
}

func TestD10_D11_EndlessAnswersAreCutOff(t *testing.T) {
	tests := []struct {
		name, start, part string
		most              int
		want              string
	}{
		{"header fields", "HTTP/1.1 200 OK\r\n", "X-Field: " + strings.Repeat("x", 1000) + "\r\n", 80 << 10, "headers exceeded 65536 bytes"},
		{"one header field", "HTTP/1.1 200 OK\r\nX-Field: ", strings.Repeat("x", 1000), 80 << 10, "headers exceeded 65536 bytes"},
		{"interim answers", "", "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n", 80 << 10, ""},
		{"body", "HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 1000), 64<<10 + 8<<10, "body over 64 KiB"},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 6 * (64<<10 + 8<<10), "body over 64 KiB"},
		{"body of a redirect", "HTTP/1.1 302 Found\r\nLocation: http://end.example/\r\n\r\n", strings.Repeat("x", 1000), 20 << 10, "404"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				var taken int
				c := newClient(t, only(t, web{
					"flood.example:80": func(conn net.Conn) { taken = flood(conn, test.start, test.part) },
					"end.example:80":   saying("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
				}), func(o *fetch.Options) { o.MaxBody = 64 << 10 })
				wantError(t, c, fetch.Request{URL: "http://flood.example/"}, test.want)
				c.Close()
				synctest.Wait()
				if taken == 0 || taken > test.most {
					t.Errorf("took %d bytes, want at most %d", taken, test.most)
				}
			})
		})
	}
}

func TestA36_AHundredSourcesOfOneSite(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		const interval, answer = 2 * time.Second, 3 * time.Second
		var mu sync.Mutex // guards the three
		busy, asked := 0, 0
		var left time.Time
		network := web{}
		serve := answering(func(*http.Request) string {
			mu.Lock()
			defer mu.Unlock()
			if busy++; busy != 1 {
				t.Errorf("%d requests at once", busy)
			}
			if gap := time.Since(left); asked > 0 && gap < interval {
				t.Errorf("%v after the request before", gap)
			}
			asked++
			mu.Unlock()
			<-time.After(answer)
			mu.Lock()
			left = time.Now()
			busy--
			return empty200
		})
		for i := range 100 {
			network[fmt.Sprintf("section%d.news.example:80", i)] = serve
		}
		c := newClient(t, only(t, network), func(o *fetch.Options) { o.HostInterval = interval })
		begin := time.Now()
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				visit, err := c.Get(t.Context(), fetch.Request{URL: fmt.Sprintf("http://section%d.news.example/", i)})
				if err != nil || visit.Elapsed != answer || visit.Traffic.Run > 1 && visit.Traffic.Gap != interval {
					t.Errorf("%v, elapsed %v, %+v", err, visit.Elapsed, visit.Traffic)
				}
			})
		}
		all.Wait()
		if took, want := time.Since(begin), 100*answer+99*interval; took != want || asked != 100 {
			t.Errorf("%d requests took %v, want 100 in %v", asked, took, want)
		}
	})
}
