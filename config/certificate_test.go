package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/config"
)

// certificate writes a certificate with its key into files.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	err = errors.Join(
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func TestLoad_RefusesACertificateWithTheKeyOfAnother(t *testing.T) {
	cert, _ := certificate(t, t.TempDir())
	_, key := certificate(t, t.TempDir())
	_, _, err := config.Load(write(t, "[server.tls]\ncert = \""+cert+"\"\nkey = \""+key+"\"\n"), environment())
	var all *config.Error
	if !errors.As(err, &all) || len(all.Problems) != 1 {
		t.Fatalf("got error %v", err)
	}
	if p := all.Problems[0]; p.Key != "server.tls.cert" || p.Line != 2 || !strings.Contains(p.Message, "hold no certificate with its key") {
		t.Errorf("%+v", p)
	}
}
