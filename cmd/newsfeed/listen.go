package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
)

// listen binds an address of the configuration: host:port or unix:/path. mode
// is who may connect to a unix socket.
func listen(address string, mode os.FileMode) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		l, err := net.Listen("tcp", address)
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("%s is in use by another program; stop that, or choose another address", address)
		}
		return l, err
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// removeStale removes a socket that nobody listens on any more.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("%s is in the way and is no socket", path)
	}
	if conn, err := net.Dial("unix", path); err == nil {
		return errors.Join(fmt.Errorf("another process listens on %s", path), conn.Close())
	}
	return os.Remove(path)
}

// inherited are the sockets that the service manager passed, by the names that
// it gives them (systemd.socket(5), FileDescriptorName=).
type inherited map[string][]net.Listener

// inherit takes over the sockets that were passed to this process, once: it
// clears the variables that tell of them.
func inherit() (inherited, error) {
	sockets, err := activation.ListenersWithNames()
	if err != nil {
		return nil, fmt.Errorf("take over sockets: %w", err)
	}
	return sockets, nil
}

// adminSocket names the admin socket. All others are for readers.
const adminSocket = "admin"

// close closes those that were not taken, and names them.
func (in inherited) close() (unused []string) {
	for name, list := range in {
		for _, l := range list {
			_ = l.Close()
		}
		unused = append(unused, name)
	}
	return unused
}

// public returns what readers are served at.
func (in inherited) public(address string) ([]net.Listener, error) {
	if address != "systemd" {
		l, err := listen(address, 0o666)
		return []net.Listener{l}, err
	}
	var list []net.Listener
	for name, sockets := range in {
		if name != adminSocket {
			list = append(list, sockets...)
			delete(in, name)
		}
	}
	if len(list) == 0 {
		return nil, errors.New(`"systemd" asks for a socket unit, and none passed a socket; enable newsfeed.socket, or write an address`)
	}
	return list, nil
}

// admin returns what commands are answered at. A socket that was passed must be
// where commands look for it, and for the service's user and root alone.
func (in inherited) admin(address string) (net.Listener, error) {
	sockets := in[adminSocket]
	if len(sockets) == 0 {
		return listen(address, 0o600) // the service's user and root
	}
	l := sockets[0]
	if at := l.Addr(); at.Network()+":"+at.String() != address && at.String() != address {
		return nil, fmt.Errorf("the socket passed as %q is at %s, where no command looks for it; make both the same", adminSocket, at)
	}
	if err := checkPrivate(l.Addr()); err != nil {
		return nil, err
	}
	in[adminSocket] = sockets[1:]
	if len(sockets) == 1 {
		delete(in, adminSocket)
	}
	return l, nil
}

// checkPrivate refuses a unix socket to which others may connect. To the service
// manager that is the default.
func checkPrivate(at net.Addr) error {
	if at.Network() != "unix" {
		return nil
	}
	info, err := os.Stat(at.String())
	if err != nil {
		return fmt.Errorf("tell who may use the socket passed as %q: %w", adminSocket, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("the socket passed as %q has mode %#o, so that others may use it; write SocketMode=0600 in its unit", adminSocket, mode)
	}
	return nil
}
