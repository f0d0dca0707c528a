package config

import (
	"os"
	"path/filepath"
)

// Reach returns as much of the configuration as it takes to find its daemon,
// that is server and storage, whatever is wrong with the rest of it. Unlike
// Load it reads neither secrets nor further files, which may be the daemon's
// alone. Where the file cannot be understood the defaults stand in its place.
func Reach(path string, getenv func(string) string) Config {
	c := Default()
	r := newReport(path)
	if text, err := os.ReadFile(path); err == nil {
		r.decode(path, text, &c)
	}
	r.override(&c, getenv)
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	derived := c.derive(filepath.Dir(path), getenv)
	return Config{Server: derived.Server, Storage: derived.Storage}
}
