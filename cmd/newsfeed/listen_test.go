package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPassedSocketForCommandsMustBePrivate(t *testing.T) {
	for mode, want := range map[os.FileMode]bool{0o600: true, 0o660: false, 0o666: false, 0o604: false} {
		path := filepath.Join(t.TempDir(), "admin")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		got, err := inherited{adminSocket: {l}}.admin("unix:" + path)
		if taken := err == nil && got == l; taken != want {
			t.Errorf("%v: taken is %t, error %v", mode, taken, err)
		}
		if !want && (err == nil || !strings.Contains(err.Error(), "SocketMode=0600")) {
			t.Errorf("%v: no remedy: %v", mode, err)
		}
	}
}
