// Package fetch makes one polite, guarded HTTP visit.
//
// It knows HTTP and nothing of what the bytes mean. A visit is one GET,
// conditional where validators are known, and up to five redirects. It asks a
// registrable domain one thing at a time with a gap between, connects only to
// public addresses and those expressly allowed, and bounds time, header and
// body. It keeps no cookies and names no referrer. It tries nothing twice, but
// for a request that met a kept connection which the server was just closing:
// that is sent again when the host has had its gap.
//
// Errors are one printable line for people. They never show userinfo, a path
// or a query, since sources carry secrets there.
package fetch

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

// The bounds of the parts of a visit. Options.Timeout bounds them all.
const (
	dialTimeout   = 10 * time.Second
	tlsTimeout    = 10 * time.Second
	headerTimeout = 15 * time.Second
	bodyTimeout   = 15 * time.Second // without a byte
	idleTimeout   = 30 * time.Second
	maxHeader     = 64 << 10
)

// Options are the settings of a Client.
type Options struct {
	// UserAgent is sent as it stands. When empty, none is sent.
	UserAgent string

	// Timeout bounds a whole visit; waiting for the host's turn does not
	// count. 0 is 20 seconds.
	Timeout time.Duration

	// MaxBody bounds a body in bytes, before and after decompression. 0 is
	// 15 MiB.
	MaxBody int64

	// HostInterval is the gap between the end of one request to a registrable
	// domain and the start of the next.
	HostInterval time.Duration

	// PageInterval is the least such gap before a page that no operator named.
	// 0 is a second.
	PageInterval time.Duration

	// AllowPrivate names addresses that may be visited although not public.
	AllowPrivate []Allow

	// Proxy, unless nil, makes all connections. It resolves the names, so it
	// must keep private addresses out by itself: here only addresses written
	// in URLs can be checked. The environment's proxy is never used.
	Proxy *url.URL

	// Resolver looks names up. Nil is the system's.
	Resolver *net.Resolver

	// RootCAs are the authorities to trust. Nil is the system's.
	RootCAs *x509.CertPool

	// Dial replaces the dialer, for networks that are not this machine's, such
	// as one in memory. Like a proxy it must keep private addresses out by
	// itself: here only addresses written in URLs can be checked. Nil dials
	// what the guard lets pass.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Answered, if not nil, is told of the answer to each request, be it for a
	// document, a redirect or robots.txt: its status, 0 when none came, and the
	// bytes of a document on the wire. It must not block.
	Answered func(status int, bytes int64)
}

// Client makes visits. It is safe for concurrent use.
type Client struct {
	settings atomic.Pointer[settings]
	gate     gate
	robots   robots
}

// settings are what Configure replaces: the options, and the connections that
// were made by them. They are never changed.
type settings struct {
	Options
	transports *transports
}

// New returns a client.
func New(o Options) *Client {
	c := &Client{}
	c.Configure(o)
	return c
}

// Configure replaces the options. Visits under way go on by those they began
// with; the turns of hosts and the rules of sites stay as they are. It must not
// be called by two at a time.
func (c *Client) Configure(o Options) {
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	o.MaxBody = cmp.Or(o.MaxBody, 15<<20)
	o.PageInterval = cmp.Or(o.PageInterval, time.Second)
	o.AllowPrivate = slices.Clone(o.AllowPrivate)
	if o.Answered == nil {
		o.Answered = func(int, int64) {}
	}
	c.gate.set(o.HostInterval, max(o.HostInterval, o.PageInterval))
	next := &settings{o, &transports{}}
	old := c.settings.Load()
	if old != nil && sameConnections(old.Options, o) {
		next.transports = old.transports
	}
	c.settings.Store(next)
	if old != nil && old.transports != next.transports {
		old.transports.close()
	}
}

// sameConnections reports whether connections made by one's options serve the
// other's.
func sameConnections(a, b Options) bool {
	proxies := a.Proxy == b.Proxy || a.Proxy != nil && b.Proxy != nil && a.Proxy.String() == b.Proxy.String()
	dialers := a.Dial == nil && b.Dial == nil && a.Resolver == b.Resolver && a.RootCAs == b.RootCAs
	return proxies && dialers && slices.Equal(a.AllowPrivate, b.AllowPrivate)
}

// Close drops idle connections. Visits under way go on.
func (c *Client) Close() { c.settings.Load().transports.close() }

// Get visits the URL of r. The error is a *StatusError when the visit ended in
// a status that brings no document, a *RobotsError when a page's site forbids
// it, and ctx's when ctx ended the visit; Unanswered tells the failures of the
// network. With an error the Visit says only what was asked: URL, Permanent,
// Temporary, Traffic and Elapsed. What else was known of the source stays true.
func (c *Client) Get(ctx context.Context, r Request) (Visit, error) {
	t, err := c.newTrip(r)
	if err != nil {
		return Visit{}, err
	}
	visit, err := t.run(ctx)
	visit.URL = t.asked
	visit.Permanent, visit.Temporary = t.path.permanent, t.path.temporary
	visit.Elapsed = t.spent
	visit.Traffic = t.traffic
	return visit, err
}

// trip is one visit under way.
type trip struct {
	*settings
	client  *Client
	request Request
	home    *url.URL // the source as configured
	guard   guard
	path    path
	spent   time.Duration
	traffic Traffic
	resent  bool   // a kept connection was closed
	asked   string // last
}

func (c *Client) newTrip(r Request) (*trip, error) {
	home, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	r.User = cmp.Or(r.User, home.User)
	now := c.settings.Load()
	t := &trip{
		settings: now,
		client:   c,
		request:  r,
		home:     home,
		guard:    guard{allow: slices.Concat(now.AllowPrivate, r.Allow)},
	}
	start := home
	if r.MovedTo != "" {
		if start, err = parseURL(r.MovedTo); err != nil {
			return nil, fmt.Errorf("moved URL: %w", err)
		}
	}
	t.path.start(start)
	return t, nil
}

// run asks hop after hop for the document.
func (t *trip) run(ctx context.Context) (Visit, error) {
	for {
		visit, err := t.ask(ctx)
		if err == nil && !redirects(visit.Status) {
			return visit, nil
		}
		if errors.Is(err, errStale) && !t.resent {
			t.resent = true
			continue
		}
		if err == nil {
			err = t.path.follow(visit.Status, visit.Header.Get("Location"))
		}
		if err != nil {
			return Visit{}, t.path.located(err)
		}
	}
}
