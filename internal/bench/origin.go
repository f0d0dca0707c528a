package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strconv"

	"newsfeed/internal/process"
)

// origin is the simulator of sources.
type origin struct {
	process *exec.Cmd
	address string
	sources []source
}

// source is one of the simulator's.
type source struct{ id, url string }

// lowest is the least port of the simulator.
const lowest = 21_000

// startOrigin starts the simulator. It ends with the context.
func (b *bench) startOrigin(ctx context.Context, n, hosts int, flags ...string) (*origin, error) {
	port := strconv.Itoa(lowest + rand.N(1000)) // must be free on all hosts: below those that connections get
	args := append([]string{"-n", strconv.Itoa(n), "-hosts", strconv.Itoa(hosts), "-port", port}, flags...)
	o := &origin{process: exec.CommandContext(ctx, b.file("origin"), args...), address: "http://127.0.0.1:" + port}
	o.process.Stderr = os.Stderr
	said, err := o.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.process.Start(); err != nil {
		return nil, err
	}
	if _, err := bufio.NewReader(said).ReadString('\n'); err != nil { // it says one line, once it can be asked
		return o, fmt.Errorf("the simulator does not start: %w", err)
	}
	body, err := process.Await(ctx, http.DefaultClient, o.address+"/ctl/sources?format=json")
	if err != nil {
		return o, err
	}
	err = eachLine(body, func(line struct{ URL string }) {
		o.sources = append(o.sources, source{fmt.Sprint("s", len(o.sources)), line.URL})
	})
	return o, err
}

// truth returns the items that the sources show now, or all that there have ever
// been.
func (o *origin) truth(ctx context.Context, ever bool) (map[item]bool, error) {
	address := o.address + "/ctl/truth"
	if ever {
		address += "?all=1"
	}
	body, err := process.Await(ctx, http.DefaultClient, address)
	if err != nil {
		return nil, err
	}
	items := map[item]bool{}
	err = eachLine(body, func(line struct {
		Source int
		GUID   string
	},
	) {
		items[item{fmt.Sprint("s", line.Source), line.GUID}] = true
	})
	return items, err
}

// item is an item of a source, by the name that the source gives it.
type item struct{ source, guid string }

// tell has the simulator do something.
func (o *origin) tell(ctx context.Context, what string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.address+"/ctl/"+what, http.NoBody)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("tell the simulator to %s: %s", what, res.Status)
	}
	return nil
}

// connections returns how many connections there have been, and requests, since
// the simulator was last told to forget them.
func (o *origin) connections(ctx context.Context) (connections, requests int, err error) {
	body, err := process.Await(ctx, http.DefaultClient, o.address+"/ctl/stats")
	if err != nil {
		return 0, 0, err
	}
	err = eachLine(body, func(line struct{ Connections, Requests int }) {
		connections, requests = line.Connections, line.Requests
	})
	return connections, requests, err
}

// eachLine reads JSON values one after the other.
func eachLine[T any](text []byte, do func(T)) error {
	lines := json.NewDecoder(bytes.NewReader(text))
	for {
		var line T
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read what the simulator says: %w", err)
		}
		do(line)
	}
}
