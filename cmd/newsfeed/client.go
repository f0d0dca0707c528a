package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"newsfeed/config"
)

// client asks the api, wherever it is.
type client struct {
	http  *http.Client
	close func() error
}

// answerTime is how long the daemon may take to begin an answer.
const answerTime = 30 * time.Second

// forbidden is the error that a store, or the daemon that has it, is another
// user's.
type forbidden struct{ error }

func (f forbidden) Unwrap() error { return f.error }

// connect reaches the api of the running daemon; ok is false when none answers.
// The error is that it cannot be told whether there is one, for this user may not
// ask.
func connect(ctx context.Context, c config.Config) (remote client, ok bool, err error) {
	network, address := "tcp", c.Server.AdminListen
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		d := net.Dialer{Timeout: 2 * time.Second}
		return d.DialContext(ctx, network, address)
	}
	conn, err := dial(ctx, "", "")
	switch {
	case errors.Is(err, fs.ErrPermission):
		return client{}, false, forbidden{fmt.Errorf("reach the daemon: %w", err)}
	case err != nil:
		return client{}, false, nil
	}
	_ = conn.Close()
	t := &http.Transport{DialContext: dial, ResponseHeaderTimeout: answerTime}
	return client{&http.Client{Transport: t}, func() error { t.CloseIdleConnections(); return nil }}, true, nil
}

// daemon returns a client of the running daemon; ok is false when none answers.
// It is found by what the configuration says of it, though that be wrong in
// other things, or name secrets that only the daemon can read.
func (p *program) daemon(ctx context.Context) (c client, ok bool, err error) {
	path, err := p.findConfig()
	if err != nil {
		return client{}, false, err
	}
	return connect(ctx, config.Reach(path, p.env))
}

// ask reads what is stored, from the daemon or else from the store. It holds
// the store no longer than that, however slowly the answer is then printed.
func (p *program) ask(ctx context.Context, path string, query url.Values) (answer []byte, err error) {
	c, err := p.readers(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	body, err := c.get(ctx, path, query)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// readers returns a client of the running daemon or, when none runs, of the
// store, which can then only be read.
func (p *program) readers(ctx context.Context) (client, error) {
	c, ok, err := p.daemon(ctx)
	if ok || err != nil {
		return c, err
	}
	config, _, err := p.loadBeside()
	if err != nil {
		return client{}, err
	}
	return readers(ctx, config)
}

// readers is that of a program, for a configuration that is read already.
func readers(ctx context.Context, c config.Config) (client, error) {
	remote, ok, err := connect(ctx, c)
	if ok || err != nil {
		return remote, err
	}
	store, err := openStore(c, reading, tellers{})
	if err != nil {
		return client{}, err
	}
	return client{&http.Client{Transport: inProcess{api{store: store}.handler()}}, store.Close}, nil
}

// get asks and returns the body of a good answer.
func (c client) get(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return c.do(r)
}

// post sends a JSON value and returns the body of a good answer.
func (c client) post(ctx context.Context, path string, value any) (io.ReadCloser, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return c.do(r)
}

func (c client) do(r *http.Request) (io.ReadCloser, error) {
	response, err := c.http.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	defer response.Body.Close()
	var p problem
	if json.NewDecoder(response.Body).Decode(&p) != nil || p.Error == "" {
		p.Error = "the daemon answered " + response.Status
	}
	if response.StatusCode < http.StatusInternalServerError {
		return nil, status{exitUsage, errors.New(p.Error)}
	}
	return nil, errors.New(p.Error)
}

// inProcess is a transport that hands requests to a handler in this process.
type inProcess struct{ handler http.Handler }

// RoundTrip returns as soon as the handler has written its header; the body
// then comes as it is written.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	read, write := io.Pipe()
	w := &pipedResponse{body: write, header: http.Header{}, ready: make(chan int, 1)}
	go func() {
		// A handler that cannot finish its answer panics, as in net/http.
		defer func() {
			if recover() != nil {
				_ = write.CloseWithError(io.ErrUnexpectedEOF)
			}
		}()
		t.handler.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		_ = write.Close()
	}()
	select {
	case code := <-w.ready:
		return &http.Response{
			StatusCode: code, Status: fmt.Sprintf("%d %s", code, http.StatusText(code)),
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: w.header, Body: read, ContentLength: -1, Request: r,
		}, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// pipedResponse is the handler's side of an inProcess exchange.
type pipedResponse struct {
	body   *io.PipeWriter
	header http.Header
	ready  chan int
	wrote  bool
}

func (w *pipedResponse) Header() http.Header { return w.header }

func (w *pipedResponse) WriteHeader(code int) {
	if !w.wrote {
		w.wrote = true
		w.ready <- code
	}
}

func (w *pipedResponse) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
