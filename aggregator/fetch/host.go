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
	if host, ok := plainHost(rawURL); ok {
		return keyOf(host)
	}
	return parsedHost(rawURL)
}

func parsedHost(rawURL string) string {
	u, err := url.Parse(legal(rawURL))
	if err != nil {
		return ""
	}
	return hostKey(u)
}

// plainHost returns the host of a URL that need not be parsed for it.
func plainHost(rawURL string) (host string, ok bool) {
	rest, ok := strings.CutPrefix(rawURL, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(rawURL, "http://")
	}
	authority, path, found := strings.Cut(rest, "/")
	if !ok || !found {
		return "", false
	}
	refused := func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '%' } // by url.Parse, some of them
	host, port, _ := strings.Cut(authority, ":")
	return host, isPlain(host) && strings.Trim(port, "0123456789") == "" && !strings.ContainsFunc(path, refused)
}

func hostKey(u *url.URL) string { return keyOf(u.Hostname()) }

func keyOf(host string) string {
	host = lookedUp(host)
	if addr, ok := addressOf(host); ok {
		if addr.Is4() {
			return host // there is one way to write it
		}
		return addr.Unmap().WithZone("").String()
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// addressOf returns the address that a host is written as. It ends in a digit or
// has a colon, unlike most names, of each of which ParseAddr would make an error.
func addressOf(host string) (netip.Addr, bool) {
	if host == "" || !strings.Contains(host, ":") && (host[len(host)-1] < '0' || host[len(host)-1] > '9') {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(host)
	return addr, err == nil
}

// hostname returns the host as it will be looked up: in lower case and ASCII,
// and with the digits that IDNA makes of their look-alikes.
func hostname(u *url.URL) string { return lookedUp(u.Hostname()) }

func lookedUp(host string) string {
	if !isPlain(host) {
		if ascii, err := idna.Lookup.ToASCII(host); err == nil {
			host = ascii
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// isPlain reports whether IDNA makes no more of a host than its lower case.
func isPlain(host string) bool {
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.':
		case c == '-' && (i == 0 || host[i-1] != '-'): // but for "xn--"
		default:
			return false
		}
	}
	return host != ""
}
