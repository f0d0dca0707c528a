package bolt

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Layout puts the store of a layout, as testdata/layouts/make wrote it, at path
// and returns its bytes.
func Layout(t testing.TB, name, path string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "layouts", name+".db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}
