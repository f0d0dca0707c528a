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
		return siteOfHost(host)
	}
	if i := strings.LastIndexAny(name, ",:/"); i > 0 {
		return name[:i]
	}
	return name
}

// siteOfHost leaves out what makes no other site of a host: who asks, the usual
// ports, the dot of the root and "www.".
func siteOfHost(host string) string {
	host = strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	return strings.TrimPrefix(strings.TrimSuffix(host, "."), "www.")
}
