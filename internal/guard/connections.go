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
	known   map[net.Conn]*list.Element
	clients map[netip.Addr]int // connections by where they come from

	// Of *connection, the one that has been so longest first.
	waiting list.List // for a request, or for the rest of one
	busy    list.List // with an answer

	displaced, cut uint64
}

type connection struct {
	net.Conn
	client netip.Addr
	busy   bool
}

// bound sets how many connections may be open, one at least.
func (c *connections) bound(most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = max(most, 1)
	if c.known == nil {
		c.known, c.clients = map[net.Conn]*list.Element{}, map[netip.Addr]int{}
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
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		for len(c.known) >= c.most {
			c.displace()
		}
		client := network(address(conn.RemoteAddr().String()))
		c.clients[client]++
		c.known[conn] = c.waiting.PushBack(&connection{Conn: conn, client: client})
	case http.StateActive:
		c.move(conn, true)
	case http.StateIdle:
		c.move(conn, false)
	default:
		c.forget(conn)
	}
}

func (c *connections) move(conn net.Conn, busy bool) {
	e, ok := c.known[conn]
	if !ok {
		return // it was displaced
	}
	k := c.take(e)
	k.busy = busy
	c.known[conn] = c.line(k).PushBack(k)
}

// displace closes a connection: the one that has waited longest or, where all
// are busy, the oldest of whom the most are.
func (c *connections) displace() {
	victim := c.waiting.Front()
	if victim == nil {
		victim = c.oldestOf(c.greediest())
		c.cut++
	}
	c.displaced++
	conn := victim.Value.(*connection).Conn
	c.forget(conn)
	_ = conn.Close()
}

func (c *connections) greediest() (client netip.Addr) {
	most := 0
	for a, n := range c.clients {
		if n > most {
			client, most = a, n
		}
	}
	return client
}

func (c *connections) oldestOf(client netip.Addr) *list.Element {
	e := c.busy.Front()
	for e.Value.(*connection).client != client {
		e = e.Next()
	}
	return e
}

func (c *connections) forget(conn net.Conn) {
	e, ok := c.known[conn]
	if !ok {
		return
	}
	k := c.take(e)
	delete(c.known, conn)
	if c.clients[k.client]--; c.clients[k.client] == 0 {
		delete(c.clients, k.client)
	}
}

func (c *connections) take(e *list.Element) *connection {
	k := e.Value.(*connection)
	c.line(k).Remove(e)
	return k
}

// line returns the list in which a connection stands.
func (c *connections) line(k *connection) *list.List {
	if k.busy {
		return &c.busy
	}
	return &c.waiting
}
