package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"newsfeed/config"
)

// Whatever the text, Load returns a valid Config or says in which lines it
// is wrong.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(paths, example) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, _, err := config.Load(write(t, string(text)), environment())
		var all *config.Error
		switch {
		case err == nil:
			if _, err := c.Validate(); err != nil {
				t.Errorf("loaded, but not valid: %v", err)
			}
		case !errors.As(err, &all) || len(all.Problems) == 0:
			t.Errorf("got %v, want an *Error", err)
		}
	})
}
