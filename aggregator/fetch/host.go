package fetch

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Host returns the host that a URL is asked of, as politeness counts hosts:
// the registrable domain ("example.org" for "https://News.example.org:8443/"),
// or the address itself. It is empty for what has no host.
func Host(rawURL string) string {
	u, err := url.Parse(legal(rawURL))
	if err != nil {
		return ""
	}
	return hostKey(u)
}

func hostKey(u *url.URL) string {
	host := hostname(u)
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().WithZone("").String()
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// hostname returns the host as it will be looked up: in lower case and ASCII,
// and with the digits that IDNA makes of their look-alikes.
func hostname(u *url.URL) string {
	host := u.Hostname()
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}
