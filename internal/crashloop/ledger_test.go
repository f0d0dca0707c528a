package crashloop

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// ledger is the log of what was acknowledged, outside of the store.
type ledger struct {
	mu     sync.Mutex       // guards the fields below
	polls  int              // in all
	newest map[string]issue // by source: the last one whose poll was acknowledged
}

func newLedger() *ledger { return &ledger{newest: map[string]issue{}} }

func (l *ledger) note(source string, i issue) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.polls++
	l.newest[source] = i
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.polls
}

// driver has the forced sources polled, all of them time and again, through the
// daemon's admin socket.
type driver struct {
	site    *site
	ledger  *ledger
	client  *http.Client
	asked   int             // times that all forced sources were asked for
	arrived chan<- struct{} // a value for each poll that was acknowledged
}

// run goes on until ctx ends.
func (d *driver) run(ctx context.Context) {
	request := struct {
		Sources []string `json:"sources"`
		Force   bool     `json:"force"`
	}{Force: true}
	for _, src := range d.site.sources {
		if !src.timed {
			request.Sources = append(request.Sources, src.id)
		}
	}
	body, _ := json.Marshal(request) // of strings
	retry := time.NewTicker(5 * time.Millisecond)
	defer retry.Stop()
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://newsfeed/api/poll", bytes.NewReader(body))
		if err != nil {
			return
		}
		answer, err := d.client.Do(r)
		listens := !errors.Is(err, syscall.ENOENT) && !errors.Is(err, syscall.ECONNREFUSED)
		if listens {
			d.asked++
		}
		if err != nil {
			select {
			case <-retry.C:
			case <-ctx.Done():
			}
			continue
		}
		d.take(ctx, answer.Body)
		_ = answer.Body.Close()
	}
}

// take notes the results of polls, which come as JSON lines. The source is not
// asked for again before its result has come, so that what the site answered
// with last is what was acknowledged.
func (d *driver) take(ctx context.Context, results io.Reader) {
	lines := bufio.NewScanner(results)
	for lines.Scan() {
		var result struct{ Source, Outcome string }
		if json.Unmarshal(lines.Bytes(), &result) != nil {
			return // cut short
		}
		if result.Outcome != "changed" && result.Outcome != "unchanged" {
			continue
		}
		d.ledger.note(result.Source, d.site.answered(result.Source))
		select {
		case d.arrived <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}
