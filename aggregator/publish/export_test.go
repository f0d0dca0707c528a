package publish

import (
	"context"
	"time"
)

// Republish renders the merged feed as Run does, without waiting for the
// second in which it may be shown.
func (p *Publisher) Republish(ctx context.Context) error { return p.renderMerged(ctx, time.Time{}) }

// Compressor returns a function that packs a body in every coding and does
// nothing else, and returns the number of bytes.
func Compressor() func(body []byte) (int, error) {
	p := newPacker()
	return func(body []byte) (n int, err error) {
		r, err := p.pack(body, "", time.Time{})
		for _, coded := range r.coded {
			n += len(coded)
		}
		return n, err
	}
}
