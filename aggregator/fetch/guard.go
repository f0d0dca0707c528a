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
	addr, err := netip.ParseAddr(hostname(u))
	if err == nil {
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
		if ssrf.IPv6NAT64Prefix.Contains(addr) {
			// Permitting a NAT64 gateway permits no private address behind it.
			b := addr.As16()
			return g.check(netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:])), port))
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
