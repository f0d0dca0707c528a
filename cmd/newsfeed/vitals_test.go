//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// hung is a store on a disk that does not answer until it is released.
type hung struct {
	storage.Store
	asked    chan struct{} // holds one when it has been asked
	released chan struct{}
}

func (h hung) Stats(ctx context.Context) (storage.Stats, error) {
	select {
	case h.asked <- struct{}{}:
	default:
	}
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

// said is a log that tells of its first line.
type said chan string

func (s said) Write(line []byte) (int, error) {
	select {
	case s <- string(line):
	default:
	}
	return len(line), nil
}

// watched runs the watchdog of a daemon with that limit until stop is called. It
// logs to log.
func watched(t *testing.T, v vitals, limit time.Duration) (m *manager, log said, stop func()) {
	t.Helper()
	m, log = inFolder(t), make(said, 1)
	t.Setenv("NOTIFY_SOCKET", m.name)
	t.Setenv("WATCHDOG_USEC", fmt.Sprint(limit.Microseconds()))
	t.Setenv("WATCHDOG_PID", "")
	v.notify = notifier{slog.New(slog.NewTextHandler(log, nil))}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- v.watch(ctx) }()
	return m, log, func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestE06_TheWatchdogIsFedWhereAllPartsAnswer(t *testing.T) {
	alive, _ := newReloader(t, func(s storage.Store) storage.Store { return s })
	m, log, stop := watched(t, alive.signs, 4*patience)
	m.await("WATCHDOG")
	stop()
	if len(log) > 0 {
		t.Errorf("logged: %s", <-log)
	}
}

// TestE06_TheWatchdogStarvesWhereAPartHangs lets each part of a daemon hang, and
// waits until that has been noticed.
func TestE06_TheWatchdogStarvesWhereAPartHangs(t *testing.T) {
	const limit = 400 * time.Millisecond
	alive, _ := newReloader(t, func(s storage.Store) storage.Store { return s })
	for name, hang := range map[string]func(*vitals){
		"aggregator": func(v *vitals) { v.aggregator = aggregator.New(aggregator.Options{Store: alive.store, Log: alive.log}) },
		"listener":   func(v *vitals) { v.listeners = []net.Listener{deaf(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			v := alive.signs
			hang(&v)
			m, log, stop := watched(t, v, limit)
			if line := <-log; !strings.Contains(line, "the watchdog is not fed") {
				t.Errorf("logged: %s", line)
			}
			stop()
			if message, heard := m.hear(time.Millisecond); heard {
				t.Errorf("it was fed: %v", message)
			}
		})
	}
	t.Run("store", func(t *testing.T) {
		v, store := alive.signs, hung{alive.store, make(chan struct{}, 1), make(chan struct{})}
		v.store = store
		m, _, stop := watched(t, v, limit)
		<-store.asked
		if message, heard := m.hear(limit); heard {
			t.Errorf("it was fed: %v", message)
		}
		close(store.released)
		stop()
	})
}
