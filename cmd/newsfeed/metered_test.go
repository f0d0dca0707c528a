package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"newsfeed/internal/bubble"
)

// receiver takes so long for each write.
type receiver struct {
	time.Duration
}

func (r *receiver) Write(b []byte) (int, error) {
	<-time.After(r.Duration)
	return len(b), nil
}

func TestF21_BackupKeepsToItsRate(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		start := time.Now()
		m := &metered{ctx: t.Context(), w: io.Discard, deadline: func(time.Time) {}, rate: 1 << 20, start: start}
		for range 600 {
			if _, err := m.Write(make([]byte, 32<<10)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start).Round(time.Millisecond); took != 600*time.Second/32 {
			t.Errorf("%d bytes took %v", m.sent, took)
		}
	})
}

func TestF09_SlowReceiverOfABackupIsCutOff(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		start := time.Now()
		var allowed time.Duration // for the last write
		m := &metered{
			ctx: t.Context(), w: &receiver{Duration: time.Second}, rate: 1 << 20, start: start,
			deadline: func(at time.Time) { allowed = time.Until(at) },
		}
		var err error
		for err == nil {
			_, err = m.Write(make([]byte, 32<<10))
		}
		if took := time.Since(start); !errors.Is(err, errSlow) || took < slack || took > slack+slack/4 {
			t.Errorf("after %v: error %v", took, err)
		}
		if allowed != stallTime {
			t.Errorf("a write may take %v", allowed)
		}
	})
}

func TestBackupEndsWithItsRequest(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := &metered{ctx: ctx, w: io.Discard, deadline: func(time.Time) {}, rate: 1, start: time.Now()}
		time.AfterFunc(time.Second, cancel)
		if _, err := m.Write(make([]byte, 1<<20)); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}
