package normalize

import (
	"net/url"
	"slices"
	"strings"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// aliases returns by what else than its canonical URL the article of an entry
// is known everywhere: by a page that the item names beside it, and by a guid
// that is an address, or an IRI of a kind that nobody else gives away (tag, RFC
// 4151; UUID, RFC 9562).
func aliases(e *storage.Entry, item *parse.Item, base *url.URL) []string {
	var list []string
	for _, alias := range []string{Canonical(pageURL(item.Links, base)), guidAlias(e.GUID)} {
		if alias != "" && alias != e.CanonicalURL && !slices.Contains(list, alias) {
			list = append(list, alias)
		}
	}
	return list
}

// guidAlias returns nothing for an address with a fragment: that is what makes
// it different from other guids, and would be cut off.
func guidAlias(guid string) string {
	scheme, rest, _ := strings.Cut(guid, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		if !strings.Contains(rest, "#") {
			return Canonical(guid)
		}
	case "tag":
		return guid
	case "urn":
		if kind, _, _ := strings.Cut(rest, ":"); strings.EqualFold(kind, "uuid") {
			return guid
		}
	}
	return ""
}
