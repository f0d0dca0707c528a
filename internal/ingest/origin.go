package main

import (
	"bytes"
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

	"newsfeed/internal/process"
)

// origin is the simulator of sources.
type origin struct {
	process *exec.Cmd
	urls    map[string]string // by id of the source
	ids     []string
}

func startOrigin(ctx context.Context, source, dir string, n int) (*origin, error) {
	binary := filepath.Join(dir, "origin")
	if err := process.Build(ctx, source, ".", binary); err != nil {
		return nil, err
	}
	listen, err := process.FreePort()
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
	body, err := process.Await(ctx, http.DefaultClient, "http://"+listen+"/ctl/sources?format=json")
	if err != nil {
		return nil, err
	}
	lines := json.NewDecoder(bytes.NewReader(body))
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
