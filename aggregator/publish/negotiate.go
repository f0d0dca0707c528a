package publish

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// notModified evaluates the preconditions of a GET or HEAD request: RFC 9110,
// section 13.2.2. The date counts only where no tag is given.
func notModified(h http.Header, etag string, modified time.Time) bool {
	if tags := h.Values("If-None-Match"); len(tags) > 0 {
		return matches(strings.Join(tags, ","), etag)
	}
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	return err == nil && !modified.After(since)
}

// matches compares the tags of If-None-Match weakly with one: RFC 9110,
// section 8.8.3.2. It reads as far as the list is well formed.
func matches(list, etag string) bool {
	etag = strings.TrimPrefix(etag, "W/")
	for {
		list = strings.TrimLeft(list, " \t,")
		if strings.HasPrefix(list, "*") {
			return true
		}
		list = strings.TrimPrefix(list, "W/")
		if !strings.HasPrefix(list, `"`) {
			return false
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		if list[:end+2] == etag {
			return true
		}
		list = list[end+2:]
	}
}

// acceptsGzip reports whether gzip is acceptable and at least as welcome as no
// coding at all: RFC 9110, section 12.5.3.
func acceptsGzip(h http.Header) bool {
	gzip, identity, other := -1.0, -1.0, -1.0
	for _, member := range strings.Split(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, params, _ := strings.Cut(member, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			gzip = max(gzip, quality(params))
		case "identity":
			identity = quality(params)
		case "*":
			other = quality(params)
		}
	}
	if gzip < 0 {
		gzip = other
	}
	// What is not mentioned is acceptable, but nobody asked for it.
	return gzip > 0 && gzip >= identity
}

// quality returns the weight in the parameters of a coding, 0 for one that
// cannot be read.
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
