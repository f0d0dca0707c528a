package fetch

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxSeconds    = 1<<31 - 1 // what RFC 9111 section 1.2.2 puts for greater numbers
	maxRetryAfter = 10 * 365 * 24 * time.Hour
)

// maxAge returns the freshness that is left at now, and whether the server
// gave any. An Expires that cannot be read gives none that is left (RFC 9111
// section 5.3); a max-age that cannot is nothing given.
func maxAge(h http.Header, now time.Time) (left time.Duration, given bool) {
	var lifetime time.Duration
	if value, ok := directive(h.Values("Cache-Control"), "max-age"); ok {
		lifetime, given = seconds(value)
	} else if given = h["Expires"] != nil; given {
		if expires, err := http.ParseTime(h.Get("Expires")); err == nil {
			lifetime = expires.Sub(date(h, now))
		}
	}
	age, _ := seconds(h.Get("Age"))
	return max(0, lifetime-age), given
}

// retryAfter returns the time that Retry-After names. A date is read against
// the server's own clock.
func retryAfter(h http.Header, now time.Time) time.Time {
	value := h.Get("Retry-After")
	wait, ok := seconds(value)
	if !ok {
		at, err := http.ParseTime(value)
		if err != nil {
			return time.Time{}
		}
		wait = at.Sub(date(h, now))
	}
	if wait <= 0 {
		return time.Time{}
	}
	return now.Add(min(wait, maxRetryAfter))
}

func date(h http.Header, now time.Time) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return now
}

// seconds reads delta-seconds.
func seconds(value string) (time.Duration, bool) {
	n, err := strconv.ParseUint(value, 10, 63)
	if errors.Is(err, strconv.ErrRange) {
		n, err = maxSeconds, nil
	}
	return time.Duration(min(n, maxSeconds)) * time.Second, err == nil
}

// directive returns the value of the first Cache-Control directive of that
// name. Unlike a strict parser it survives mistakes in the other directives.
func directive(values []string, name string) (string, bool) {
	rest := strings.Join(values, ",")
	for rest != "" {
		var part string
		part, rest = cutComma(rest)
		key, value, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.Trim(strings.TrimSpace(value), `"`), true
		}
	}
	return "", false
}

// cutComma cuts at the first comma outside a quoted string.
func cutComma(s string) (before, after string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
