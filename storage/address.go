package storage

import (
	"net/url"
	"regexp"
)

// Shown returns an address without what may be secret in it: userinfo, query
// and fragment. That it has a query is still seen.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.String()
}

var webAddress = regexp.MustCompile(`(?i)https?://[^\s"'<>]+`)

// ShownIn returns a text with the web addresses in it as Shown returns them.
func ShownIn(text string) string { return webAddress.ReplaceAllStringFunc(text, Shown) }
