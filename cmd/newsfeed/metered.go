package main

import (
	"context"
	"errors"
	"io"
	"time"
)

// errSlow says that a receiver took much longer than the rate allows for.
var errSlow = errors.New("the receiver is too slow")

const (
	// stallTime is how long a receiver may take nothing at all.
	stallTime = 30 * time.Second

	// slack is how much longer than twice the time of its rate a receiver may
	// take for all that it was sent.
	slack = time.Minute
)

// metered writes at no more than a rate, and to nobody who takes much longer
// than that: what is written holds the store to an old state while it lasts.
type metered struct {
	ctx      context.Context
	w        io.Writer
	deadline func(time.Time) // of the next write
	rate     int64           // bytes a second
	start    time.Time
	sent     int64
}

func (m *metered) Write(b []byte) (int, error) {
	if time.Since(m.start) > slack+2*m.fair() {
		return 0, errSlow
	}
	m.deadline(time.Now().Add(stallTime))
	n, err := m.w.Write(b)
	m.sent += int64(n)
	if err != nil {
		return n, err
	}
	wait := time.NewTimer(time.Until(m.start.Add(m.fair())))
	defer wait.Stop()
	select {
	case <-wait.C:
		return n, nil
	case <-m.ctx.Done():
		return n, m.ctx.Err()
	}
}

// fair is how long what was sent takes at the rate.
func (m *metered) fair() time.Duration {
	return time.Duration(float64(m.sent) / float64(m.rate) * float64(time.Second))
}
