package publish

import (
	"context"
	"sync"
	"time"
)

// signal tells those who wait for it of something that happens again and again,
// and how it went. Its zero value is ready.
type signal struct {
	mu    sync.Mutex // guards the fields below
	ahead *occasion
}

// occasion is one time that it happens.
type occasion struct {
	been chan struct{}
	err  error // once it has been
}

// next returns the occasion ahead.
func (s *signal) next() *occasion {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ahead == nil {
		s.ahead = &occasion{been: make(chan struct{})}
	}
	return s.ahead
}

// send says that it has happened.
func (s *signal) send(err error) { s.pass(err, nil) }

// end says that it has happened for the last time: whoever asks for the next one
// gets this one.
func (s *signal) end(err error) {
	over := &occasion{been: make(chan struct{}), err: err}
	close(over.been)
	s.pass(err, over)
}

func (s *signal) pass(err error, ahead *occasion) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ahead != nil {
		s.ahead.err = err
		close(s.ahead.been)
	}
	s.ahead = ahead
}

// wait returns how it went, or that ctx or the time has ended first.
func (o *occasion) wait(ctx context.Context, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case <-o.been:
		return o.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
