package guard

import (
	"container/list"
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
	open    int
	holders map[netip.Addr]*holder

	displaced, cut uint64
}

// holder is who has connections open, by where they come from. Of them, as
// *connection, the one that has been so longest is the first.
type holder struct {
	client  netip.Addr
	waiting list.List // for a request, or for the rest of one
	busy    list.List // with an answer
}

// bound sets how many connections may be open, one at least.
func (c *connections) bound(most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = max(most, 1)
	if c.holders == nil {
		c.holders = map[netip.Addr]*holder{}
	}
}

func (c *connections) stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Open: c.open, Displaced: c.displaced, Cut: c.cut}
}

// note is told of each connection by the server (http.Server.ConnState). To the
// server a connection is active when the header of a request has been read.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	k := accepted(conn)
	if k == nil { // no listener of ours has accepted it, and nothing would bound it
		_ = conn.Close()
		return
	}
	if state == http.StateNew {
		boundUnsent(k.Conn)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		for c.open >= c.most {
			c.displace()
		}
		c.add(k)
	case http.StateActive:
		k.move(true)
	case http.StateIdle:
		k.move(false)
	default:
		c.forget(k)
	}
}

func (c *connections) add(k *connection) {
	client := network(k.peer)
	h := c.holders[client]
	if h == nil {
		h = &holder{client: client}
		c.holders[client] = h
	}
	k.holder, k.place = h, h.waiting.PushBack(k)
	c.open++
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
	k := victim.Value.(*connection)
	c.forget(k)
	_ = k.Close()
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

// forget does nothing to one that was displaced.
func (c *connections) forget(k *connection) {
	if k.place == nil {
		return
	}
	k.line().Remove(k.place)
	k.place = nil
	c.open--
	if k.holder.waiting.Len()+k.holder.busy.Len() == 0 {
		delete(c.holders, k.holder.client)
	}
}

// move puts one that was not displaced to the end of its line.
func (k *connection) move(busy bool) {
	if k.place == nil {
		return
	}
	k.line().Remove(k.place)
	k.busy = busy
	k.place = k.line().PushBack(k)
}

// line returns the list in which a connection stands.
func (k *connection) line() *list.List {
	if k.busy {
		return &k.holder.busy
	}
	return &k.holder.waiting
}
