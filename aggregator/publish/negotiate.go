package publish

import (
	"net/http"
	"strings"
	"time"
)

// notModified evaluates the preconditions of a GET or HEAD request: RFC 9110,
// section 13.2.2. The date counts only where no tag is given.
func notModified(h http.Header, etag string, modified time.Time) bool {
	if tags := h["If-None-Match"]; len(tags) == 1 && tags[0] == etag {
		return true // what nearly all ask
	} else if len(tags) > 0 {
		return matches(strings.Join(tags, ","), etag)
	}
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.After(since)
}

// matches compares the tags of If-None-Match weakly with one: RFC 9110,
// section 8.8.3.2. It reads as far as the list is well formed.
func matches(list, etag string) bool {
	etag = strings.TrimPrefix(etag, "W/")
	for {
		list = strings.TrimLeft(list, " \t,")
		if rest, any := strings.CutPrefix(list, "*"); any {
			return strings.TrimLeft(rest, " \t") == ""
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

// wantsNews reports whether a request prefers what is new in a feed to the whole
// of it: RFC 3229, section 10.5.3, with the manipulation "feed".
func wantsNews(h http.Header) bool {
	for _, list := range h["A-Im"] {
		for member := range strings.SplitSeq(list, ",") {
			name, params, _ := strings.Cut(member, ";")
			if strings.EqualFold(strings.TrimSpace(name), manipulation) && quality(params) > 0 {
				return true
			}
		}
	}
	return false
}
