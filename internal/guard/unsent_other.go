//go:build !linux

package guard

import "net"

// boundUnsent does nothing: the system decides what it keeps to be sent.
func boundUnsent(net.Conn) {}
