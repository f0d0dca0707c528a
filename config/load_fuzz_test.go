package config_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
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
		if bytes.Contains(text, []byte("include")) && regexp.MustCompile(`["']/|\.\.`).Match(text) {
			t.Skip("may include what lies on this machine")
		}
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
