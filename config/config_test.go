package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"

	"newsfeed/config"
)

var update = flag.Bool("update", false, "write the golden files")

// environment returns a getenv that knows these variables only.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newsfeed.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func golden(t *testing.T, fixture, got string) {
	t.Helper()
	path := strings.TrimSuffix(fixture, ".toml") + ".golden"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func fixtures(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %s %v", pattern, err)
	}
	return paths
}

func TestLoad_SaysAllThatIsWrong(t *testing.T) {
	for _, path := range fixtures(t, "testdata/*.bad.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, _, err := config.Load(path, environment("STATE_DIRECTORY=/var/lib/newsfeed"))
			var all *config.Error
			if !errors.As(err, &all) {
				t.Fatalf("got error %v, want an *Error", err)
			}
			golden(t, path, all.Error()+"\n")
			if strings.Contains(all.Error(), "secret") {
				t.Error("a message shows a secret")
			}
		})
	}
}

func TestLoad_ReadsAllThatIsGood(t *testing.T) {
	for _, path := range fixtures(t, "testdata/*.good.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			c, warnings, err := config.Load(path, environment("STATE_DIRECTORY=/var/lib/newsfeed:/var/lib/other"))
			if err != nil {
				t.Fatal(err)
			}
			text, err := toml.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, w := range warnings {
				got.WriteString("# " + w + "\n")
			}
			got.Write(text)
			golden(t, path, got.String())

			again, _, err := config.Load(write(t, string(text)), environment())
			if err != nil {
				t.Fatalf("what was written cannot be read: %v", err)
			}
			if diff := cmp.Diff(c, again, cmpopts.EquateEmpty(), cmpopts.EquateComparable(config.Network{})); diff != "" {
				t.Errorf("written and read again (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad_UnreadableFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.toml")
	folder := t.TempDir()
	tests := []struct{ name, path, want string }{
		{"missing", missing, missing + ": there is no such file; name another with --config, or begin with a copy of config.example.toml"},
		{"folder", folder, folder + ": cannot be read: is a directory; let the user who runs newsfeed read it, or name another with --config"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := config.Load(test.path, environment())
			var all *config.Error
			if !errors.As(err, &all) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestLoad_Columns(t *testing.T) {
	_, _, err := config.Load(write(t, "[poll]\n  proxy = \"none\"\n"), environment())
	var all *config.Error
	if !errors.As(err, &all) {
		t.Fatalf("got %v", err)
	}
	if p := all.Problems[0]; p.Line != 2 || p.Column != 3 || p.Key != "poll.proxy" {
		t.Errorf("got line %d, column %d, key %s", p.Line, p.Column, p.Key)
	}
}

func TestValidate_AcceptsWhatLoadReturns(t *testing.T) {
	c, _, err := config.Load(write(t, "[[source]]\nurl = \"https://example.org/\"\n"), environment())
	if err != nil {
		t.Fatal(err)
	}
	if warnings, err := c.Validate(); err != nil || len(warnings) != 0 {
		t.Errorf("got %v, %v", warnings, err)
	}
}

func TestValidate_NamesKeysWithoutFile(t *testing.T) {
	_, err := config.Config{Sources: []config.Source{{ID: "a", URL: "https://example.org/"}, {ID: "a"}}}.Validate()
	var all *config.Error
	if !errors.As(err, &all) {
		t.Fatalf("got %v", err)
	}
	want := []string{
		`poll.workers: 0 is out of range; write a value from 1 to 10000`,
		`source[2].url: is missing; write for example url = "https://www.example.org/feed.xml"`,
		`source[2].id: "a" is also the id of the source in source[1].id; set id in one of them`,
	}
	for _, line := range want {
		if !strings.Contains(err.Error(), line+"\n") && !strings.HasSuffix(err.Error(), line) {
			t.Errorf("no line %q in\n%v", line, err)
		}
	}
}

func TestD08_SourcesAreOfTheWeb(t *testing.T) {
	for _, address := range []string{
		"file:///etc/passwd", "gopher://example.org/", "ftp://example.org/feed", "data:text/xml,<rss/>", "unix:/run/socket",
		"javascript:alert(1)", "feed://example.org/", "//example.org/", "example.org/feed", "/feed", "http:feed", "https:///feed",
		"http://example.org:0/", "http://example.org:65536/", "http://example.org:http/",
	} {
		_, _, err := config.Load(write(t, "[[source]]\nurl = \""+address+"\"\n"), environment())
		if err == nil || !strings.Contains(err.Error(), ":2: source[1].url: is not an absolute http or https URL") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
