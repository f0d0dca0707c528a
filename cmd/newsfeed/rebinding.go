package main

import (
	"net"
	"net/http"
	"net/netip"
)

// unbrowsed keeps the pages of others, in a browser of this machine, away from
// commands that are answered at a TCP address: requests that come from another
// origin, and those for a name that its owner lets lead here (DNS rebinding).
func unbrowsed(address string, h http.Handler) http.Handler {
	h = http.NewCrossOriginProtection().Handler(h)
	own, _, _ := net.SplitHostPort(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostname(r.Host); host != own && !cannotBeRebound(host) {
			http.Error(w, "ask by an IP address, by localhost or by the name that server.admin_listen has", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// cannotBeRebound reports whether a host is one that no stranger can let lead
// anywhere.
func cannotBeRebound(host string) bool {
	_, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil
}

// hostname returns the host of a Host field, which may have a port.
func hostname(field string) string {
	if host, _, err := net.SplitHostPort(field); err == nil {
		return host
	}
	if len(field) > 2 && field[0] == '[' && field[len(field)-1] == ']' {
		return field[1 : len(field)-1]
	}
	return field
}
