package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// validateFiles looks whether the files of the certificate hold one, with its
// key.
func (t TLS) validateFiles(r *report) {
	cert, noCert := readPEM(t.Cert)
	key, noKey := readPEM(t.Key)
	r.check("server.tls.cert", noCert)
	r.check("server.tls.key", noKey)
	if noCert != nil || noKey != nil {
		return
	}
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		r.problem("server.tls.cert", "and server.tls.key hold no certificate with its key (%s); write both files anew, in PEM", err)
	}
}

// maxPEM is far more than any chain of certificates takes.
const maxPEM = 1 << 20

func readPEM(name string) (text []byte, err error) {
	f, err := os.Open(name)
	if err == nil {
		defer f.Close()
		text, err = io.ReadAll(io.LimitReader(f, maxPEM))
	}
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %q; write it, or the name of another", name)
	case errors.As(err, &at):
		return nil, fmt.Errorf("file %q cannot be read: %w; let the service's user read it, or use systemd's LoadCredential=", name, at.Err)
	}
	return text, err
}
