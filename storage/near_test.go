package storage_test

import (
	"testing"

	"newsfeed/storage"
)

func TestNamesOfOneSiteAreNear(t *testing.T) {
	for _, site := range [][]string{
		{"https://www.site.example/2026/11/a.html", "http://site.example/?p=12", "//SITE.example/b#c", "https://site.example"},
		{"tag:site.example,2026:1", "tag:site.example,2026:2"},
		{"urn:uuid:2b5e0c1a-7d34-4f0b-9a41-63f2881d5c90", "urn:uuid:00000000-0000-0000-0000-000000000000"},
		{"source-1"},
		{"source-2"},
		{"https://other.example//site.example/a"},
		{""},
	} {
		for _, name := range site {
			if storage.Near(name) != storage.Near(site[0]) {
				t.Errorf("%q is not near %q", name, site[0])
			}
		}
		if site[0] != "source-1" && storage.Near(site[0]) == storage.Near("source-1") {
			t.Errorf("%q is near another", site[0])
		}
	}
}
