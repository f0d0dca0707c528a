// Package guard defends a public HTTP server against its clients.
//
// A Guard stands between a listener and a handler. It bounds connections and
// their number, headers, bodies and times; it takes GET and HEAD only; it tells
// clients apart, through the proxies that it trusts, and makes those wait that
// ask too often; and it asks for a name and a password where the server is not
// for all. It knows nothing of what is served.
//
// It is a room of its own because it is all that a stranger meets before a feed
// is looked up: publish knows no sockets, and cmd only wires.
package guard

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"
)

// The bounds of one connection. A request has no body, so all of it is its
// header.
const (
	headerTime = 10 * time.Second // for the header of a request
	writeTime  = 2 * time.Minute  // for the whole of an answer
	idleTime   = time.Minute      // between two requests
	maxHeader  = 16 << 10         // bytes
	maxStreams = 64               // requests under way on one connection of HTTP/2
)

// Options are the settings of a Guard.
type Options struct {
	// Connections is how many may be open at a time. Whoever has the most makes
	// room for another: of theirs, the one that has waited longest for a request.
	Connections int

	// RequestsPerMinute is how many one client may make. 0 is no limit.
	RequestsPerMinute int

	// Proxies are the networks of those who are believed for whom they ask.
	// Requests from there that are for nobody are not limited.
	Proxies []netip.Prefix

	// Username and Password open the server. Without a Username it is open.
	Username, Password string

	// BaseURL is where clients are told to find the server. It is compared with
	// what proxies say.
	BaseURL string
}

// Guard defends a server. It is safe for concurrent use.
type Guard struct {
	log         *slog.Logger
	connections connections
	failures    *limits // of logins
	rules       atomic.Pointer[rules]
	misled      atomic.Bool // a proxy serves another URL than BaseURL, and it has been said
}

// rules are what a request is held to.
type rules struct {
	proxies proxies
	limits  *limits // nil: there are none
	login   *login  // nil: there is none
	base    string
}

// New returns a Guard.
func New(o Options, log *slog.Logger) *Guard {
	g := &Guard{log: log, failures: newLimits(failuresPerMinute, failuresAtOnce)}
	g.rules.Store(&rules{})
	g.Apply(o)
	return g
}

// Apply replaces the settings. Connections and requests under way go on, and
// clients are remembered. It must not be called twice at the same time.
func (g *Guard) Apply(o Options) {
	g.connections.bound(o.Connections)
	before := g.rules.Load()
	if before.base != o.BaseURL {
		g.misled.Store(false)
	}
	g.rules.Store(&rules{
		proxies: o.Proxies,
		limits:  requestLimits(before.limits, o.RequestsPerMinute),
		login:   newLogin(o.Username, o.Password),
		base:    o.BaseURL,
	})
}

// Stats says how the connections are.
func (g *Guard) Stats() Stats { return g.connections.stats() }

// Server returns the server of a handler, which all requests must come through
// Handler of the same Guard to reach. It is to serve a Listener of that Guard.
func (g *Guard) Server(h http.Handler) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       headerTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		Protocols:         new(http.Protocols),
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: idleTime},
		ErrorLog:          slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
		ConnState:         g.connections.note,
		ConnContext:       withConnection,
	}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetHTTP2(true) // over TLS; without, it is HTTP/1.1 only
	return s
}

// Handler lets pass to h what may be answered. The request's RemoteAddr is then
// the client's, whoever passed it on.
func (g *Guard) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rules := g.rules.Load()
		from := rules.proxies.client(r)
		if from.passedOn {
			g.compare(rules.base, r)
		}
		r.RemoteAddr = from.remote
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed, "only GET and HEAD are answered")
		case r.ContentLength != 0:
			refuse(w, http.StatusRequestEntityTooLarge, "a request must have no body")
		case !rules.limits.letRequest(w, from):
		case !rules.login.let(w, r, from, g.failures):
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// refuse answers a request of which no more is read.
func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Connection", "close")
	http.Error(w, why, status)
}
