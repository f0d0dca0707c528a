package guard

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how often the files of a certificate are looked at, when clients
// come.
const lookEvery = 10 * time.Second

// Files returns the settings of TLS with the certificate and the key in two PEM
// files. They are read again when they have changed; while what they then hold
// is no certificate with its key, the old one is used.
func Files(cert, key string, log *slog.Logger) (*Certificates, error) {
	f := &files{cert: cert, key: key, log: log, used: newCertificates(&tls.Config{})}
	if err := f.read(); err != nil {
		return nil, err
	}
	f.used.GetCertificate = f.current
	return f.used, nil
}

// files hold a certificate. It is safe for concurrent use.
type files struct {
	cert, key string
	log       *slog.Logger
	used      *Certificates

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
	f.used.use("files", &pair)
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
