package guard

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// lookEvery is how often the files of a certificate are looked at, when clients
// come.
const lookEvery = 10 * time.Second

// Files returns the settings of TLS with the certificate and the key in two PEM
// files. They are read again when they have changed; while what they then hold
// is no certificate with its key, the old one is used.
func Files(cert, key string, log *slog.Logger) (*tls.Config, error) {
	f := &files{cert: cert, key: key, log: log}
	if err := f.read(); err != nil {
		return nil, err
	}
	c := settings()
	c.GetCertificate = f.current
	return c, nil
}

func settings() *tls.Config { return &tls.Config{MinVersion: tls.VersionTLS12} }

// files hold a certificate. It is safe for concurrent use.
type files struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex // guards the fields below
	pair   *tls.Certificate
	seen   [2]version // of the files when they were last read
	looked time.Time
}

// version tells a file from what it was before.
type version struct {
	modified time.Time
	size     int64
}

// current returns the certificate as the files have it now.
func (f *files) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < lookEvery {
		return f.pair, nil
	}
	f.looked = time.Now()
	if f.versions() != f.seen {
		if err := f.read(); err != nil {
			f.log.Error("the certificate is not replaced; write both files anew", "err", err)
		} else {
			f.log.Info("the certificate was replaced", "cert", f.cert)
		}
	}
	return f.pair, nil
}

// read reads the files. The caller holds the mutex, or is the only one.
func (f *files) read() error {
	f.seen = f.versions()
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("read certificate (server.tls.cert, server.tls.key): %w", err)
	}
	f.pair, f.looked = &pair, time.Now()
	return nil
}

func (f *files) versions() (seen [2]version) {
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			seen[i] = version{info.ModTime(), info.Size()}
		}
	}
	return seen
}

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
func (a Authority) TLS() *tls.Config {
	m := &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(a.Folder),
		HostPolicy: autocert.HostWhitelist(a.Hosts...),
		Email:      a.Email,
		Client:     &acme.Client{DirectoryURL: cmp.Or(a.Directory, autocert.DefaultACMEDirectory), HTTPClient: a.Client},
	}
	c := m.TLSConfig()
	c.MinVersion = tls.VersionTLS12
	return c
}
