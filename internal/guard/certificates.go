package guard

import (
	"crypto/tls"
	"sync"
	"time"
)

// Certificates are the settings of TLS, and what is known of the certificates
// that clients are shown. It is safe for concurrent use. The zero value has no
// settings: there is no TLS.
type Certificates struct {
	*tls.Config

	mu   sync.Mutex           // guards ends
	ends map[string]time.Time // of those in use, by the kind of each
}

func newCertificates(c *tls.Config) *Certificates {
	c.MinVersion = tls.VersionTLS12
	return &Certificates{Config: c, ends: map[string]time.Time{}}
}

// use notes that a certificate has taken the place of the one of its kind.
func (c *Certificates) use(kind string, pair *tls.Certificate) {
	if pair.Leaf == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends[kind] = pair.Leaf.NotAfter
}

// Expiry returns when the first of those in use ends; the zero time: none is.
func (c *Certificates) Expiry() (first time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, end := range c.ends {
		if first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first
}
