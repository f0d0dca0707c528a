package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/config"
)

func TestDiffer(t *testing.T) {
	a := config.Default()
	a.Sources = []config.Source{{ID: "kept"}, {ID: "changed"}, {ID: "removed"}}
	a.Views = []config.View{{Name: "changed", Token: "a"}}
	b := config.Default()
	b.Poll.Workers++
	b.Storage.Retention.Entries = 7
	b.Sources = []config.Source{{ID: "new"}, {ID: "changed", Categories: []string{"x"}}, {ID: "another"}, {ID: "kept"}}
	b.Views = []config.View{{Name: "changed", Token: "b"}}
	want := config.Difference{
		Keys:    []string{"poll.workers", "storage.retention.entries"},
		Sources: config.Names{Added: []string{"another", "new"}, Changed: []string{"changed"}, Removed: []string{"removed"}},
		Views:   config.Names{Changed: []string{"changed"}},
	}
	if diff := cmp.Diff(want, config.Differ(a, b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(config.Difference{}, config.Differ(a, a)); diff != "" {
		t.Errorf("differs from itself:\n%s", diff)
	}
}
