package main

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// counted counts the requests to a handler, and logs each at debug: who asked,
// without what may be a secret.
func (m *metrics) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(answer, r)
		took := time.Since(begin)
		m.requests.WithLabelValues(route(r.Pattern), strconv.Itoa(answer.status)).Inc()
		m.requestTime.Observe(took.Seconds())
		if m.log.Enabled(r.Context(), slog.LevelDebug) {
			m.log.Debug("request", "client", r.RemoteAddr, "method", r.Method, "path", r.URL.Path, "status", answer.status, "elapsed", took)
		}
	})
}

// route names the pattern that a request met; other: none of its own.
func route(pattern string) string {
	_, path, _ := strings.Cut(pattern, " ")
	switch path {
	case "", "/":
		return "other"
	case "/{$}":
		return "/"
	}
	return path
}

// answer notes the status of what is written.
type answer struct {
	http.ResponseWriter
	status int
	begun  bool
}

func (a *answer) WriteHeader(status int) {
	if !a.begun && status >= http.StatusOK {
		a.status, a.begun = status, true
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// ReadFrom keeps the server's way to send a file without copying it.
func (a *answer) ReadFrom(from io.Reader) (int64, error) {
	a.begun = true
	return io.Copy(a.ResponseWriter, from)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
