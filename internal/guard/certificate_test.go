package guard_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newsfeed/internal/bubble"
	"newsfeed/internal/guard"
)

// issuer signs certificates.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "issuer"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{cert, key}
}

func (i issuer) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(i.cert)
	return pool
}

// sign returns the certificate of a key for a host.
func (i issuer) sign(t *testing.T, host string, serial int64, key any) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(80 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, i.cert, key, i.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// write writes a certificate with its key into files.
func (i issuer) write(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: i.sign(t, "news.example.org", serial, &private.PublicKey)},
		key:  {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		// Two writes may be too close for the times that the file system keeps.
		written := time.Now().Add(time.Duration(serial) * time.Second)
		if err := os.Chtimes(name, written, written); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertificateIsReadAgainWhenItsFilesChange(t *testing.T) {
	ca, dir := newIssuer(t), t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	ca.write(t, cert, key, 1)
	bubble.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		settings, err := guard.Files(cert, key, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		serial := func() int64 {
			c, err := settings.GetCertificate(&tls.ClientHelloInfo{})
			if err != nil {
				t.Fatal(err)
			}
			leaf, err := x509.ParseCertificate(c.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			return leaf.SerialNumber.Int64()
		}
		steps := []struct {
			name   string
			change func()
			want   int64
		}{
			{"as it is", func() {}, 1},
			{"another", func() { ca.write(t, cert, key, 2) }, 2},
			{"none", func() { _ = os.Remove(key) }, 2},
			{"no certificate", func() { _ = os.WriteFile(key, []byte("half of it"), 0o600) }, 2},
			{"a third", func() { ca.write(t, cert, key, 3) }, 3},
		}
		for _, step := range steps {
			step.change()
			<-time.After(time.Minute)
			if got := serial(); got != step.want {
				t.Errorf("%s: certificate %d, want %d", step.name, got, step.want)
			}
			if settings.Expiry().IsZero() {
				t.Errorf("%s: the certificate has no end", step.name)
			}
		}
		if !bytes.Contains(log.Bytes(), []byte("not replaced")) || bytes.Count(log.Bytes(), []byte("was replaced")) != 2 {
			t.Errorf("log: %s", log.String())
		}
	})
}

func TestCertificateThatCannotBeReadIsAnError(t *testing.T) {
	if _, err := guard.Files(filepath.Join(t.TempDir(), "none"), "none", silent); err == nil {
		t.Error("no error")
	}
}

// serveTLS serves until the test ends and returns the address.
func serveTLS(t *testing.T, settings *tls.Config) string {
	t.Helper()
	g := guard.New(guard.Options{Connections: 10}, silent)
	s := g.Server(g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})))
	s.TLSConfig = settings
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- s.ServeTLS(g.Listener(l), "", "") }()
	t.Cleanup(func() { _ = s.Close(); <-ended })
	return l.Addr().String()
}

func TestTLS_FromVersion12OnAndWithHTTP2(t *testing.T) {
	ca, dir := newIssuer(t), t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	ca.write(t, cert, key, 1)
	settings, err := guard.Files(cert, key, silent)
	if err != nil {
		t.Fatal(err)
	}
	address := serveTLS(t, settings.Config)
	for version, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		c, err := tls.Dial("tcp", address, &tls.Config{
			RootCAs: ca.pool(), ServerName: "news.example.org", MinVersion: version, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"},
		})
		if err == nil {
			if got := c.ConnectionState().NegotiatedProtocol; got != "h2" {
				t.Errorf("%s: protocol %q", tls.VersionName(version), got)
			}
			_ = c.Close()
		}
		if got := err == nil; got != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}
