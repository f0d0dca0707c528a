package guard

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// client is who asks.
type client struct {
	remote   string     // in the form of http.Request.RemoteAddr
	network  netip.Addr // what counts as one client; invalid: they cannot be told apart
	passedOn bool       // a trusted proxy asks for somebody
}

// proxies are the networks of those who are believed for whom they ask.
type proxies []netip.Prefix

// client returns who asks. What proxies say is believed as far as each was
// trusted by the next one. Where they say it twice, in X-Forwarded-For and in
// Forwarded (RFC 7239), and do not agree, one of both came from the client: then
// it is the proxy that asks.
func (p proxies) client(r *http.Request) client {
	peer := peer(r)
	if peer.IsValid() && !p.trust(peer) {
		return client{remote: r.RemoteAddr, network: network(peer)}
	}
	plain, standard := forwardedFor(r.Header["X-Forwarded-For"]), forwarded(r.Header["Forwarded"], "for")
	if len(plain) == 0 && len(standard) == 0 {
		return client{remote: r.RemoteAddr}
	}
	from, other := p.first(plain), p.first(standard)
	if len(plain) == 0 {
		from = other
	}
	if !from.IsValid() || len(standard) > 0 && from != other {
		return client{remote: r.RemoteAddr, network: network(peer)}
	}
	return client{remote: net.JoinHostPort(from.String(), "0"), network: network(from), passedOn: true}
}

// peer returns the other end of the connection of a request.
func peer(r *http.Request) netip.Addr {
	if c, _ := r.Context().Value(connectionKey{}).(*connection); c != nil {
		return c.peer
	}
	return address(r.RemoteAddr)
}

// trust reports whether a peer is believed.
func (p proxies) trust(a netip.Addr) bool {
	for _, n := range p {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// first returns the client of a chain of addresses, of which each was written
// down by the one after it: the last that is no proxy's.
func (p proxies) first(chain []string) netip.Addr {
	for i := len(chain) - 1; i >= 0; i-- {
		a := address(chain[i])
		if !a.IsValid() || i == 0 || !p.trust(a) {
			return a
		}
	}
	return netip.Addr{}
}

// forwardedFor splits X-Forwarded-For.
func forwardedFor(fields []string) []string {
	if len(fields) == 0 {
		return nil
	}
	return strings.Split(strings.Join(fields, ","), ",")
}

// forwarded returns a parameter of each element of Forwarded; empty: it has none.
func forwarded(fields []string, parameter string) []string {
	if len(fields) == 0 {
		return nil
	}
	var values []string
	for element := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		value := ""
		for pair := range strings.SplitSeq(element, ";") {
			name, text, _ := strings.Cut(pair, "=")
			if strings.EqualFold(strings.TrimSpace(name), parameter) {
				value = strings.Trim(strings.TrimSpace(text), `"`)
			}
		}
		values = append(values, value)
	}
	return values
}

// address reads an address, with a port or without. That of a unix socket, and
// what is none, is invalid.
func address(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// network returns what counts as one client: an address, or in IPv6 the 64 bits
// that one client is given.
func network(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	prefix, _ := a.Prefix(64) // of 128 bits
	return prefix.Addr()
}

// compare tells, once, that a proxy serves us at another URL than clients are
// told. Feeds are the same bytes for all, so they cannot say what each proxy
// would have them say.
func (g *Guard) compare(base string, r *http.Request) {
	scheme, host := r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host")
	if scheme == "" || host == "" || g.misled.Load() {
		return
	}
	said := scheme + "://" + host + "/"
	if !strings.HasPrefix(base, said) && !g.misled.Swap(true) {
		g.log.Warn("a proxy serves the feeds at another address than they name; set server.base_url to it", "served_at", said, "base_url", base)
	}
}
