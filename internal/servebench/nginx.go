package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"newsfeed/internal/process"
)

// startNginx starts nginx with the feed as a file, plain and compressed.
func startNginx(ctx context.Context, dir string, body []byte) (*server, error) {
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	if _, err := gz.Write(body); err != nil {
		return nil, err
	}
	if err := gz.Close(); err != nil {
		return nil, err
	}
	listen, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "nginx.conf")
	for name, text := range map[string][]byte{
		filepath.Join(dir, "feed.rss"):    body,
		filepath.Join(dir, "feed.rss.gz"): packed.Bytes(),
		config:                            []byte(fmt.Sprintf(nginxConfig, dir, listen)),
	} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return nil, err
		}
	}
	s := &server{process: pinned(ctx, serverCPU, "nginx", "-p", dir, "-c", config, "-e", "stderr"), url: "http://" + listen + "/feed.rss"}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	if _, err := s.await(ctx, func(served []byte) bool { return bytes.Equal(served, body) }); err != nil {
		return nil, err
	}
	// That it serves what we think it does, in each way.
	for header, status := range map[string]int{"Accept-Encoding: gzip": http.StatusOK, "If-None-Match: " + s.tag: http.StatusNotModified} {
		r, err := s.get(ctx, header)
		if err != nil {
			return nil, err
		}
		if r.StatusCode != status || status == http.StatusOK && len(r.body) != packed.Len() {
			return nil, fmt.Errorf("nginx answers %s with %d bytes to %s", r.Status, len(r.body), header)
		}
	}
	return s, nil
}

// nginxConfig is for one process without master, as fast as nginx serves files.
const nginxConfig = `
daemon off;
master_process off;
worker_processes 1;
error_log stderr crit;
pid %[1]s/nginx.pid;
events { worker_connections 256; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 100000000;
	gzip_static on;
	types { application/rss+xml rss; }
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server { listen %[2]s; root %[1]s; }
}
`
