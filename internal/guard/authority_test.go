package guard_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"newsfeed/internal/guard"
)

// authority gives certificates by ACME (RFC 8555) to who answers its challenge
// TLS-ALPN-01 (RFC 8737). It knows one account and one order, and takes
// signatures of requests on trust.
type authority struct {
	*testing.T
	issuer
	server  *httptest.Server
	address string // that the hosts resolve to

	mu     sync.Mutex // guards the fields below
	host   string
	valid  bool
	issued []byte // PEM
	orders int
}

func newAuthority(t *testing.T) *authority {
	a := &authority{T: t, issuer: newIssuer(t)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /directory", a.directory)
	mux.HandleFunc("/nonce", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("POST /account", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", a.server.URL+"/account/1")
		a.answer(w, http.StatusCreated, map[string]any{"status": "valid"})
	})
	mux.HandleFunc("POST /order", a.begin)
	mux.HandleFunc("POST /order/1", func(w http.ResponseWriter, r *http.Request) { a.answer(w, http.StatusOK, a.order()) })
	mux.HandleFunc("POST /authz/1", a.authorization)
	mux.HandleFunc("POST /challenge/1", a.challenge)
	mux.HandleFunc("POST /finalize/1", a.finalize)
	mux.HandleFunc("POST /cert/1", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(a.issued)
	})
	a.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Replay-Nonce", "nonce")
		a.mu.Lock()
		defer a.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(a.server.Close)
	return a
}

func (a *authority) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.Error(err)
	}
}

// payload reads what a request brings.
func (a *authority) payload(r *http.Request, into any) {
	var signed struct {
		Payload string `json:"payload"`
	}
	if err := json.NewDecoder(r.Body).Decode(&signed); err != nil {
		a.Error(err)
		return
	}
	text, err := base64.RawURLEncoding.DecodeString(signed.Payload)
	if err != nil {
		a.Error(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		a.Errorf("%v: %q", err, text)
	}
}

func (a *authority) directory(w http.ResponseWriter, _ *http.Request) {
	a.answer(w, http.StatusOK, map[string]any{
		"newNonce": a.server.URL + "/nonce", "newAccount": a.server.URL + "/account", "newOrder": a.server.URL + "/order",
		"meta": map[string]any{"termsOfService": a.server.URL + "/terms"},
	})
}

func (a *authority) begin(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Identifiers []struct{ Value string }
	}
	a.payload(r, &wanted)
	a.host, a.orders = wanted.Identifiers[0].Value, a.orders+1
	w.Header().Set("Location", a.server.URL+"/order/1")
	a.answer(w, http.StatusCreated, a.order())
}

func (a *authority) order() map[string]any {
	status := "pending"
	switch {
	case a.issued != nil:
		status = "valid"
	case a.valid:
		status = "ready"
	}
	return map[string]any{
		"status": status, "identifiers": []any{map[string]any{"type": "dns", "value": a.host}},
		"authorizations": []string{a.server.URL + "/authz/1"}, "finalize": a.server.URL + "/finalize/1", "certificate": a.server.URL + "/cert/1",
	}
}

func (a *authority) authorization(w http.ResponseWriter, _ *http.Request) {
	status := "pending"
	if a.valid {
		status = "valid"
	}
	a.answer(w, http.StatusOK, map[string]any{
		"status": status, "identifier": map[string]any{"type": "dns", "value": a.host},
		"challenges": []any{map[string]any{"type": "tls-alpn-01", "url": a.server.URL + "/challenge/1", "token": "token", "status": status}},
	})
}

// challenge asks the host for the certificate that only the holder of the
// account can make.
func (a *authority) challenge(w http.ResponseWriter, _ *http.Request) {
	c, err := tls.Dial("tcp", a.address, &tls.Config{ServerName: a.host, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
	if err != nil {
		a.Errorf("the challenge is not answered: %v", err)
		return
	}
	defer c.Close()
	state := c.ConnectionState()
	for _, e := range state.PeerCertificates[0].Extensions {
		a.valid = a.valid || e.Id.String() == "1.3.6.1.5.5.7.1.31" && state.NegotiatedProtocol == "acme-tls/1"
	}
	a.answer(w, http.StatusOK, map[string]any{"type": "tls-alpn-01", "url": a.server.URL + "/challenge/1", "token": "token", "status": "valid"})
}

func (a *authority) finalize(w http.ResponseWriter, r *http.Request) {
	var wanted struct{ CSR string }
	a.payload(r, &wanted)
	der, err := base64.RawURLEncoding.DecodeString(wanted.CSR)
	if err != nil {
		a.Error(err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || !a.valid {
		a.Errorf("a certificate is asked for too early (%t), or badly: %v", a.valid, err)
		return
	}
	a.issued = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.sign(a.T, a.host, 7, csr.PublicKey)})
	w.Header().Set("Location", a.server.URL+"/order/1")
	a.answer(w, http.StatusOK, a.order())
}

func TestCertificatesAreHadFromAnAuthority(t *testing.T) {
	const host = "news.example.org"
	ca, folder := newAuthority(t), t.TempDir()
	settings := guard.Authority{Hosts: []string{host}, Folder: folder, Email: "news@example.org", Directory: ca.server.URL + "/directory", Client: ca.server.Client()}
	certificates := settings.TLS(silent)
	ca.address = serveTLS(t, certificates.Config)
	if end := certificates.Expiry(); !end.IsZero() {
		t.Errorf("without a certificate: it ends at %v", end)
	}
	client := func(address, host string) error {
		c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: ca.pool(), ServerName: host})
		if err == nil {
			err = c.Close()
		}
		return err
	}
	if err := client(ca.address, "other.example.org"); err == nil || ca.orders != 0 {
		t.Errorf("for another host: error %v, %d orders", err, ca.orders)
	}
	for range 2 {
		if err := client(ca.address, host); err != nil {
			t.Fatal(err)
		}
	}
	if ca.orders != 1 {
		t.Errorf("%d orders", ca.orders)
	}
	if left := time.Until(certificates.Expiry()).Round(time.Hour); left != 80*24*time.Hour {
		t.Errorf("the certificate ends in %v", left)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if names := fmt.Sprint(files); !strings.Contains(names, host) || !strings.Contains(names, "acme_account") {
		t.Errorf("kept: %s", names)
	}

	// Another process finds the certificate where this one put it.
	if err := client(serveTLS(t, settings.TLS(silent).Config), host); err != nil || ca.orders != 1 {
		t.Errorf("after a restart: error %v, %d orders", err, ca.orders)
	}
}

func TestThatNoCertificateCanBeHadIsToldOnceAMinute(t *testing.T) {
	const host = "news.example.org"
	refuses := httptest.NewTLSServer(http.NotFoundHandler())
	defer refuses.Close()
	var log bytes.Buffer
	settings := guard.Authority{Hosts: []string{host}, Folder: t.TempDir(), Directory: refuses.URL, Client: refuses.Client()}
	certificates := settings.TLS(slog.New(slog.NewTextHandler(&log, nil)))
	for _, name := range []string{"other.example.org", host, host} {
		if _, err := certificates.GetCertificate(&tls.ClientHelloInfo{ServerName: name}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if text := log.String(); strings.Count(text, "level=ERROR") != 1 || !strings.Contains(text, "host="+host) {
		t.Errorf("log: %s", text)
	}
}
