package main

import (
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// counted counts the requests to a handler, and logs each at debug: who asked,
// without what may be a secret. A panic of the handler is logged as an error and
// counts as status 500.
func (m *metrics) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			took := time.Since(begin)
			m.requests.WithLabelValues(route(r.Pattern), strconv.Itoa(answer.status)).Inc()
			m.requestTime.Observe(took.Seconds())
			if m.log.Enabled(r.Context(), slog.LevelDebug) {
				m.log.Debug("request", "client", r.RemoteAddr, "method", r.Method, "path", r.URL.Path, "status", answer.status, "elapsed", took)
			}
		}()
		defer m.survive(answer, r)
		h.ServeHTTP(answer, r)
	})
}

// survive, deferred, recovers from a panic of a handler. Where an answer has
// begun, it is cut off, lest it be taken for whole.
func (m *metrics) survive(a *answer, r *http.Request) {
	why := recover()
	if why == nil {
		return
	}
	begun := a.begun
	if why != http.ErrAbortHandler { // which is a handler's way to cut off its answer
		m.log.Error("a request met a fault of the program; please report it", "path", r.URL.Path, "panic", why, "stack", string(debug.Stack()))
		a.status = http.StatusInternalServerError
		if !begun {
			http.Error(a, "this went wrong here; the log has more", a.status)
		}
	}
	if begun || why == http.ErrAbortHandler {
		panic(http.ErrAbortHandler)
	}
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
