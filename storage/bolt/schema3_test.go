package bolt

import (
	"crypto/sha256"
	"slices"
	"testing"

	"newsfeed/storage"
)

// Keys of schema 2 become those that the same names have now, and those of now
// stay as they are.
func TestF22_KeysAreRelocated(t *testing.T) {
	entry := storage.Entry{
		Source: "site", GUID: "tag:site.example,2026:7",
		CanonicalURL: "https://www.site.example/7", Aliases: []string{"https://feeds.example/site/7"},
	}
	old := func(kind byte, name string) storage.Key {
		sum := sha256.Sum256([]byte(name))
		return storage.Key(append([]byte{kind}, sum[:16]...))
	}
	now := func(kind byte, near, name string) storage.Key {
		at, sum := storage.Near(near), sha256.Sum256([]byte(name))
		return storage.Key(slices.Concat([]byte{kind}, at[:], sum[:12]))
	}
	guid, url := now('g', "site", "guid"), now('u', "site", "url")
	article, alias := now('s', "//site.example/7", "article"), now('s', "//feeds.example/site/7", "alias")

	entry.Keys = []storage.Key{old('g', "guid"), old('u', "url"), old('s', "article"), old('s', "alias")}
	got := relocate(&entry)
	for _, want := range []storage.Key{guid, url, article, alias} {
		if !slices.Contains(got, want) {
			t.Errorf("key %x is missing in %x", want, got)
		}
	}
	if got[0] != guid {
		t.Errorf("the strongest key is %x, want %x", got[0], guid)
	}
	entry.Keys = got
	if again := relocate(&entry); !slices.Equal(again, got) {
		t.Errorf("relocated twice: %x, want %x", again, got)
	}

	state := storage.State{Seen: []storage.Sighting{{Key: old('g', "guid")}, {Key: guid}}}
	relocateSeen(&state, "site")
	for i, s := range state.Seen {
		if s.Key != guid {
			t.Errorf("sighting %d has key %x, want %x", i, s.Key, guid)
		}
	}
}
