package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// drainTime is how long requests under way may take once the daemon stops.
	drainTime = 4 * time.Second

	// newTime is how long a connection that has been accepted then may take to
	// begin its request.
	newTime = time.Second
)

// serveHTTP serves those who are trusted until ctx ends and requests under way
// have been answered.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	return serveUntil(ctx, l, &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	})
}

// serveUntil serves until ctx ends and requests under way have been answered. It
// speaks TLS where the server has settings for that.
func serveUntil(ctx context.Context, l net.Listener, s *http.Server) error {
	open := connections{changed: make(chan struct{}, 1), states: map[net.Conn]http.ConnState{}}
	noted := s.ConnState
	s.ConnState = func(conn net.Conn, state http.ConnState) {
		open.note(conn, state)
		if noted != nil {
			noted(conn, state)
		}
	}
	handler := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() != nil {
			w.Header().Set("Connection", "close") // in HTTP/2: GOAWAY
		}
		handler.ServeHTTP(w, r)
	})
	stop := context.AfterFunc(ctx, func() {
		s.SetKeepAlivesEnabled(false)
		_ = l.Close() // Serve returns why
	})
	serve := s.Serve
	if s.TLSConfig != nil {
		serve = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
	}
	err := serve(l)
	if stop() {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	over, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	// Shutdown alone would not do: it drops the request of a connection that was
	// accepted just before, which nobody then answers. But it is what ends
	// connections of HTTP/2, and waits for their answers.
	open.drain(over, newTime)
	open.closeNew()
	_ = s.Shutdown(over) // what is then left is cut off
	return s.Close()
}

// connections are those of a server, and how they are. Those that speak HTTP/2
// count as idle once they do: their server knows their requests.
type connections struct {
	changed chan struct{} // has one when fewer of them wait for an answer, or have only just begun

	mu     sync.Mutex // guards states
	states map[net.Conn]http.ConnState
}

// note is a server's ConnState.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	if state == http.StateActive && isHTTP2(conn) {
		state = http.StateIdle
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew, http.StateActive:
		c.states[conn] = state
		return
	case http.StateIdle:
		c.states[conn] = state
	default:
		delete(c.states, conn)
	}
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// isHTTP2 reports what a connection speaks that has been shaken hands on.
func isHTTP2(conn net.Conn) bool {
	secured, ok := conn.(*tls.Conn)
	return ok && secured.ConnectionState().NegotiatedProtocol == "h2"
}

// drain returns when all are answered, or ctx ends; for those that have only
// just begun it waits no longer than young.
func (c *connections) drain(ctx context.Context, young time.Duration) {
	old := time.NewTimer(young)
	defer old.Stop()
	waits := map[http.ConnState]bool{http.StateNew: true, http.StateActive: true}
	for c.any(waits) {
		select {
		case <-c.changed:
		case <-old.C:
			delete(waits, http.StateNew)
		case <-ctx.Done():
			return
		}
	}
}

// closeNew closes those over which nothing has been asked.
func (c *connections) closeNew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn, state := range c.states {
		if state == http.StateNew {
			_ = conn.Close()
		}
	}
}

// any reports whether there is one in one of these states.
func (c *connections) any(states map[http.ConnState]bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.states {
		if states[s] {
			return true
		}
	}
	return false
}
