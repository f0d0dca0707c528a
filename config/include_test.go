package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/config"
)

// source is a file with one source of this id.
func source(id string) string {
	return "[[source]]\nid = \"" + id + "\"\nurl = \"https://" + id + ".example/\"\n"
}

// tree writes these files into a folder and returns it.
func tree(t *testing.T, folder string, files map[string]string) string {
	t.Helper()
	fill(t, folder, files)
	return folder
}

func ids(c config.Config) string {
	var all []string
	for _, s := range c.Sources {
		all = append(all, s.ID)
	}
	return strings.Join(all, " ")
}

func TestLoad_Includes(t *testing.T) {
	elsewhere := tree(t, t.TempDir(), map[string]string{"x.toml": source("x")})
	files := map[string]string{
		"b.toml": source("b"), "a.toml": source("a"), "c/b.toml": source("cb"), "c/a.toml": source("ca"), "d/a.toml": source("da"),
		".hidden.toml": source("hidden"), "c/.#a.toml": "not TOML", "[e]/a.toml": source("ea"), "e/a.toml": source("e"), "empty.toml": "",
	}
	tests := []struct{ name, include, want string }{
		{"nothing", `[]`, "main"},
		{"names in their order", `["b.toml", "a.toml"]`, "main b a"},
		{"a pattern's files sorted", `["?.toml"]`, "main a b"},
		{"of several folders", `["[cd]/*.toml"]`, "main ca cb da"},
		{"patterns in their order", `["d/*", "c/*.toml"]`, "main da ca cb"},
		{"each file once", `["b.toml", "./b.toml", "*.toml", "c/../a.toml"]`, "main b a"},
		{"an absolute name", `["` + elsewhere + `/x.toml"]`, "main x"},
		{"an absolute pattern", `["` + elsewhere + `/*"]`, "main x"},
		{"a hidden file by name", `[".hidden.toml"]`, "main hidden"},
		{"hidden files by pattern", `[".h*.toml"]`, "main hidden"},
		{"a special character meant as such", `["\\[e]/*.toml"]`, "main ea"},
		{"a file of nothing", `["empty.toml"]`, "main"},
	}
	for _, folder := range []string{"plain", "a [b] *?"} {
		folder := tree(t, filepath.Join(t.TempDir(), folder), files)
		for _, test := range tests {
			t.Run(filepath.Base(folder)+": "+test.name, func(t *testing.T) {
				fill(t, folder, map[string]string{"newsfeed.toml": "include = " + test.include + "\n" + source("main")})
				c, warnings, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment())
				if err != nil || len(warnings) > 0 {
					t.Fatalf("got %v, %v", warnings, err)
				}
				if got := ids(c); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
				if len(c.Include) > 0 {
					t.Errorf("%v is left to be included", c.Include)
				}
			})
		}
	}
}

func TestLoad_IncludesFromTheFileNotTheWorkingFolder(t *testing.T) {
	folder := tree(t, t.TempDir(), map[string]string{"etc/newsfeed.toml": "include = [\"*.d/*.toml\"]\n", "etc/s.d/a.toml": source("a")})
	t.Chdir(folder)
	for _, path := range []string{"etc/newsfeed.toml", "./etc/newsfeed.toml", filepath.Join(folder, "etc/newsfeed.toml")} {
		c, _, err := config.Load(path, environment())
		if err != nil {
			t.Fatal(err)
		}
		if got := ids(c); got != "a" {
			t.Errorf("%s: got %q", path, got)
		}
	}
}

func TestLoad_IncludedSecretsAreSoughtAsThoseOfTheMainFile(t *testing.T) {
	view := func(name, token string) string {
		return "[[view]]\nname = \"" + name + "\"\ntoken = \"" + token + "\"\n"
	}
	credentials := tree(t, t.TempDir(), map[string]string{"handed": "handed-over"})
	folder := tree(t, t.TempDir(), map[string]string{
		"newsfeed.toml": "include = [\"sub/views.toml\"]\n",
		"beside":        "beside-the-main-file",
		"sub/beside":    "beside-the-included-file",
		"handed":        "not-sought",
		"sub/views.toml": view("a", "file:beside") + view("b", "file:sub/beside") +
			view("c", "file:handed"),
	})
	c, _, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment("CREDENTIALS_DIRECTORY="+credentials))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range c.Views {
		got = append(got, string(v.Token))
	}
	if diff := cmp.Diff([]string{"beside-the-main-file", "beside-the-included-file", "handed-over"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoad_SaysWhatCannotBeIncluded(t *testing.T) {
	folder := tree(t, t.TempDir(), map[string]string{"sub/a.toml": source("a")})
	if err := os.Symlink("nowhere", filepath.Join(folder, "dangling.toml")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.toml"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ include, want string }{
		{`["none.toml"]`, `newsfeed.toml:1: include[1]: there is no file "` + folder + `/none.toml"; write the name of one, or a pattern such as "sources.d/*.toml"`},
		{`["sub/*", "none.toml"]`, `newsfeed.toml:1: include[2]: there is no file "` + folder + `/none.toml"; write the name of one, or a pattern such as "sources.d/*.toml"`},
		{`["dangling*"]`, `newsfeed.toml:1: include[1]: there is no file "` + folder + `/dangling.toml"; write the name of one, or a pattern such as "sources.d/*.toml"`},
		{`["sub"]`, `newsfeed.toml:1: include[1]: file "` + folder + `/sub" cannot be read: not a regular file; let the service's user read it, or leave it out`},
		{`["pipe*"]`, `newsfeed.toml:1: include[1]: file "` + folder + `/pipe.toml" cannot be read: not a regular file; let the service's user read it, or leave it out`},
		{`["[a-"]`, `newsfeed.toml:1: include[1]: "[a-" is not a pattern; write for example "sources.d/*.toml"`},
		{`[""]`, `newsfeed.toml:1: include[1]: names no file; write for example "sources.d/*.toml"`},
		{`["sub/a.toml/b.toml"]`, `newsfeed.toml:1: include[1]: file "` + folder + `/sub/a.toml/b.toml" cannot be read: not a directory; let the service's user read it, or leave it out`},
	}
	for _, test := range tests {
		t.Run(test.include, func(t *testing.T) {
			fill(t, folder, map[string]string{"newsfeed.toml": "include = " + test.include + "\n"})
			_, _, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment())
			if err == nil || err.Error() != folder+"/"+test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestLoad_PatternWithoutFilesWarns(t *testing.T) {
	path := write(t, "include = [\n  \"*.toml\",\n  \"sources.d/*.toml\",\n]\n"+source("main"))
	_, warnings, err := config.Load(path, environment())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{path + `:3: include[2]: no file matches "sources.d/*.toml"`}, warnings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoad_NamesFileLineAndColumnOfWhatIsIncluded(t *testing.T) {
	folder := tree(t, t.TempDir(), map[string]string{
		"newsfeed.toml": "include = [\"b.toml\", \"a.toml\"]\n" + source("main"),
		"a.toml":        source("a") + "  title = \"A\\nB\"\n",
		"b.toml":        "\n" + source("b") + "enabled = 1\n",
	})
	_, _, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment())
	var all *config.Error
	if !errors.As(err, &all) {
		t.Fatalf("got %v", err)
	}
	want := []config.Problem{
		{File: folder + "/b.toml", Line: 5, Column: 1, Key: "source[2].enabled", Message: `"1" is neither true nor false; write one of them`},
		{File: folder + "/a.toml", Line: 4, Column: 3, Key: "source[3].title", Message: "has a line break or another control character; leave it out"},
	}
	if diff := cmp.Diff(want, all.Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a file has below a table of another file is not taken for that table's.
func TestLoad_IncludedFileDoesNotGoOnWithAnotherOnesTable(t *testing.T) {
	for _, text := range []string{
		"[source.select]\nitem = \"li\"\n",
		"[source.headers]\nX-A = \"a\"\n",
		"source.title = \"A\"\n",
		"title = \"A\"\n",
	} {
		folder := tree(t, t.TempDir(), map[string]string{"newsfeed.toml": "include = [\"a.toml\"]\n" + source("main"), "a.toml": text})
		c, _, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment())
		if err == nil || !strings.HasPrefix(err.Error(), folder+"/a.toml") {
			t.Errorf("%q: got %v, %v", text, err, c.Sources)
		}
	}
}

func TestLoad_AnEmptyFolderOfSourcesIsNoMistake(t *testing.T) {
	path := write(t, "include = [\"sources.d/*.toml\", \"none.d/*.toml\"]\n[[source]]\nurl = \"https://a.example/\"\n")
	if err := os.Mkdir(filepath.Join(filepath.Dir(path), "sources.d"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, warnings, err := config.Load(path, environment())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{path + `:1: include[2]: no file matches "none.d/*.toml"`}, warnings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
