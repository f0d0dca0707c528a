package config

import (
	"cmp"
	"errors"
	"maps"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// validateAccess judges what of the visits to a source is the operator's. u is its
// URL, or nil where that is none.
func (s Source) validateAccess(t table, u *url.URL) {
	validateNetworks(t, "allow_private", s.AllowPrivate)
	s.validateLogin(t, u)
	s.validateHeaders(t, u)
	if !s.VerifyTLS {
		t.warn("verify_tls", "false takes any certificate; who stands on the way can read and change all that is sent")
	}
}

func (s Source) validateLogin(t table, u *url.URL) {
	t.check("username", checkLine(s.Username))
	t.check("password", checkLine(string(s.Password)))
	if strings.Contains(s.Username, ":") {
		t.problem("username", "has a colon, which would end it; leave it out") // RFC 7617 section 2
	}
	if s.Password != "" && s.Username == "" {
		t.problem("password", "needs a name; write username too")
	}
	if u == nil {
		return
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) && (u.User != nil || s.Password != "") {
		t.warn("url", "sends the password for all on the way to read; write https in it if the server can do that")
	}
	if u.User != nil && s.Username != "" {
		t.warn("username", "is sent in place of the name in url; leave one of them out")
	}
}

func (s Source) validateHeaders(t table, u *url.URL) {
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		at := join("headers", name)
		t.check(at, cmp.Or(checkHeader(name), checkValue(s.Headers[name])))
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		if other, again := first[canonical]; again {
			t.problem(at, "is the same as %s; keep one", t.key(other))
		}
		first[canonical] = name
		switch canonical {
		case "Authorization":
			if s.Username != "" || u != nil && u.User != nil {
				t.problem(at, "is made of the name and password; keep it or them")
			}
		case "Cookie", "Referer":
			t.warn(at, "newsfeed sends none by itself; leave it out unless the source cannot be read without")
		}
	}
}

// checkHeader refuses fields that belong to the connection, say who is asking
// or decide what an answer means.
func checkHeader(name string) error {
	if !httpguts.ValidHeaderFieldName(name) {
		return errors.New(`is not the name of a header field; write for example "X-Token"`)
	}
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Host", "User-Agent", "Accept-Encoding", "A-Im", "Range", "Expect",
		"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range",
		"Connection", "Content-Length", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return errors.New("is not for a source to set; leave it out")
	}
	return nil
}

func checkValue(s Secret) error {
	if !httpguts.ValidHeaderFieldValue(string(s)) {
		return errors.New("has a line break or another control character; leave it out")
	}
	return nil
}
