package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/config"
)

// BenchmarkLoad reads ten thousand sources, in one file and in many.
func BenchmarkLoad(b *testing.B) {
	for _, bm := range []struct {
		name  string
		files int
	}{{"OneFile", 1}, {"HundredFiles", 100}} {
		b.Run(bm.name, func(b *testing.B) {
			dir := b.TempDir()
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			write("newsfeed.toml", `include = ["*.d.toml"]`)
			for f := range bm.files {
				var text strings.Builder
				for i := range 10_000 / bm.files {
					fmt.Fprintf(&text, "[[source]]\nid = \"source-%d-%d\"\nurl = \"https://s%[1]d.example.org/%[2]d/feed\"\n"+
						"title = \"Source %[1]d\"\ncategories = [\"News\", \"World\"]\n\n", f, i)
				}
				write(fmt.Sprint(f, ".d.toml"), text.String())
			}
			for b.Loop() {
				if _, _, err := config.Load(filepath.Join(dir, "newsfeed.toml"), func(string) string { return "" }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
