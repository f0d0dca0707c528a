package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/internal/fixture"
)

// notifySocket returns what the service manager is told from now on.
func notifySocket(t *testing.T) (told func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		b := make([]byte, 4096)
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
}

// TestE07_AMigrationExtendsTheTimeToStart starts the daemon on a store of an older
// layout.
func TestE07_AMigrationExtendsTheTimeToStart(t *testing.T) {
	b := fixture.Unpack(t, "../../storage/bolt/testdata/layouts/1.db.gz")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "newsfeed.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	told := notifySocket(t)
	c := startCrowded(t, folder, "", 1)
	if state := told(); !strings.Contains(state, "EXTEND_TIMEOUT_USEC=60000000") || !strings.Contains(state, "MiB copied") {
		t.Errorf("the service manager is told %q first", state)
	}
	if n := c.log.count("bringing the store to the present schema"); n == 0 {
		t.Error("the log says nothing")
	}
}
