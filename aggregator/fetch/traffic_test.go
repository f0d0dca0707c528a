package fetch_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
	"newsfeed/internal/bubble"
)

func TestTrafficIsCounted(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		answer := func(r *http.Request) string {
			switch r.URL.Path {
			case "/moved":
				return "HTTP/1.1 301 Moved\r\nLocation: /gone\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
			case "/away":
				return "HTTP/1.1 301 Moved\r\nLocation: http://other.test/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
			case "/gone":
				<-time.After(time.Second)
				return "HTTP/1.1 410 Gone\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
			}
			return empty200
		}
		network := web{"stuck.test:80": nil}
		for _, host := range []string{"news.test:80", "www.news.test:80", "other.test:80"} {
			network[host] = answering(answer)
		}
		c := newClient(t, only(t, network), func(o *fetch.Options) { o.HostInterval = 2 * time.Second })
		known := fetch.Validators{URL: "http://news.test/", ETag: `"e"`}
		steps := []struct {
			name      string
			pause     time.Duration
			request   fetch.Request
			want      fetch.Traffic
			elapsed   time.Duration
			permanent string
		}{
			{"first", 0, fetch.Request{URL: "http://news.test/"}, fetch.Traffic{Requests: 1, Run: 1}, 0, ""},
			{"conditional", 0, fetch.Request{URL: "http://news.test/", Validators: known}, fetch.Traffic{Requests: 1, Conditional: 1, Gap: 2 * time.Second, Run: 2}, 0, ""},
			{"of another page", 9 * time.Second, fetch.Request{URL: "http://news.test/b", Validators: known}, fetch.Traffic{Requests: 1, Gap: 9 * time.Second, Run: 3}, 0, ""},
			{"of the same site", 59 * time.Second, fetch.Request{URL: "http://www.news.test/"}, fetch.Traffic{Requests: 1, Gap: 59 * time.Second, Run: 4}, 0, ""},
			{"after a pause", time.Minute, fetch.Request{URL: "http://news.test/"}, fetch.Traffic{Requests: 1, Gap: time.Minute, Run: 1}, 0, ""},
			{"failed after a move", time.Hour, fetch.Request{URL: "http://news.test/moved"}, fetch.Traffic{Requests: 2, Gap: 2 * time.Second, Run: 2}, time.Second, "http://news.test/gone"},
			{"moved to another site", time.Hour, fetch.Request{URL: "http://news.test/away"}, fetch.Traffic{Requests: 2, Gap: time.Hour, Run: 1}, 0, "http://other.test/"},
			{"page", time.Hour, fetch.Request{URL: "http://news.test/a", Page: true}, fetch.Traffic{Requests: 2, Gap: 2 * time.Second, Run: 2}, 0, ""},
			{"page, with robots.txt known", 0, fetch.Request{URL: "http://news.test/a", Page: true}, fetch.Traffic{Requests: 1, Gap: 2 * time.Second, Run: 3}, 0, ""},
			{"not reached", 0, fetch.Request{URL: "http://stuck.test/"}, fetch.Traffic{Requests: 1, Run: 1}, 10 * time.Second, ""},
			{"refused here", 0, fetch.Request{URL: "http://10.0.0.1/"}, fetch.Traffic{}, 0, ""},
			{"no URL", 0, fetch.Request{URL: "news.test"}, fetch.Traffic{}, 0, ""},
		}
		for _, step := range steps {
			<-time.After(step.pause)
			visit, _ := c.Get(t.Context(), step.request)
			if diff := cmp.Diff(step.want, visit.Traffic); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
			if visit.Elapsed != step.elapsed || visit.Permanent != step.permanent {
				t.Errorf("%s: elapsed %v, permanent %q; want %v, %q", step.name, visit.Elapsed, visit.Permanent, step.elapsed, step.permanent)
			}
		}
	})
}

// Where no gap is kept, it is not taken for an unknown one.
func TestTraffic_NoGapIsAGap(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		c := newClient(t, only(t, web{"news.test:80": saying(empty200)}))
		mustGet(t, c, fetch.Request{URL: "http://news.test/"})
		if gap := mustGet(t, c, fetch.Request{URL: "http://news.test/"}).Traffic.Gap; gap != 1 {
			t.Errorf("gap %v, want the least there is", gap)
		}
	})
}

func TestTraffic_OfAVisitThatGaveUp(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		c := newClient(t, only(t, web{"news.test:80": silent}))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		visit, err := c.Get(ctx, fetch.Request{URL: "http://news.test/"})
		want := fetch.Visit{URL: visit.URL, Traffic: fetch.Traffic{Requests: 1, Run: 1}, Elapsed: 3 * time.Second}
		if diff := cmp.Diff(want, visit); diff != "" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestUnanswered(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
	forbidding := answering(func(r *http.Request) string {
		return head + "Content-Length: 26\r\n\r\nUser-agent: *\nDisallow: /\r\n"
	})
	network := web{
		"stuck.test:80":   nil,
		"silent.test:80":  silent,
		"silent.test:443": silent,
		"closed.test:80":  func(net.Conn) {},
		"mute.test:80":    func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) },
		"mail.test:80":    saying("220 mail.test ESMTP\r\n"),
		"plain.test:443":  saying(empty200),
		"halt.test:80":    stall("HTTP/1.1 200 OK\r\nContent-Le"),

		"lost.test:80":   saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
		"broken.test:80": saying("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
		"loop.test:80":   saying("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
		"inside.test:80": saying("HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
		"away.test:80":   saying("HTTP/1.1 302 Found\r\nLocation: http://stuck.test/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
		"short.test:80":  saying(head + "Content-Length: 9\r\n\r\n<rss>"),
		"stall.test:80":  stall("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss>"),
		"coded.test:80":  saying(head + "Content-Encoding: br\r\nContent-Length: 5\r\n\r\n<rss>"),
		"same.test:80":   saying("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"),
		"robots.test:80": forbidding,
	}
	tests := []struct {
		name string
		r    fetch.Request
		want bool
	}{
		{"nobody there", fetch.Request{URL: "http://none.test/"}, true},
		{"never connected", fetch.Request{URL: "http://stuck.test/"}, true},
		{"no answer", fetch.Request{URL: "http://silent.test/"}, true},
		{"no TLS handshake", fetch.Request{URL: "https://silent.test/"}, true},
		{"not TLS", fetch.Request{URL: "https://plain.test/"}, true},
		{"closed", fetch.Request{URL: "http://closed.test/"}, true},
		{"closed after the request", fetch.Request{URL: "http://mute.test/"}, true},
		{"not HTTP", fetch.Request{URL: "http://mail.test/"}, true},
		{"half a header", fetch.Request{URL: "http://halt.test/"}, true},
		{"after a redirect", fetch.Request{URL: "http://away.test/"}, true},
		{"of robots.txt", fetch.Request{URL: "http://stuck.test/", Page: true}, true},

		{"not found", fetch.Request{URL: "http://lost.test/"}, false},
		{"server error", fetch.Request{URL: "http://broken.test/"}, false},
		{"redirect loop", fetch.Request{URL: "http://loop.test/"}, false},
		{"redirect that is refused", fetch.Request{URL: "http://inside.test/"}, false},
		{"short body", fetch.Request{URL: "http://short.test/"}, false},
		{"body that stalls", fetch.Request{URL: "http://stall.test/"}, false},
		{"unknown coding", fetch.Request{URL: "http://coded.test/"}, false},
		{"unasked 304", fetch.Request{URL: "http://same.test/"}, false},
		{"forbidden by robots.txt", fetch.Request{URL: "http://robots.test/", Page: true}, false},
		{"private address", fetch.Request{URL: "http://10.0.0.1/"}, false},
		{"port", fetch.Request{URL: "http://none.test:25/"}, false},
		{"no URL", fetch.Request{URL: "none.test"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, func(t *testing.T) {
				err := wantError(t, newClient(t, only(t, network)), test.r, "")
				if got := fetch.Unanswered(err); got != test.want {
					t.Errorf("got %v, want %v for: %v", got, test.want, err)
				}
			})
		})
	}
	if fetch.Unanswered(nil) || fetch.Unanswered(context.Canceled) {
		t.Error("no error of the network is one")
	}
}

// The same for what a network in memory has not.
func TestUnanswered_OnTheSystemsNetwork(t *testing.T) {
	l := httptest.NewServer(http.NotFoundHandler())
	u, _ := url.Parse(l.URL)
	l.Close()
	reset := listen(t, func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) })
	names := resolving(map[string]string{"inside.example": "10.0.0.1"})
	for _, test := range []struct {
		url  string
		want bool
	}{
		{"http://" + u.Host, true},
		{"http://" + reset, true},
		{"http://none.example/", true},
		{"http://inside.example/", false},
	} {
		err := wantError(t, newClient(t, names), fetch.Request{URL: test.url}, "")
		if got := fetch.Unanswered(fmt.Errorf("poll: %w", err)); got != test.want {
			t.Errorf("%s: got %v for: %v", test.url, got, err)
		}
	}
	c := newClient(t, names)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, fetch.Request{URL: "http://" + reset}); fetch.Unanswered(err) {
		t.Errorf("a visit that was ended counts as unanswered: %v", err)
	}
	if err := wantError(t, c, fetch.Request{URL: strings.Repeat("x", 10)}, ""); fetch.Unanswered(err) {
		t.Error(err)
	}
}
