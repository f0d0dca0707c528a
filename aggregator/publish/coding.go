package publish

import (
	"strconv"
	"strings"
)

// coding is a content coding: RFC 9110, section 8.4.1.
type coding int

// The codings that pages are kept in, the preferred one first: zstd is by far
// the cheapest to undo, brotli the smallest, gzip the one that all know.
const (
	codingZstd coding = iota
	codingBrotli
	codingGzip
	codings            // their number
	identity = codings // none of them
)

var codingNames = [codings]string{"zstd", "br", "gzip"}

// negotiate returns the coding that the values of Accept-Encoding weigh most:
// RFC 9110, section 12.5.3. What is not mentioned is acceptable, but nobody
// asked for it. Who refuses everything gets identity nevertheless.
func negotiate(accept []string) coding {
	weights := [codings + 1]float64{-1, -1, -1, -1}
	other := -1.0
	for _, list := range accept {
		for member := range strings.SplitSeq(list, ",") {
			name, params, _ := strings.Cut(member, ";")
			if c, ok := codingOf(strings.TrimSpace(name)); ok {
				weights[c] = max(weights[c], quality(params))
			} else if strings.TrimSpace(name) == "*" {
				other = quality(params)
			}
		}
	}
	// Who names no coding can be expected to know the oldest one only.
	if weights[codingGzip] < 0 {
		weights[codingGzip] = other
	}
	best := identity
	for c := codings - 1; c >= 0; c-- {
		if weights[c] > 0 && weights[c] >= weights[best] {
			best = c
		}
	}
	return best
}

func codingOf(name string) (coding, bool) {
	switch {
	case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
		return codingGzip, true
	case strings.EqualFold(name, "br"):
		return codingBrotli, true
	case strings.EqualFold(name, "zstd"):
		return codingZstd, true
	case strings.EqualFold(name, "identity"):
		return identity, true
	}
	return 0, false
}

// quality returns the weight in the parameters of a member of a list, 0 for
// one that cannot be read.
func quality(params string) float64 {
	name, value, _ := strings.Cut(strings.TrimSpace(params), "=")
	if name == "" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
