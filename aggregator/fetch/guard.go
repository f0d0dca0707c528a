package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"

	"code.dny.dev/ssrf"
)

// Allow permits connections to addresses that are not public.
type Allow struct {
	Prefix netip.Prefix
	Port   uint16 // 0: 80, 443 and all from 1024
}

// guard decides which addresses may be connected to.
type guard struct {
	allow []Allow
}

// blockedError says what the guard refused.
type blockedError struct{ text string }

func (e *blockedError) Error() string { return e.text }

// control refuses a connection to a resolved address. As net.Dialer.Control
// it sees every address at the moment of connecting, so that no name can
// change its address between check and use.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return &blockedError{"dial " + address + ": not an address"}
	}
	return g.check(to)
}

// checkURL refuses what can be refused by the URL alone, before the host's
// turn, and where a proxy connects.
func (g guard) checkURL(u *url.URL) error {
	port := defaultPort(u)
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return errURL
		}
		port = uint16(n)
	}
	if addr, ok := addressOf(hostname(u)); ok {
		return g.check(netip.AddrPortFrom(addr, port))
	}
	if !customary(port) && !g.allowsPort(port) {
		return portError(clean(u.Hostname()), port)
	}
	return nil
}

func (g guard) check(to netip.AddrPort) error {
	addr, port := to.Addr().Unmap().WithZone(""), to.Port()
	if g.allows(addr, port) {
		if behind, ok := embedded(addr); ok {
			// Permitting a gateway permits no private address behind it.
			return g.check(netip.AddrPortFrom(behind, port))
		}
		return nil
	}
	if ssrf.New().SafeAddr(addr) != nil {
		return &blockedError{fmt.Sprintf("dial %s: private address; add it to poll.allow_private to permit it", addr)}
	}
	if !customary(port) {
		return portError(addr.String(), port)
	}
	return nil
}

// embedded returns the IPv4 address to which a gateway passes on what is sent to
// an IPv6 address: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056) and Teredo (RFC
// 4380, where its bits are inverted).
func embedded(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	switch {
	case within("64:ff9b::/96", addr), within("64:ff9b:1::/48", addr):
		return netip.AddrFrom4([4]byte(b[12:])), true
	case within("2002::/16", addr):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case within("2001::/32", addr):
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]}), true
	}
	return netip.Addr{}, false
}

func within(prefix string, addr netip.Addr) bool { return netip.MustParsePrefix(prefix).Contains(addr) }

func (g guard) allows(addr netip.Addr, port uint16) bool {
	for _, a := range g.allow {
		if a.Prefix.Contains(addr) && (a.Port == port || a.Port == 0 && customary(port)) {
			return true
		}
	}
	return false
}

// allowsPort reports whether some address may be connected to at that port.
func (g guard) allowsPort(port uint16) bool {
	for _, a := range g.allow {
		if a.Port == port && port != 0 {
			return true
		}
	}
	return false
}

func customary(port uint16) bool { return port == 80 || port == 443 || port >= 1024 }

func portError(host string, port uint16) error {
	return &blockedError{fmt.Sprintf("dial %s: port %d is not allowed", host, port)}
}

func defaultPort(u *url.URL) uint16 {
	if u.Scheme == "https" {
		return 443
	}
	return 80
}
