package guard

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/time/rate"
)

// tellEvery is how often it is told that a certificate cannot be had: every
// client asks for it anew.
const tellEvery = time.Minute

// Authority is from whom certificates are had by ACME (RFC 8555).
type Authority struct {
	Hosts     []string     // to have certificates for
	Folder    string       // where account and certificates are kept
	Email     string       // told of what goes wrong; may be empty
	Directory string       // URL of the authority; empty: Let's Encrypt
	Client    *http.Client // by which to ask it
}

// TLS returns the settings of TLS with certificates of the authority, which are
// asked for when the first client comes and again at a third of their life
// before its end. The authority must reach the server at port 443 (TLS-ALPN-01,
// RFC 8737). Its terms of service count as agreed to.
func (a Authority) TLS(log *slog.Logger) *Certificates {
	m := &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(a.Folder),
		HostPolicy: autocert.HostWhitelist(a.Hosts...),
		Email:      a.Email,
		Client:     &acme.Client{DirectoryURL: cmp.Or(a.Directory, autocert.DefaultACMEDirectory), HTTPClient: a.Client},
	}
	used, told := newCertificates(m.TLSConfig()), rate.Sometimes{Interval: tellEvery}
	used.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		pair, err := m.GetCertificate(hello)
		switch {
		case slices.Contains(hello.SupportedProtos, acme.ALPNProto): // the authority asks, not a client
		case err == nil:
			used.use(kind(pair), pair)
		case slices.Contains(a.Hosts, strings.ToLower(hello.ServerName)): // others are strangers' doing
			told.Do(func() {
				log.Error("no certificate can be had; the authority must reach port 443 of the host", "host", hello.ServerName, "err", err)
			})
		}
		return pair, err
	}
	return used
}

// kind tells a certificate from others that are in use beside it, but not from
// the one that it replaces.
func kind(pair *tls.Certificate) string {
	if pair.Leaf == nil {
		return ""
	}
	return strings.Join(pair.Leaf.DNSNames, " ") + " " + pair.Leaf.PublicKeyAlgorithm.String()
}
