package guard

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Stats says how the connections of a server are.
type Stats struct {
	Open int // at the moment

	// Displaced counts those that were closed to make room for others. Cut is
	// the part of it whose request was being answered.
	Displaced, Cut uint64
}

// connections are those that are open. It is safe for concurrent use.
type connections struct {
	mu      sync.Mutex // guards the fields below
	most    int
	known   map[net.Conn]*connection
	holders map[netip.Addr]*holder

	displaced, cut uint64
}

// holder is who has connections open, by where they come from. Of them, as
// *connection, the one that has been so longest is the first.
type holder struct {
	waiting list.List // for a request, or for the rest of one
	busy    list.List // with an answer
}

type connection struct {
	net.Conn
	client netip.Addr
	holder *holder
	busy   bool
	place  *list.Element // in its line
}

// bound sets how many connections may be open, one at least.
func (c *connections) bound(most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = max(most, 1)
	if c.known == nil {
		c.known, c.holders = map[net.Conn]*connection{}, map[netip.Addr]*holder{}
	}
}

func (c *connections) stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Open: len(c.known), Displaced: c.displaced, Cut: c.cut}
}

// note is told of each connection by the server (http.Server.ConnState). To the
// server a connection is active when the header of a request has been read.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if state == http.StateNew {
		boundUnsent(conn)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		for len(c.known) >= c.most {
			c.displace()
		}
		c.add(conn)
	case http.StateActive:
		c.move(conn, true)
	case http.StateIdle:
		c.move(conn, false)
	default:
		c.forget(conn)
	}
}

func (c *connections) add(conn net.Conn) {
	client := network(address(conn.RemoteAddr().String()))
	h := c.holders[client]
	if h == nil {
		h = &holder{}
		c.holders[client] = h
	}
	k := &connection{Conn: conn, client: client, holder: h}
	k.place = h.waiting.PushBack(k)
	c.known[conn] = k
}

func (c *connections) move(conn net.Conn, busy bool) {
	k := c.known[conn]
	if k == nil {
		return // it was displaced
	}
	k.line().Remove(k.place)
	k.busy = busy
	k.place = k.line().PushBack(k)
}

// displace closes a connection of whoever has the most: the one that waits
// longest or, where all of theirs are busy, the oldest. So nobody can take
// connections from others by making many.
func (c *connections) displace() {
	h := c.greediest()
	victim := h.waiting.Front()
	if victim == nil {
		victim = h.busy.Front()
		c.cut++
	}
	c.displaced++
	conn := victim.Value.(*connection).Conn
	c.forget(conn)
	_ = conn.Close()
}

func (c *connections) greediest() (greediest *holder) {
	most := 0
	for _, h := range c.holders {
		if n := h.waiting.Len() + h.busy.Len(); n > most {
			greediest, most = h, n
		}
	}
	return greediest
}

func (c *connections) forget(conn net.Conn) {
	k := c.known[conn]
	if k == nil {
		return
	}
	k.line().Remove(k.place)
	delete(c.known, conn)
	if k.holder.waiting.Len()+k.holder.busy.Len() == 0 {
		delete(c.holders, k.client)
	}
}

// line returns the list in which a connection stands.
func (k *connection) line() *list.List {
	if k.busy {
		return &k.holder.busy
	}
	return &k.holder.waiting
}
