// Package fetch makes one polite, guarded HTTP visit.
//
// It knows HTTP and nothing of what the bytes mean. A visit is one GET,
// conditional where validators are known, and up to five redirects. It asks a
// registrable domain one thing at a time with a gap between, connects only to
// public addresses and those expressly allowed, and bounds time, header and
// body. It keeps no cookies and names no referrer. It tries nothing twice, but
// for a request that met a kept connection which the server was just closing.
//
// Errors are one printable line for people. They never show userinfo, a path
// or a query, since sources carry secrets there.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// The bounds of the parts of a visit. Options.Timeout bounds them all.
const (
	dialTimeout   = 10 * time.Second
	tlsTimeout    = 10 * time.Second
	headerTimeout = 15 * time.Second
	idleTimeout   = 30 * time.Second
	maxHeader     = 64 << 10
	maxIdle       = 100
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
}

// Client makes visits. It is safe for concurrent use.
type Client struct {
	options   Options
	transport *http.Transport
	gate      gate
	robots    robots
}

// New returns a client.
func New(o Options) *Client {
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	o.MaxBody = cmp.Or(o.MaxBody, 15<<20)
	o.PageInterval = cmp.Or(o.PageInterval, time.Second)
	o.AllowPrivate = slices.Clone(o.AllowPrivate)
	return &Client{
		options:   o,
		transport: newTransport(o, guard{allow: o.AllowPrivate}),
		gate:      gate{interval: o.HostInterval, longest: max(o.HostInterval, o.PageInterval)},
	}
}

// Close drops idle connections. Visits under way go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Get visits the URL of r. The error is a *StatusError when the visit ended in
// a status that brings no document, and ctx's when ctx ended the visit. With
// an error there is no Visit: what was known of the source stays true.
func (c *Client) Get(ctx context.Context, r Request) (Visit, error) {
	t, err := c.newTrip(r)
	if err != nil {
		return Visit{}, err
	}
	defer t.close()
	for {
		visit, err := t.ask(ctx)
		if err == nil && !redirects(visit.Status) {
			visit.Permanent = t.path.permanent
			visit.Elapsed = t.spent
			return visit, nil
		}
		if err == nil {
			err = t.path.follow(visit.Status, visit.Header.Get("Location"))
		}
		if err != nil {
			return Visit{}, t.path.located(err)
		}
	}
}

// trip is one visit under way.
type trip struct {
	client    *Client
	request   Request
	home      *url.URL // whose host the credentials and extra header are for
	user      *url.Userinfo
	guard     guard
	transport *http.Transport
	path      path
	spent     time.Duration
}

func (c *Client) newTrip(r Request) (*trip, error) {
	home, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	t := &trip{
		client:    c,
		request:   r,
		home:      home,
		user:      cmp.Or(r.User, home.User),
		guard:     guard{allow: slices.Concat(c.options.AllowPrivate, r.Allow)},
		transport: c.transport,
	}
	start := home
	if r.MovedTo != "" {
		if start, err = parseURL(r.MovedTo); err != nil {
			return nil, fmt.Errorf("moved URL: %w", err)
		}
	}
	t.path.start(start)
	if len(r.Allow) > 0 {
		// A pooled connection would serve sources that may not go there.
		t.transport = newTransport(c.options, t.guard)
	}
	return t, nil
}

func (t *trip) close() {
	if t.transport != t.client.transport {
		t.transport.CloseIdleConnections()
	}
}

// newTransport returns a transport all of whose connections pass the guard,
// or lead to the proxy.
func newTransport(o Options, g guard) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Resolver: o.Resolver}
	var proxy func(*http.Request) (*url.URL, error)
	if o.Proxy != nil {
		proxy = http.ProxyURL(o.Proxy)
	} else {
		dialer.Control = g.control
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // Go would inflate without bound
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        idleTimeout,
		Protocols:              &protocols,
		HTTP2: &http.HTTP2Config{
			MaxDecoderHeaderTableSize:     4 << 10,
			MaxReceiveBufferPerConnection: 1 << 20,
			MaxReceiveBufferPerStream:     1 << 20,
		},
	}
}
