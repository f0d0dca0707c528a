package config_test

import (
	"errors"
	"strings"
	"testing"

	"newsfeed/config"
	"newsfeed/internal/fixture"
)

func TestLoad_RefusesACertificateWithTheKeyOfAnother(t *testing.T) {
	cert, _, _ := fixture.Certificate(t, t.TempDir())
	_, key, _ := fixture.Certificate(t, t.TempDir())
	_, _, err := config.Load(write(t, "[server.tls]\ncert = \""+cert+"\"\nkey = \""+key+"\"\n"), environment())
	var all *config.Error
	if !errors.As(err, &all) || len(all.Problems) != 1 {
		t.Fatalf("got error %v", err)
	}
	if p := all.Problems[0]; p.Key != "server.tls.cert" || p.Line != 2 || !strings.Contains(p.Message, "hold no certificate with its key") {
		t.Errorf("%+v", p)
	}
}
