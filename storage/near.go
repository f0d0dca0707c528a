package storage

import (
	"crypto/sha256"
	"strings"
)

// Near returns what all names of one site have in common, and hardly any of two
// sites: of an http or https URL a hash of its host, of any other name a hash of
// all but its last part. A store that begins its keys with that finds most of
// what one document brings on a few pages.
func Near(name string) [4]byte {
	sum := sha256.Sum256([]byte(siteOf(name)))
	return [4]byte(sum[:4])
}

func siteOf(name string) string {
	if before, rest, ok := strings.Cut(name, "//"); ok && (before == "" || strings.HasPrefix(before, "http")) {
		host := rest
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			host = rest[:i]
		}
		return strings.TrimPrefix(strings.ToLower(host), "www.")
	}
	if i := strings.LastIndexAny(name, ",:/"); i > 0 {
		return name[:i]
	}
	return name
}
