package main

import (
	"errors"
	"math"
)

// tolerance is by how much a calibrated number of polls may differ from that
// asked for.
const tolerance = 0.005

// calibrate runs with one scalar after another until the number of polls is
// that asked for, and returns the last run. More scalar must mean fewer polls.
func calibrate(run func(scalar float64) *outcome, guess, polls float64) (*outcome, error) {
	// All in logarithms: of the scalar, and of the polls over those asked for.
	type point struct{ scalar, excess float64 }
	var above, below *point
	scalar := math.Log(guess)
	for i := range 40 {
		o := run(math.Exp(scalar))
		excess := math.Log(max(1, float64(o.polls)) / polls)
		if math.Abs(excess) <= tolerance {
			return o, nil
		}
		if excess > 0 {
			above = &point{scalar, excess}
		} else {
			below = &point{scalar, excess}
		}
		if above == nil || below == nil {
			// Polls fall with the scalar itself or with its root.
			scalar += 2*excess + math.Copysign(0.1, excess)
			continue
		}
		// Where the line between the two meets zero, and every third time
		// their middle, lest one end should never move.
		share := 0.5
		if i%3 != 2 {
			share = above.excess / (above.excess - below.excess)
		}
		scalar = above.scalar + share*(below.scalar-above.scalar)
	}
	return nil, errors.New("no scalar makes the number of requests asked for")
}
