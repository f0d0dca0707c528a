package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a span of time, never negative when it was read from text: Go's
// syntax, before which weeks and days may stand, as in "1w2d", "365d" or
// "1d12h". "0" and "" are zero.
type Duration time.Duration

const (
	millisecond = Duration(time.Millisecond)
	second      = Duration(time.Second)
	minute      = Duration(time.Minute)
	hour        = Duration(time.Hour)
	day         = 24 * hour
	week        = 7 * day

	longest = 36500 * day
)

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	sum, ok := parseDuration(s)
	if !ok {
		return fmt.Errorf(`%q is not a duration; write for example "20s" or "15m"`, s)
	}
	if sum > longest {
		return fmt.Errorf("%q is longer than %v; write less", s, longest)
	}
	*d = sum
	return nil
}

func parseDuration(s string) (sum Duration, ok bool) {
	if s == "" || s == "0" {
		return 0, true
	}
	rest := s
	for _, unit := range []struct {
		name  string
		value Duration
	}{{"w", week}, {"d", day}} {
		number, after, found := strings.Cut(rest, unit.name)
		if !found {
			continue
		}
		// Cut off where it is refused anyway, before it overflows.
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return 0, false
		}
		sum += Duration(min(n, uint64(longest/unit.value)+1)) * unit.value
		rest = after
	}
	if rest == "" {
		return sum, true
	}
	clock, err := time.ParseDuration(rest)
	if err != nil || rest[0] == '-' || rest[0] == '+' {
		return 0, false
	}
	return min(sum, longest+1) + min(Duration(clock), longest+1), true
}

// MarshalText writes the duration as String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the shortest form that UnmarshalText reads: "365d", "15m",
// "1h30m", "0".
func (d Duration) String() string {
	switch {
	case d == 0:
		return "0"
	case d%day == 0:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
