package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

const (
	maxIdle       = 100 // connections kept open by one transport
	maxTransports = 32
	writeBuffer   = 1 << 10 // holds a usual request; a longer one is sent in parts
)

// transports are those in use, the one used last at the end. Sources that
// differ in where they may go, or in what they believe, share no connections.
type transports struct {
	mu   sync.Mutex // guards kept
	kept []transport
}

type transport struct {
	*http.Transport
	allow          []Allow // in addition to Options.AllowPrivate
	anyCertificate bool
	http1          bool
}

// transport returns the one by which to ask for a URL.
func (t *trip) transport(to *url.URL) *http.Transport {
	return t.transports.of(t.Options, t.access(to))
}

func (t *transports) of(o Options, a Access) *http.Transport {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.kept, func(k transport) bool {
		return slices.Equal(k.allow, a.Allow) && k.anyCertificate == a.AnyCertificate && k.http1 == a.HTTP1
	})
	found := transport{allow: slices.Clone(a.Allow), anyCertificate: a.AnyCertificate, http1: a.HTTP1}
	if i >= 0 {
		found = t.kept[i]
		t.kept = slices.Delete(t.kept, i, i+1)
	} else {
		found.Transport = newTransport(o, a)
	}
	t.kept = append(t.kept, found)
	if len(t.kept) > maxTransports {
		t.kept[0].CloseIdleConnections()
		t.kept = slices.Delete(t.kept, 0, 1)
	}
	return found.Transport
}

func (t *transports) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range t.kept {
		k.CloseIdleConnections()
	}
}

// newTransport returns a transport all of whose connections pass the guard,
// or are made by a proxy or a dialer that was given.
func newTransport(o Options, a Access) *http.Transport {
	var proxy func(*http.Request) (*url.URL, error)
	if o.Proxy != nil {
		proxy = http.ProxyURL(o.Proxy)
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!a.HTTP1)
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dialer(o, a),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs, InsecureSkipVerify: a.AnyCertificate},
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // Go would inflate without bound
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        idleTimeout,
		Protocols:              &protocols,
		WriteBufferSize:        writeBuffer,
		HTTP2: &http.HTTP2Config{
			MaxDecoderHeaderTableSize:     4 << 10,
			MaxReceiveBufferPerConnection: 1 << 20,
			MaxReceiveBufferPerStream:     1 << 20,
		},
	}
}

// dialer returns what makes the connections.
func dialer(o Options, a Access) func(ctx context.Context, network, address string) (net.Conn, error) {
	if o.Dial != nil {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, dialTimeout)
			defer cancel()
			return o.Dial(ctx, network, address)
		}
	}
	d := &net.Dialer{Timeout: dialTimeout, Resolver: o.Resolver, KeepAlive: -1} // an idle connection is closed before it would tell
	if o.Proxy == nil {
		d.Control = guard{allow: slices.Concat(o.AllowPrivate, a.Allow)}.control
	}
	return d.DialContext
}
