package fetch

import (
	"cmp"
	"net/http"
	"net/url"

	"golang.org/x/net/http/httpguts"
)

const accept = "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, " +
	"application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"

const acceptPage = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

// maxValidator is the greatest length of a validator that is kept. Sending
// back a much longer one is what servers answer with 400 or 431, for ever.
const maxValidator = 4 << 10

// Request says what to visit. Get keeps nothing of it.
type Request struct {
	// URL is the source as configured. It is asked for as it stands, but for
	// the fragment and for bytes that no URL may hold, which are
	// percent-encoded.
	URL string

	// MovedTo, unless empty, is asked in place of URL: where an earlier visit
	// was led for good.
	MovedTo string

	// Validators are those the last Visit said to keep.
	Validators Validators

	Access

	// Page says that this is a page which no operator named, such as that of
	// an article: the robots.txt of its site is obeyed, and the gap to the
	// request before is at least a second.
	Page bool
}

// Validators are the byte-exact validators of one complete response (RFC 9110
// section 8.8) and the URL that issued them. They are sent to no other URL.
type Validators struct {
	URL          string
	ETag         string
	LastModified string
}

// forURL returns the validators to send to a URL.
func (v Validators) forURL(u string) Validators {
	if v.URL != u {
		return Validators{}
	}
	return v
}

func (v Validators) empty() bool { return v.ETag == "" && v.LastModified == "" }

// issued returns the validators of a response from a URL.
func issued(u string, h http.Header) Validators {
	v := Validators{
		URL:          u,
		ETag:         sendable(h.Get("ETag")),
		LastModified: sendable(h.Get("Last-Modified")),
	}
	if v.empty() {
		return Validators{}
	}
	return v
}

// merged returns v with what a 304 replaced of it (RFC 9111 section 3.2).
func (v Validators) merged(h http.Header) Validators {
	v.ETag = cmp.Or(sendable(h.Get("ETag")), v.ETag)
	v.LastModified = cmp.Or(sendable(h.Get("Last-Modified")), v.LastModified)
	return v
}

func sendable(value string) string {
	if len(value) > maxValidator || !httpguts.ValidHeaderFieldValue(value) {
		return ""
	}
	return value
}

// header returns the fields to send to a URL.
func (t *trip) header(to *url.URL, v Validators) http.Header {
	h := http.Header{}
	access := t.access(to)
	for name, values := range access.Header {
		for _, value := range values {
			h.Add(name, value)
		}
	}
	if access.User != nil {
		password, _ := access.User.Password()
		basic := http.Request{Header: h}
		basic.SetBasicAuth(access.User.Username(), password)
	}
	switch {
	case h.Get("Accept") != "":
	case t.request.Page:
		h.Set("Accept", acceptPage)
	default:
		h.Set("Accept", accept)
	}
	h.Set("Accept-Encoding", "gzip")
	h.Set("User-Agent", t.UserAgent)
	h.Del("If-None-Match")
	h.Del("If-Modified-Since")
	if v.ETag != "" {
		h.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		h.Set("If-Modified-Since", v.LastModified)
	}
	return h
}
