package main

import (
	"context"
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
	// Shutdown would not do: it drops the request of a connection that was
	// accepted just before, which nobody then answers.
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
	open.drain(drainTime, newTime)
	return s.Close()
}

// connections are those of a server that wait for an answer, or have only just
// begun.
type connections struct {
	changed chan struct{} // has one when there are fewer

	mu     sync.Mutex // guards states
	states map[net.Conn]http.ConnState
}

// note is a server's ConnState.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateNew || state == http.StateActive {
		c.states[conn] = state
		return
	}
	delete(c.states, conn)
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// drain returns when all are answered, but waits no longer than that, and for
// those that have only just begun no longer than young.
func (c *connections) drain(most, young time.Duration) {
	over, old := time.NewTimer(most), time.NewTimer(young)
	defer over.Stop()
	defer old.Stop()
	waits := map[http.ConnState]bool{http.StateNew: true, http.StateActive: true}
	for c.any(waits) {
		select {
		case <-c.changed:
		case <-old.C:
			delete(waits, http.StateNew)
		case <-over.C:
			return
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
