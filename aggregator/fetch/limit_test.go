package fetch_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"unicode"

	"newsfeed/aggregator/fetch"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// listen serves each connection with one call of serve, once a request has
// begun to arrive, and returns the address.
func listen(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 4<<10))
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

func TestD10_HeaderIsBounded(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		for i := range 20 {
			w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 4<<10))
		}
	}
	t.Run("http/1.1", func(t *testing.T) {
		s := newSite(t, handler)
		wantError(t, newClient(t), fetch.Request{URL: s.URL}, "response headers exceeded 65536 bytes")
	})
	t.Run("http/2", func(t *testing.T) {
		s := newTLSSite(t, handler)
		wantError(t, newClient(t, s.trusted), fetch.Request{URL: s.URL}, "PROTOCOL_ERROR")
	})
}

func TestD33_ErrorsAreOnePrintableLine(t *testing.T) {
	responses := []string{
		"HTTP/1.1 500 \x1b[2Jgone\r\n\r\n",
		"\x1b]0;title\x07 \u202e not HTTP\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: \x1b[31mred\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: " + strings.Repeat("x", 10000) + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: " + strings.Repeat("é", 10000) + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: x" + strings.Repeat("é", 10000) + "\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: http://a\x1bb/\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: http://\u202ecom.example/\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: evil-" + strings.Repeat("x", 10000) + "://x/\r\n\r\n",
		strings.Repeat("long ", 10000),
	}
	c := newClient(t, resolving(nil))
	for _, response := range responses {
		address := listen(t, func(conn net.Conn) { _, _ = conn.Write([]byte(response)) })
		checkLine(t, wantError(t, c, fetch.Request{URL: "http://" + address}, ""))
	}
}

func checkLine(t testing.TB, err error) {
	t.Helper()
	text := err.Error()
	if text == "" || len(text) > 1000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("error is no short printable line: %.200q", text)
	}
}

func TestD33_ErrorsShowNoSecrets(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	host := strings.TrimPrefix(s.URL, "http://")
	c := newClient(t, resolving(nil))
	for _, raw := range []string{
		"http://ann:secret@" + host + "/secret?token=secret",
		"http://ann:secret@news.example/secret?token=secret",
		"http://ann:secret@10.0.0.1/secret?token=secret",
		"http://ann:secret@127.0.0.1:1/secret?token=secret",
		"http://ann:sec#ret-secret@" + host + "/",
		"http://ann:secret@" + host + "/%zz-secret",
		"http://ann:secret@" + host + ":x/",
		"gopher://ann:secret@" + host + "/",
		"ann:secret@" + host + "/",
	} {
		_, err := c.Get(t.Context(), fetch.Request{URL: raw})
		if err == nil {
			t.Fatalf("visit of %s succeeded", raw)
		}
		if strings.Contains(err.Error(), "sec") || strings.Contains(err.Error(), "ann") {
			t.Errorf("visit of %s: %v", raw, err)
		}
	}
}

func TestUnknownHost(t *testing.T) {
	c := newClient(t, resolving(nil))
	err := wantError(t, c, fetch.Request{URL: "http://news.example/"}, "")
	if want := "lookup news.example: no such host"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	var cause *net.DNSError
	if !errors.As(err, &cause) || !cause.IsNotFound {
		t.Errorf("the cause %#v is lost", err)
	}
}

func TestD35_CertificatesAreVerified(t *testing.T) {
	s := newTLSSite(t, func(http.ResponseWriter, *http.Request) {})
	wantError(t, newClient(t), fetch.Request{URL: s.URL}, "certificate")
	if len(s.requests()) != 0 {
		t.Error("the request was sent")
	}
}

func TestD35_OldTLSIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.StartTLS()
	t.Cleanup(s.Close)
	wantError(t, newClient(t, (&site{Server: s}).trusted), fetch.Request{URL: s.URL}, "protocol version")
}
