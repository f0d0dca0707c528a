package normalize

import (
	"math"
	"strconv"
	"strings"
	"time"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// maxPeriod bounds a wait that a document asks for, so that no sum overflows.
const maxPeriod = 10 * 365 * 24 * time.Hour

// Hints returns what a document says about when to come again (RSS 2.0 ttl,
// skipHours and skipDays; RSS 1.0 module Syndication). What it says wrongly
// counts as not said.
func Hints(h parse.Header, now time.Time) storage.Hints {
	hints := storage.Hints{TTL: times(time.Minute, positive(h.TTL)), Period: period(h)}
	hints.Base, _ = Date(h.SyBase, now)
	for _, text := range h.SkipHours {
		// 24 is how RSS 0.91 wrote midnight.
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n >= 0 && n <= 24 {
			hints.SkipHours |= 1 << (n % 24)
		}
	}
	for _, text := range h.SkipDays {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(strings.TrimSpace(text), d.String()) {
				hints.SkipDays |= 1 << d
			}
		}
	}
	return hints
}

// period returns the time between two updates of a document, 0 when it does
// not say.
func period(h parse.Header) time.Duration {
	if h.SyPeriod == "" && h.SyFrequency == "" {
		return 0
	}
	const day = 24 * time.Hour
	var unit time.Duration
	switch strings.ToLower(strings.TrimSpace(h.SyPeriod)) {
	case "hourly":
		unit = time.Hour
	case "daily", "":
		unit = day
	case "weekly":
		unit = 7 * day
	case "monthly":
		unit = 30 * day
	case "yearly":
		unit = 365 * day
	}
	frequency := 1.0
	if h.SyFrequency != "" {
		frequency = positive(h.SyFrequency)
	}
	if frequency <= 0 {
		return 0
	}
	return times(unit, 1/frequency)
}

// positive reads a positive number, such as it is written by hand; 0 for none.
func positive(text string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(n > 0) || math.IsInf(n, 0) {
		return 0
	}
	return n
}

func times(unit time.Duration, n float64) time.Duration {
	return time.Duration(min(float64(unit)*n, float64(maxPeriod)))
}
