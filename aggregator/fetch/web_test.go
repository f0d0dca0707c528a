package fetch_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"newsfeed/aggregator/fetch"
)

// web is a network in memory: what each address, "host:port", does with a
// connection. An address with nil is never reached; others do not exist.
type web map[string]func(net.Conn)

// only returns an option: the web is the whole network. The test ends when all
// its connections have been served.
func only(t testing.TB, w web) func(*fetch.Options) {
	var connections sync.WaitGroup
	t.Cleanup(connections.Wait)
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		serve, ok := w[address]
		if !ok {
			return nil, fmt.Errorf("nobody listens at %s", address)
		}
		if serve == nil {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		client, server := net.Pipe()
		connections.Go(func() {
			defer server.Close()
			serve(server)
		})
		return client, nil
	}
	return func(o *fetch.Options) { o.Dial = dial }
}

// answering serves one request with these bytes, which handle returns.
func answering(handle func(*http.Request) string) func(net.Conn) {
	return func(conn net.Conn) {
		if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, handle(r))
		}
	}
}

func saying(answer string) func(net.Conn) {
	return answering(func(*http.Request) string { return answer })
}

const empty200 = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

func TestDialReplacesTheDialerButNotTheGuardOfURLs(t *testing.T) {
	c := newClient(t, allowNothing, only(t, web{
		"news.example:80":   saying(empty200),
		"10.0.0.1:80":       saying(empty200),
		"news.example:25":   saying(empty200),
		"moved.example:80":  saying("HTTP/1.1 302 Found\r\nLocation: http://[::1]/\r\nContent-Length: 0\r\n\r\n"),
		"[::1]:80":          saying(empty200),
		"inside.example:80": saying(empty200), // which is for Dial to refuse
	}))
	mustGet(t, c, fetch.Request{URL: "http://news.example/"})
	mustGet(t, c, fetch.Request{URL: "http://inside.example/"})
	wantError(t, c, fetch.Request{URL: "http://10.0.0.1/"}, "private address")
	wantError(t, c, fetch.Request{URL: "http://moved.example/"}, "private address")
	wantError(t, c, fetch.Request{URL: "http://news.example:25/"}, "port 25 is not allowed")
	err := wantError(t, c, fetch.Request{URL: "http://none.example/"}, "")
	if want := "nobody listens at none.example:80"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
