package fetch

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Why a URL is unusable says nothing of the URL: what url.Parse takes for its
// scheme or port may be part of a name or password.
var (
	errURL    = errors.New("not a valid URL")
	errScheme = errors.New("URL is neither http nor https")
	errHost   = errors.New("URL without a host")
)

// parseURL reads an absolute http or https URL and drops its fragment.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(legal(raw))
	if err != nil {
		return nil, errURL
	}
	return usable(u)
}

// resolve reads a URL that a server wrote, which may be relative and whose
// userinfo is not ours to send.
func resolve(base *url.URL, raw string) (*url.URL, error) {
	u, err := base.Parse(legal(raw))
	if err != nil {
		return nil, errURL
	}
	u, err = usable(u)
	if err != nil {
		return nil, err
	}
	return bare(u), nil
}

func usable(u *url.URL) (*url.URL, error) {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errScheme
	case u.Opaque != "", u.Hostname() == "":
		return nil, errHost
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// bare returns u without userinfo.
func bare(u *url.URL) *url.URL {
	c := *u
	c.User = nil
	return &c
}

// legal percent-encodes the bytes that may not stand in a URL and leaves all
// others alone. Given them, net/url would re-encode the whole path ("%2F"
// would become "/") and send a query's spaces as they are.
func legal(raw string) string {
	const inQuery, inPath = "\"<> ", "\"<> \\^`{|}"
	var b []byte // nil: all is legal so far
	illegal := inPath
	for i := range len(raw) {
		c := raw[i]
		if c == '?' {
			illegal = inQuery
		}
		switch {
		case c >= 0x80 || strings.IndexByte(illegal, c) >= 0:
			if b == nil {
				b = append(make([]byte, 0, 2*len(raw)), raw[:i]...)
			}
			b = fmt.Appendf(b, "%%%02X", c)
		case b != nil:
			b = append(b, c)
		}
	}
	if b == nil {
		return raw
	}
	return string(b)
}
