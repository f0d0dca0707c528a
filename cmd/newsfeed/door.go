package main

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/config"
	"newsfeed/internal/guard"
)

// door is the way from the public listener to what is published: guarded,
// counted, and with TLS where it is configured.
type door struct {
	guard   *guard.Guard
	tls     *tls.Config // nil: plain HTTP
	metrics *metrics
}

// acmeTime bounds one request to an authority.
const acmeTime = 30 * time.Second

func newDoor(c config.Config, client *fetch.Client, m *metrics) (door, error) {
	d := door{guard: guard.New(guardOptions(c.Server), m.log), metrics: m}
	m.guarded(d.guard)
	used, err := certificates(c, client, m.log)
	if err != nil {
		return door{}, status{exitUsage, err}
	}
	m.certified(used)
	d.tls = used.Config
	return d, nil
}

// certificates returns those of the public server; without settings: none.
func certificates(c config.Config, client *fetch.Client, log *slog.Logger) (*guard.Certificates, error) {
	t := c.Server.TLS
	switch {
	case t.Cert != "":
		return guard.Files(t.Cert, t.Key, log)
	case len(t.Hosts) == 0:
		return &guard.Certificates{}, nil
	}
	return guard.Authority{
		Hosts: t.Hosts, Email: t.Email, Directory: t.Directory,
		Folder: filepath.Join(filepath.Dir(c.Storage.Path), "acme"), Client: client.Service(acmeTime),
	}.TLS(log), nil
}

// guardOptions turns the configuration into that of what stands before the
// public handler.
func guardOptions(s config.Server) guard.Options {
	o := guard.Options{
		Connections: s.MaxConnections, RequestsPerMinute: s.RequestsPerMinute,
		Username: s.Username, Password: string(s.Password), BaseURL: s.BaseURL,
	}
	for _, n := range s.TrustedProxies {
		o.Proxies = append(o.Proxies, n.Prefix)
	}
	return o
}

// server returns the public server of a handler.
func (d door) server(h http.Handler) *http.Server {
	s := d.guard.Server(d.metrics.counted(d.guard.Handler(h)))
	s.TLSConfig = d.tls
	return s
}
