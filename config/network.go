package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Network is a range of addresses, on one port or on all. It is written
// "127.0.0.0/8", "127.0.0.0/8:8080", "::1/128" or "[::1/128]:8080"; for IPv6
// the brackets may be left out, since a prefix length has no colon.
type Network struct {
	Prefix netip.Prefix
	Port   uint16 // 0: every port
}

// UnmarshalText reads a network. It refuses a prefix with host bits, which is
// most often meant to be another one.
func (n *Network) UnmarshalText(text []byte) error {
	s := string(text)
	addr, after, _ := strings.Cut(s, "/")
	bits, port, hasPort := strings.Cut(after, ":")
	if strings.HasPrefix(addr, "[") && strings.HasSuffix(bits, "]") {
		addr, bits = addr[1:], bits[:len(bits)-1]
	}
	if after == "" {
		if ip, err := netip.ParseAddr(addr); err == nil {
			return fmt.Errorf("%q has no prefix length; write %q", s, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
		}
	}
	prefix, err := netip.ParsePrefix(addr + "/" + bits)
	if err != nil || prefix.Addr().Is4In6() {
		return fmt.Errorf(`%q is not a network; write for example "192.168.0.0/16" or "127.0.0.0/8:8080"`, s)
	}
	if prefix != prefix.Masked() {
		return fmt.Errorf("%q has bits beyond its prefix; write %q", s, prefix.Masked())
	}
	var number uint64
	if hasPort {
		number, err = strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return fmt.Errorf("%q has no valid port; write one from 1 to 65535", s)
		}
	}
	*n = Network{Prefix: prefix, Port: uint16(number)}
	return nil
}

// MarshalText writes the network as String does.
func (n Network) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// String returns the form that UnmarshalText reads.
func (n Network) String() string {
	switch {
	case n.Port == 0:
		return n.Prefix.String()
	case n.Prefix.Addr().Is6():
		return fmt.Sprintf("[%s]:%d", n.Prefix, n.Port)
	}
	return fmt.Sprintf("%s:%d", n.Prefix, n.Port)
}
