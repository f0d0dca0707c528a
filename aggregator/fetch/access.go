package fetch

import (
	"net/http"
	"net/url"
	"strings"
)

// Access is what of a request is the operator's: who is asking, and what is
// permitted for this source alone.
type Access struct {
	// User is sent as Basic authentication. Nil is the userinfo in URL.
	// Neither it nor Header is sent to any host and port but those of URL, nor
	// without TLS where URL is https.
	User *url.Userinfo

	// Header holds further fields to send. It cannot replace User-Agent,
	// Accept-Encoding and the conditions.
	Header http.Header

	// Allow adds to Options.AllowPrivate.
	Allow []Allow

	// AnyCertificate takes whatever certificate the host of URL shows. Hosts
	// to which it redirects must still show a valid one.
	AnyCertificate bool

	// HTTP1 asks for HTTP/1.1 only.
	HTTP1 bool
}

// access returns what of the operator's holds at a URL.
func (t *trip) access(to *url.URL) Access {
	a := t.request.Access
	if !strings.EqualFold(to.Hostname(), t.home.Hostname()) {
		a.AnyCertificate = false
	}
	if !strings.EqualFold(to.Host, t.home.Host) || to.Scheme == "http" && t.home.Scheme == "https" {
		a.User, a.Header = nil, nil
	}
	return a
}
