package publish

import "math"

// portion returns how many of a feed's items may be of one source: its share
// of the limit, but never less than an even part among the sources shown, with
// which the feed can still be filled.
func portion(share float64, limit, sources int) int {
	if !(share > 0 && share < 1) || limit <= 0 || sources <= 0 {
		return math.MaxInt
	}
	even := (limit-1)/sources + 1
	// A share like 0.29 is a little less in binary than it is written.
	return max(even, int(share*float64(limit)+1e-9))
}
