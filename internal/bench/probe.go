package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"
)

// pause is the time between two new entries of the probe.
const pause = 50 * time.Millisecond

// probeHost is none of the simulator's hosts, for of one host one source is
// visited at a time.
const probeHost = "127.0.0.200"

const probeID = "probe"

// probe is one source more, which has a new entry each time.
type probe struct {
	server  *httptest.Server
	arrived atomic.Int64 // when it last answered, in nanoseconds
}

func startProbe() (*probe, error) {
	p := &probe{}
	var items atomic.Int64
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := items.Add(1)
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Probe</title><item><guid isPermaLink="false">probe-%d</guid><title>Report %[1]d of the probe</title><link>https://probe.example/%[1]d</link></item></channel></rss>`, n)
		p.arrived.Store(time.Now().UnixNano())
	}))
	var err error
	if p.server.Listener, err = net.Listen("tcp", probeHost+":0"); err != nil {
		return nil, err
	}
	p.server.Start()
	return p, nil
}

func (p *probe) source() source { return source{probeID, p.server.URL} }

func (p *probe) close() { p.server.Close() }

// during polls the probe again and again while all is polled, and returns how
// long each of its entries took to be durable.
func (p *probe) during(ctx context.Context, d *daemon, all func() (cost, error)) (c cost, delays []time.Duration, err error) {
	type end struct {
		cost
		err error
	}
	polled := make(chan end, 1)
	go func() {
		c, err := all()
		polled <- end{c, err}
	}()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case e := <-polled:
			if len(delays) == 0 {
				e.err = errors.Join(e.err, errors.New("no entry of the probe while sources were polled"))
			}
			return e.cost, delays, e.err
		case <-tick.C:
		}
		n, err := d.poll(ctx, []string{probeID})
		if err != nil {
			return c, nil, err
		}
		if n == 1 {
			delays = append(delays, time.Since(time.Unix(0, p.arrived.Load())))
		}
	}
}
