package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// origin is the simulator of sources.
type origin struct {
	process *exec.Cmd
	urls    map[string]string // by id of the source
	ids     []string
}

func startOrigin(ctx context.Context, source, dir string, n int) (*origin, error) {
	binary := filepath.Join(dir, "origin")
	if err := build(ctx, source, ".", binary); err != nil {
		return nil, err
	}
	listen, err := freePort()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, err
	}
	o := &origin{process: exec.CommandContext(ctx, binary, "-n", strconv.Itoa(n), "-hosts", "50", "-port", port), urls: map[string]string{}}
	if err := o.process.Start(); err != nil {
		return nil, err
	}
	body, err := await(ctx, http.DefaultClient, "http://"+listen+"/ctl/sources?format=json")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	lines := json.NewDecoder(body)
	for {
		var source struct {
			URL string `json:"url"`
		}
		if err := lines.Decode(&source); errors.Is(err, io.EOF) {
			return o, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the simulator's sources: %w", err)
		}
		id := fmt.Sprint("s", len(o.ids))
		o.ids = append(o.ids, id)
		o.urls[id] = source.URL
	}
}

// wait ends the simulator.
func (o *origin) wait(stop func()) {
	stop()
	_ = o.process.Wait()
}

// await asks until there is an answer.
func await(ctx context.Context, client *http.Client, url string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	context.AfterFunc(ctx, cancel)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			cancel()
			return nil, err
		}
		if res, err := client.Do(r); err == nil && res.StatusCode == http.StatusOK {
			return res.Body, nil
		} else if err == nil {
			_ = res.Body.Close()
		}
		select {
		case <-ctx.Done():
			cancel()
			return nil, fmt.Errorf("%s: %w", url, ctx.Err())
		case <-tick.C:
		}
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
