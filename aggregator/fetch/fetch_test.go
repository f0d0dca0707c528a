package fetch_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"

	"newsfeed/aggregator/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newClient returns a client that may visit this machine.
func newClient(t testing.TB, changes ...func(*fetch.Options)) *fetch.Client {
	t.Helper()
	o := fetch.Options{UserAgent: "newsfeed/1.0 (+https://example.org/)", AllowPrivate: loopback()}
	for _, change := range changes {
		change(&o)
	}
	c := fetch.New(o)
	t.Cleanup(c.Close)
	return c
}

func loopback() []fetch.Allow {
	return []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}, {Prefix: netip.MustParsePrefix("::1/128")}}
}

// site is a web site that remembers what it was asked.
type site struct {
	*httptest.Server
	mu    sync.Mutex // guards asked
	asked []*http.Request
}

func newSite(t testing.TB, handler http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(s.record(handler))
	t.Cleanup(s.Close)
	return s
}

func newTLSSite(t testing.TB, handler http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewUnstartedServer(s.record(handler))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *site) record(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Clone(context.Background()))
		s.mu.Unlock()
		next(w, r)
	}
}

func (s *site) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.asked...)
}

// last returns the newest request.
func (s *site) last(t testing.TB) *http.Request {
	t.Helper()
	all := s.requests()
	if len(all) == 0 {
		t.Fatal("the site was not asked")
	}
	return all[len(all)-1]
}

func (s *site) trusted(o *fetch.Options) {
	o.RootCAs = x509.NewCertPool()
	o.RootCAs.AddCert(s.Certificate())
}

// named returns the site's URL with another host name before its port.
func (s *site) named(host string) string {
	u, _ := url.Parse(s.URL)
	u.Host = net.JoinHostPort(host, u.Port())
	return u.String()
}

func mustGet(t testing.TB, c *fetch.Client, r fetch.Request) fetch.Visit {
	t.Helper()
	visit, err := c.Get(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return visit
}

// wantError checks that a visit fails, with such a text, and says only what was
// asked.
func wantError(t testing.TB, c *fetch.Client, r fetch.Request, text string) error {
	t.Helper()
	visit, err := c.Get(t.Context(), r)
	if err == nil {
		t.Fatalf("visit of %s succeeded, want an error with %q", r.URL, text)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("error %q, want %q in it", err, text)
	}
	if diff := cmp.Diff(asked(visit), visit); diff != "" {
		t.Errorf("an error came with more than what was asked:\n%s", diff)
	}
	return err
}

// asked returns what a visit says also when it failed.
func asked(v fetch.Visit) fetch.Visit {
	return fetch.Visit{URL: v.URL, Temporary: v.Temporary, Traffic: v.Traffic, Elapsed: v.Elapsed, Permanent: v.Permanent}
}

// resolving returns an option: names are looked up in zone alone.
func resolving(zone map[string]string) func(*fetch.Options) {
	return resolvingBy(func(name string) string { return zone[name] })
}

// resolvingBy returns an option: names have the address that lookup returns, or
// none.
func resolvingBy(lookup func(name string) string) func(*fetch.Options) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go answer(server, lookup)
		return client, nil
	}}
	return func(o *fetch.Options) { o.Resolver = resolver }
}

// answer serves DNS over a stream until it is closed.
func answer(conn net.Conn, lookup func(name string) string) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		query := make([]byte, int(size[0])<<8|int(size[1]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		reply, err := reply(query, lookup)
		if err != nil {
			return
		}
		if _, err := conn.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...)); err != nil {
			return
		}
	}
}

func reply(query []byte, lookup func(name string) string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	if len(m.Questions) != 1 {
		return nil, errors.New("want one question")
	}
	q := m.Questions[0]
	address := lookup(strings.TrimSuffix(q.Name.String(), "."))
	m.Response = true
	m.Additionals = nil
	if address == "" {
		m.RCode = dnsmessage.RCodeNameError
		return m.Pack()
	}
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return nil, fmt.Errorf("address of %s: %w", q.Name, err)
	}
	header := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET}
	switch {
	case addr.Is4() && q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}}}
	case addr.Is6() && q.Type == dnsmessage.TypeAAAA:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}}}
	}
	return m.Pack()
}

func TestGetBringsBytesAndHeaders(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=koi8-r")
		w.Header().Set("Content-Location", "/feeds/1.xml")
		w.Header().Set("Link", `<https://hub.example/>; rel="hub"`)
		fmt.Fprint(w, "<rss/>")
	})
	c := newClient(t)
	visit := mustGet(t, c, fetch.Request{URL: s.URL + "/news?page=1#top"})
	if visit.URL != s.URL+"/news?page=1" {
		t.Errorf("URL %q", visit.URL)
	}
	if visit.Status != 200 || visit.Unchanged || string(visit.Body) != "<rss/>" || visit.Bytes != 6 {
		t.Errorf("got %d, unchanged %v, %d bytes %q", visit.Status, visit.Unchanged, visit.Bytes, visit.Body)
	}
	if visit.ContentType != "application/rss+xml; charset=koi8-r" || visit.Header.Get("Link") == "" {
		t.Errorf("header %v", visit.Header)
	}
	if visit.ContentLocation != s.URL+"/feeds/1.xml" {
		t.Errorf("content location %q", visit.ContentLocation)
	}
	if visit.Elapsed <= 0 {
		t.Errorf("elapsed %v", visit.Elapsed)
	}
}

func TestHTTP2(t *testing.T) {
	s := newTLSSite(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) })
	c := newClient(t, s.trusted)
	if got := string(mustGet(t, c, fetch.Request{URL: s.URL}).Body); got != "HTTP/2.0" {
		t.Errorf("protocol %s", got)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })
	c := newClient(t)
	first := mustGet(t, c, fetch.Request{URL: s.URL})
	second := mustGet(t, c, fetch.Request{URL: s.URL})
	if string(first.Body) != string(second.Body) {
		t.Errorf("two visits came from %s and %s", first.Body, second.Body)
	}
}

func TestEndOfContextIsReturned(t *testing.T) {
	started := make(chan struct{})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
	})
	c := newClient(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-started
		cancel()
	}()
	for _, when := range []string{"under way", "before the turn"} {
		if _, err := c.Get(ctx, fetch.Request{URL: s.URL}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", when, err, context.Canceled)
		}
	}
}

func TestContentLocation(t *testing.T) {
	tests := []struct{ value, want string }{
		{"", ""},
		{"https://example.org/feed#top", "https://example.org/feed"},
		{"http://%zz/", ""},
		{"urn:uuid:1", ""},
	}
	for _, test := range tests {
		t.Run(test.value, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Location", test.value)
			})
			if got := mustGet(t, newClient(t), fetch.Request{URL: s.URL}).ContentLocation; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
