//go:build linux

package main

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// hung is a store on a disk that does not answer.
type hung struct {
	storage.Store
	released chan struct{}
}

func (h hung) Stats(ctx context.Context) (storage.Stats, error) {
	<-h.released
	return storage.Stats{}, ctx.Err()
}

// deaf returns a listener that takes connections and answers none.
func deaf(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestE06_TheWatchdogStarvesWhereAPartHangs lets each part of a daemon hang.
func TestE06_TheWatchdogStarvesWhereAPartHangs(t *testing.T) {
	const limit = 400 * time.Millisecond
	alive, _ := newReloader(t, func(s storage.Store) storage.Store { return s })
	released := make(chan struct{})
	for name, test := range map[string]struct {
		hang func(*vitals)
		fed  bool
	}{
		"nothing":    {func(*vitals) {}, true},
		"aggregator": {func(v *vitals) { v.aggregator = aggregator.New(aggregator.Options{Store: alive.store, Log: alive.log}) }, false},
		"store":      {func(v *vitals) { v.store = hung{alive.store, released} }, false},
		"listener":   {func(v *vitals) { v.listeners = []net.Listener{deaf(t)} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := inFolder(t)
			t.Setenv("NOTIFY_SOCKET", m.name)
			t.Setenv("WATCHDOG_USEC", "400000")
			t.Setenv("WATCHDOG_PID", "")
			var log strings.Builder
			v := alive.signs
			v.notify = notifier{slog.New(slog.NewTextHandler(&log, nil))}
			test.hang(&v)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- v.watch(ctx) }()
			message, heard := m.hear(limit)
			if fed := heard && message["WATCHDOG"] == "1"; fed != test.fed {
				t.Errorf("fed: %t: %v", fed, message)
			}
			stop()
			if name == "store" {
				close(released)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if told := strings.Contains(log.String(), "the watchdog is not fed"); name != "store" && told == test.fed {
				t.Errorf("logged: %s", &log)
			}
		})
	}
}
