package guard

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"
)

// connection is one that a listener of ours has accepted.
type connection struct {
	net.Conn
	peer          netip.Addr // invalid: it has none
	reads, writes deadline

	// Those of the same client, and the place among them: nil before it is
	// known, and once it is forgotten. connections guards them.
	holder *holder
	busy   bool
	place  *list.Element
}

// listener accepts as connection what another accepts.
type listener struct{ net.Listener }

// Listener returns a listener for a Server of the Guard, which closes what comes
// in any other way.
func (g *Guard) Listener(l net.Listener) net.Listener { return listener{l} }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: conn, peer: address(conn.RemoteAddr().String())}
	c.reads.tell, c.writes.tell = conn.SetReadDeadline, conn.SetWriteDeadline
	return c, nil
}

// accepted returns what is beneath a connection of a server, or nil where no
// listener of ours has accepted that.
func accepted(conn net.Conn) *connection {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	c, _ := conn.(*connection)
	return c
}

// connectionKey is for the connection of a request, in its context.
type connectionKey struct{}

// withConnection is a server's ConnContext.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, accepted(conn))
}

func (c *connection) Read(p []byte) (int, error) {
	if err := c.reads.begin(); err != nil {
		return 0, err
	}
	defer c.reads.end()
	return c.Conn.Read(p)
}

func (c *connection) Write(p []byte) (int, error) {
	if err := c.writes.begin(); err != nil {
		return 0, err
	}
	defer c.writes.end()
	return c.Conn.Write(p)
}

// ReadFrom keeps the connection's way to send a file without copying it.
func (c *connection) ReadFrom(r io.Reader) (int64, error) {
	if err := c.writes.begin(); err != nil {
		return 0, err
	}
	defer c.writes.end()
	return io.Copy(c.Conn, r)
}

// CloseWrite is for http.Server, which ends an answer so before it hangs up on
// who still sends.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (c *connection) SetDeadline(t time.Time) error {
	return errors.Join(c.reads.set(t), c.writes.set(t))
}

func (c *connection) SetReadDeadline(t time.Time) error { return c.reads.set(t) }

func (c *connection) SetWriteDeadline(t time.Time) error { return c.writes.set(t) }
