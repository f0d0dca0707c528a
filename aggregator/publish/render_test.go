package publish_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/publish"
	"newsfeed/aggregator/publish/feedcheck"
	"newsfeed/storage"
)

var update = flag.Bool("update", false, "write the golden files")

var checks = map[publish.Format]func([]byte) []string{
	publish.RSS: feedcheck.RSS, publish.Atom: feedcheck.Atom, publish.JSON: feedcheck.JSON,
}

// render renders and checks a feed.
func render(t testing.TB, r storage.Reader, sel publish.Selection, f publish.Format) publish.Rendering {
	t.Helper()
	out, err := publish.Render(t.Context(), r, sel, f)
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range checks[f](out.Body) {
		t.Errorf("%s: %s", sel.Path(f), violation)
	}
	return out
}

func TestRender_Golden(t *testing.T) {
	for name, test := range map[string]struct {
		store *memory
		sel   publish.Selection
	}{
		"feed":     {fixture(), publish.Selection{}},
		"source":   {fixture(), publish.Selection{Source: "harbour"}},
		"category": {fixture(), publish.Selection{Category: "POLITICS"}},
		"view":     {fixture(), publish.Selection{View: "shore"}},
		"story":    {outage(), publish.Selection{}},
		"archive":  {scattered(), publish.Selection{Archive: 2}},
	} {
		for _, f := range publish.Formats() {
			t.Run(name+f.Ext(), func(t *testing.T) {
				got := render(t, test.store, test.sel, f)
				golden := filepath.Join("testdata", name+f.Ext()+".golden")
				if *update {
					if err := os.WriteFile(golden, got.Body, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got.Body)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
