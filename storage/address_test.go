package storage_test

import (
	"testing"

	"newsfeed/storage"
)

func TestShownHidesWhatMayBeSecret(t *testing.T) {
	for address, want := range map[string]string{
		"":                                "",
		"https://x.example/a":             "https://x.example/a",
		"https://u:p@x.example/a#f":       "https://x.example/a",
		"https://x.example/a?key=1&b":     "https://x.example/a?…",
		"https://u:p@x.example/%zz?key=1": "…",
		"tag:x.example,2026:1":            "tag:x.example,2026:1",
	} {
		if got := storage.Shown(address); got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
	}
	const text, want = `get "HTTPS://u:p@x.example/a?key=1": moved to http://y.example/?k`, `get "https://x.example/a?…": moved to http://y.example/?…`
	if got := storage.ShownIn(text); got != want {
		t.Errorf("the text is shown as %q, want %q", got, want)
	}
}
