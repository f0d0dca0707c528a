package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"

	"newsfeed/config"
)

const example = "../config.example.toml"

func ExampleLoad() {
	folder, err := os.MkdirTemp("", "newsfeed")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "newsfeed.toml")
	text := "[poll]\ntimeout = \"5s\"\n[[source]]\nurl = \"https://www.example.org/news/rss.xml\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	c, warnings, err := config.Load(path, func(string) string { return "" })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Server.BaseURL, c.Poll.Timeout, c.Sources[0].ID, len(warnings))
	// Output: http://127.0.0.1:8080/ 5s example-org-news 0
}

func TestExampleFile_EqualsDefaults(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	got := config.Default()
	if err := toml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	equal := cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateComparable(config.Network{})}
	if diff := cmp.Diff(config.Default(), got, equal); diff != "" {
		t.Errorf("example against Default (-want +got):\n%s", diff)
	}

	folder := environment("STATE_DIRECTORY=/var/lib/newsfeed")
	want, _, err := config.Load(write(t, ""), folder)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err = config.Load(example, folder)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Errorf("example against an empty file (-want +got):\n%s", diff)
	}
}

func TestExampleFile_SourceEqualsDefaults(t *testing.T) {
	got, warnings, err := config.Load(write(t, uncommented(t)), environment())
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
	want := []config.Source{{ID: "example-org-news", URL: "https://www.example.org/news/rss.xml", Format: "auto", VerifyTLS: true, HTTP2: true, Enabled: true}}
	if diff := cmp.Diff(want, got.Sources, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

func TestExampleFile_ViewEqualsDefaults(t *testing.T) {
	want := load(t, "[[view]]\nname = \"ukraine\"\n").Views
	got := load(t, uncommented(t)).Views
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("views (-want +got):\n%s", diff)
	}
}

func TestExampleFile_HasEveryKey(t *testing.T) {
	var document map[string]any
	if err := toml.Unmarshal([]byte(uncommented(t)), &document); err != nil {
		t.Fatal(err)
	}
	requireKeys(t, "", reflect.TypeFor[config.Config](), document)
}

func TestExampleFile_EveryKeyHasOneComment(t *testing.T) {
	for i, line := range strings.Split(uncommented(t), "\n") {
		if isKey := regexp.MustCompile(`^[a-z_0-9]+ +=`).MatchString(line); !isKey {
			continue
		}
		// None of the values holds a #.
		if _, comment, _ := strings.Cut(line, "#"); strings.TrimSpace(comment) == "" || strings.Contains(comment, "#") {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
}

// uncommented returns the example with its commented-out part: lines in which
// the # is not followed by a space.
func uncommented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^#([a-z\[])`).ReplaceAllString(string(text), "$1")
}

func requireKeys(t *testing.T, table string, typ reflect.Type, document map[string]any) {
	t.Helper()
	for field := range typ.Fields() {
		name := field.Tag.Get("toml")
		value, ok := document[name]
		if !ok {
			t.Errorf("no key %s%s", table, name)
			continue
		}
		switch value := value.(type) {
		case map[string]any:
			if field.Type.Kind() == reflect.Map {
				continue // its keys are the operator's to name
			}
			requireKeys(t, table+name+".", field.Type, value)
		case []any:
			if len(value) == 0 {
				continue
			}
			if first, isTable := value[0].(map[string]any); isTable {
				requireKeys(t, table+name+".", field.Type.Elem(), first)
			}
		}
	}
}
