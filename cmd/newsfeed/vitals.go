package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"
	"github.com/dustin/go-humanize"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// vitals are what shows how a daemon is.
type vitals struct {
	store      storage.Store
	aggregator *aggregator.Aggregator
	condition  *condition
	listeners  []net.Listener
	notify     notifier
}

// statusEvery is the gap between two looks at the daemon for its status line.
const statusEvery = 5 * time.Second

// report tells the service manager how the daemon is, whenever that has
// changed, until ctx ends. said is what it was told last.
func (v vitals) report(ctx context.Context, said string) error {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if now := v.status(ctx); now != said && ctx.Err() == nil {
				v.notify.status(now)
				said = now
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// status says in one line how the daemon is.
func (v vitals) status(ctx context.Context) string {
	t := v.aggregator.Tally()
	parts := []string{fmt.Sprintf("%s (%d failing)", plural(t.Sources, "source"), t.Failing)}
	if !t.LastPoll.IsZero() {
		parts = append(parts, "last poll "+t.LastPoll.UTC().Format("15:04:05")+" UTC")
	}
	if stats, err := v.store.Stats(ctx); err == nil {
		parts = append(parts, humanize.Comma(int64(stats.Entries))+" entries")
	}
	line := strings.Join(parts, ", ")
	if why := waiting(v.condition.trouble()); why != "" {
		line += "; none is polled: " + why
	}
	if why := v.condition.refusal(); why != "" {
		line += "; not reloaded: " + why
	}
	return line
}

// watch feeds the watchdog of the service manager (sd_watchdog_enabled(3)) for
// as long as the daemon is alive, until ctx ends. From one sign of life to the
// next it takes no more than half of what the watchdog allows.
func (v vitals) watch(ctx context.Context) error {
	limit, err := sd.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("read $WATCHDOG_USEC: %w", err)
	}
	if limit == 0 {
		return nil
	}
	each := limit / 4
	tick := time.NewTicker(each)
	defer tick.Stop()
	for {
		if err := v.probe(ctx, each); ctx.Err() != nil {
			return nil
		} else if err != nil {
			v.notify.log.Error("the daemon is not alive; the watchdog is not fed", "err", err)
		} else {
			v.notify.alive()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// probe returns nil when all that makes the daemon has answered in time: the
// scheduler, the store and the servers.
func (v vitals) probe(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := v.aggregator.Alive(ctx); err != nil {
		return err
	}
	if _, err := v.store.Stats(ctx); err != nil { // where the disk hangs this does not return, and nobody is told
		return fmt.Errorf("read store: %w", err)
	}
	for _, l := range v.listeners {
		if err := greet(ctx, l.Addr()); err != nil {
			return fmt.Errorf("ask the server at %s: %w", l.Addr(), err)
		}
	}
	return nil
}

// greet asks an HTTP server whether it is there. Package net/http answers that
// by itself: it is no request for anything.
func greet(ctx context.Context, address net.Addr) (err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, address.Network(), address.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(conn, "OPTIONS * HTTP/1.1\r\nHost: newsfeed\r\nConnection: close\r\n\r\n"); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
