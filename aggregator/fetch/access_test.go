package fetch_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
)

// expired returns a certificate for this machine that is no longer valid.
func expired(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestD35_BadCertificatesAreRefusedUnlessTheSourceTakesAny(t *testing.T) {
	good := newTLSSite(t, func(http.ResponseWriter, *http.Request) {})
	old := &site{}
	old.Server = httptest.NewUnstartedServer(old.record(func(http.ResponseWriter, *http.Request) {}))
	old.TLS = &tls.Config{Certificates: []tls.Certificate{expired(t)}}
	old.Config.ErrorLog = quiet()
	old.StartTLS()
	t.Cleanup(old.Close)
	names := resolving(map[string]string{"news.example": "127.0.0.1"})
	tests := []struct {
		name, url string
		site      *site
		trusted   func(*fetch.Options)
		want      string
	}{
		{"of its own making", good.URL, good, func(*fetch.Options) {}, "certificate signed by unknown authority"},
		{"of another host", good.named("news.example"), good, good.trusted, "not news.example"},
		{"expired", old.URL, old, old.trusted, "expired"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newClient(t, test.trusted, names)
			before := len(test.site.requests())
			err := wantError(t, c, fetch.Request{URL: test.url}, test.want)
			if len(test.site.requests()) != before || !fetch.Unanswered(err) {
				t.Errorf("the request was sent: %v", err)
			}
			mustGet(t, c, fetch.Request{URL: test.url, Access: fetch.Access{AnyCertificate: true}})
			// The connection that is open now is of no use to others.
			wantError(t, c, fetch.Request{URL: test.url}, test.want)
		})
	}
}

func TestD35_AnyCertificateIsForTheSourceItself(t *testing.T) {
	var target string
	s := newTLSSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, target, http.StatusFound)
		}
	})
	elsewhere := newTLSSite(t, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, resolving(map[string]string{"other.example": "127.0.0.1"}))
	anyone := fetch.Access{AnyCertificate: true}

	target = s.URL + "/here"
	mustGet(t, c, fetch.Request{URL: s.URL + "/away", Access: anyone})
	target = elsewhere.named("other.example")
	wantError(t, c, fetch.Request{URL: s.URL + "/away", Access: anyone}, "certificate")
	wantError(t, c, fetch.Request{URL: s.URL, MovedTo: target, Access: anyone}, "certificate")
	wantError(t, c, fetch.Request{URL: elsewhere.URL}, "certificate")
	if n := len(elsewhere.requests()); n != 0 {
		t.Errorf("%d requests were sent elsewhere", n)
	}
}

// secured serves TLS, as example.com, whose certificate httptest has.
func secured(t *testing.T, serve func(net.Conn)) (func(net.Conn), func(*fetch.Options)) {
	t.Helper()
	s := newTLSSite(t, func(http.ResponseWriter, *http.Request) {})
	config := &tls.Config{Certificates: s.TLS.Certificates}
	return func(conn net.Conn) { serve(tls.Server(conn, config)) }, s.trusted
}

func TestD35_CredentialsAndHeadersGoNowhereElse(t *testing.T) {
	tests := []struct {
		name, url, at string
		want          bool
	}{
		{"the same page", "http://example.com/", "http://example.com/", true},
		{"another page", "http://example.com/", "http://example.com/new", true},
		{"another spelling", "http://example.com/", "http://Example.COM/", true},
		{"another host", "http://example.com/", "http://example.net/", false},
		{"a host below", "http://example.com/", "http://news.example.com/", false},
		{"the host above", "http://news.example.com/", "http://example.com/", false},
		{"another port", "http://example.com/", "http://example.com:8080/", false},
		{"from another port", "http://example.com:8080/", "http://example.com/", false},
		{"the same port", "http://example.com:8080/", "http://example.com:8080/new", true},
		{"with TLS", "http://example.com/", "https://example.com/", true},
		{"with TLS at another port", "http://example.com:8080/", "https://example.com/", false},
		{"without TLS", "https://example.com/", "http://example.com/", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []http.Header
			serve := answering(func(r *http.Request) string {
				if r.URL.Path == "/start" {
					return "HTTP/1.1 302 Found\r\nLocation: " + test.at + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
				}
				got = append(got, r.Header)
				return empty200
			})
			network := web{}
			for _, host := range []string{"example.com", "Example.COM", "example.net", "news.example.com"} {
				network[host+":80"], network[host+":8080"] = serve, serve
			}
			var trusted func(*fetch.Options)
			network["example.com:443"], trusted = secured(t, serve)
			c := newClient(t, only(t, network), trusted)
			r := fetch.Request{URL: test.url, MovedTo: test.at, Access: fetch.Access{
				User:   url.UserPassword("ann", "word"),
				Header: http.Header{"X-Token": {"abc"}, "Cookie": {"a=b"}, "Authorization": {"replaced by User"}},
			}}
			mustGet(t, c, r)
			if test.url[:5] != "https" { // to which it would not redirect
				r.URL, r.MovedTo = test.url+"start", ""
				mustGet(t, c, r)
			}
			want := http.Header{"Authorization": {"Basic YW5uOndvcmQ="}, "X-Token": {"abc"}, "Cookie": {"a=b"}}
			if !test.want {
				want = http.Header{}
			}
			for _, h := range got {
				for _, name := range []string{"Accept", "Accept-Encoding", "User-Agent"} {
					h.Del(name)
				}
				if diff := cmp.Diff(want, h); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			if len(got) == 0 {
				t.Error("not asked")
			}
		})
	}
}

func TestD35_RobotsTxtIsAskedWithoutCredentials(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {})
	mustGet(t, newClient(t, briskly), fetch.Request{URL: s.URL + "/a", Page: true, Access: fetch.Access{
		User: url.UserPassword("ann", "word"), Header: http.Header{"X-Token": {"abc"}},
	}})
	for _, r := range s.requests() {
		_, _, sent := r.BasicAuth()
		if want := r.URL.Path == "/a"; sent != want || (r.Header.Get("X-Token") != "") != want {
			t.Errorf("%s: %v", r.URL, r.Header)
		}
	}
}

func TestA47_HTTP1OnlyWhereAsked(t *testing.T) {
	s := newTLSSite(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) })
	c := newClient(t, s.trusted)
	for range 2 {
		if got := string(mustGet(t, c, fetch.Request{URL: s.URL}).Body); got != "HTTP/2.0" {
			t.Errorf("protocol %s", got)
		}
		if got := string(mustGet(t, c, fetch.Request{URL: s.URL, Access: fetch.Access{HTTP1: true}}).Body); got != "HTTP/1.1" {
			t.Errorf("protocol %s, want HTTP/1.1", got)
		}
	}
}

func TestConnectionsAreUsedAgainByTheLike(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })
	c := newClient(t, allowNothing)
	this := []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.1/32")}}
	from := func(a fetch.Access) string { return string(mustGet(t, c, fetch.Request{URL: s.URL, Access: a}).Body) }
	first := from(fetch.Access{Allow: loopback()})
	if again := from(fetch.Access{Allow: loopback(), Header: http.Header{"X-Token": {"abc"}}}); again != first {
		t.Errorf("two visits came from %s and %s", first, again)
	}
	for _, other := range []fetch.Access{{Allow: this}, {Allow: loopback(), HTTP1: true}, {Allow: loopback(), AnyCertificate: true}} {
		if from(other) == first {
			t.Errorf("%+v had the connection of others", other)
		}
	}
}
