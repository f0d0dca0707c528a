package bolt

import (
	"os"
	"path/filepath"
	"testing"

	"newsfeed/internal/fixture"
)

// Layout puts the store of a layout, as testdata/layouts/make wrote it, at path
// and returns its bytes.
func Layout(t testing.TB, name, path string) []byte {
	t.Helper()
	b := fixture.Unpack(t, filepath.Join("testdata", "layouts", name+".db.gz"))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}
